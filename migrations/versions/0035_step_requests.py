"""steps that one asks for and another approves"""

import sqlalchemy as sa
from alembic import op

revision = "0035_step_requests"
down_revision = "0034_sealed_exports"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "step_request",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("requested_by", BIG, nullable=False),
        sa.Column("requested_name", sa.String(length=120), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_name", sa.String(length=120), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'refused', 'withdrawn')", name=op.f("ck_step_request_known_state")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> requested_by",
            name=op.f("ck_step_request_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["account.id"], name=op.f("fk_step_request_requested_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_step_request_public_id")),
    )
    op.create_index("ix_step_request_kind_record_id", "step_request", ["kind", "record_id"], unique=False)
    op.create_index(
        "uq_step_request_open", "step_request", ["kind", "record_id"], unique=True,
        postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("step_request")
