"""Service cases and roster entries keep their last and next contact."""

import sqlalchemy as sa
from alembic import op

revision = "0043_contact_days"
down_revision = "0042_notices_by_time"
branch_labels = None
depends_on = None

TABLES = ("service_case", "roster_entry")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("last_contact_on", sa.Date()))
        op.add_column(table, sa.Column("next_contact_on", sa.Date()))
        op.add_column(table, sa.Column("next_step", sa.String(300), nullable=False, server_default=""))


def downgrade() -> None:
    for table in TABLES:
        for name in ("next_step", "next_contact_on", "last_contact_on"):
            op.drop_column(table, name)
