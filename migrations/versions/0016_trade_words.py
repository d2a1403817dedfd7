"""Words of a node that count for firms of its own industry only."""

import sqlalchemy as sa
from alembic import op

revision = "0016_trade_words"
down_revision = "0015_outbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chain_node", sa.Column("trade_words", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("chain_node") as batch:
        batch.drop_column("trade_words")
