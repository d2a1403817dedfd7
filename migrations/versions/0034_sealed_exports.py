"""Exports in an encrypted zip keep its password, sealed, as long as the file."""

import sqlalchemy as sa
from alembic import op

revision = "0034_sealed_exports"
down_revision = "0033_target_reminders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("export", sa.Column("password", sa.String(400), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("export") as batch:
        batch.drop_column("password")
