"""the day on which the owner of a silent target was last reminded"""

import sqlalchemy as sa
from alembic import op

revision = "0033_target_reminders"
down_revision = "0032_import_undo"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("target", sa.Column("reminded_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("target", "reminded_on")
