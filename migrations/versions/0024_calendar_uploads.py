"""calendar uploads: a table of days that can be applied and taken back"""

import sqlalchemy as sa
from alembic import op

revision = "0024_calendar_uploads"
down_revision = "0023_api"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "calendar_upload",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("file_name", sa.String(length=150), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("account_name", sa.String(length=120), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'applied', 'undone')", name=op.f("ck_calendar_upload_known_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_upload")),
        sa.UniqueConstraint("public_id", name=op.f("uq_calendar_upload_public_id")),
    )


def downgrade() -> None:
    op.drop_table("calendar_upload")
