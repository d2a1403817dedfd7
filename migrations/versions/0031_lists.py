"""Accounts sort by the reading of their names, as enterprises do; the orders of the logs have their indexes."""

import sqlalchemy as sa
from alembic import op

from core.text import readings

revision = "0031_lists"
down_revision = "0030_chain_editing"
branch_labels = None
depends_on = None

INDEXES = (
    ("account", ("sort_key", "id")),
    ("account", ("last_signed_in_at", "id")),
    ("notice", ("account_id", "id")),
    ("job", ("state", "id")),
    ("job", ("kind", "id")),
    ("outbox_message", ("not_before", "id")),
)


def upgrade() -> None:
    op.add_column("account", sa.Column("sort_key", sa.String(200), nullable=False, server_default=""))
    accounts = sa.table("account", sa.column("id"), sa.column("name"), sa.column("sort_key"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(accounts.c.id, accounts.c.name)).all():
        key = readings.sort_key(row.name)
        connection.execute(accounts.update().where(accounts.c.id == row.id).values(sort_key=key))
    for table, columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def downgrade() -> None:
    for table, columns in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
    with op.batch_alter_table("account") as batch:
        batch.drop_column("sort_key")
