"""What anchors buy in a year, and how much of it from local suppliers."""

import sqlalchemy as sa
from alembic import op

revision = "0044_anchor_purchases"
down_revision = "0043_contact_days"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "anchor_purchase",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(26), nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("home", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("local_fen", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "total_fen > 0 AND local_fen >= 0 AND local_fen <= total_fen", name=op.f("ck_anchor_purchase_local_is_a_part")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name="fk_anchor_purchase_enterprise_id_enterprise", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_anchor_purchase"),
        sa.UniqueConstraint("public_id", name="uq_anchor_purchase_public_id"),
        sa.UniqueConstraint("enterprise_id", "home", "year", name="uq_anchor_purchase_enterprise_id_home_year"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("anchor_purchase")
