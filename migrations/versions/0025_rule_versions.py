"""versions of standards"""

import sqlalchemy as sa
from alembic import op

revision = "0025_rule_versions"
down_revision = "0024_calendar_uploads"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
PUBLISHED = sa.text("state = 'published'")


def upgrade() -> None:
    op.create_table(
        "rule_version",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("book", sa.String(length=40), nullable=False),
        sa.Column("standard", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("drafted_by", BIG, nullable=False),
        sa.Column("drafted_by_name", sa.String(length=80), nullable=False),
        sa.Column("submitted_by", BIG, nullable=True),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_note", sa.Text(), nullable=False),
        sa.Column("based_on_id", BIG, nullable=True),
        sa.Column("dry_run_job_id", BIG, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'published', 'dropped')",
            name=op.f("ck_rule_version_known_state"),
        ),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_to >= effective_from",
            name=op.f("ck_rule_version_ends_after_it_begins"),
        ),
        sa.ForeignKeyConstraint(
            ["based_on_id"], ["rule_version.id"], name=op.f("fk_rule_version_based_on_id_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rule_version_public_id")),
    )
    op.create_index("ix_rule_version_book_standard", "rule_version", ["book", "standard", "effective_from"])
    op.create_index(
        "uq_rule_version_published", "rule_version", ["book", "standard", "code"],
        unique=True, postgresql_where=PUBLISHED, sqlite_where=PUBLISHED,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("rule_version")
