"""How many targets of a map are in talks is counted in one index."""

from alembic import op

revision = "0048_targets_on_nodes"
down_revision = "0047_targets_by_name"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_target_node_id_contact_status", "target", ["node_id", "contact_status"])
    op.drop_index("ix_target_node_id", "target")


def downgrade() -> None:
    op.create_index("ix_target_node_id", "target", ["node_id"])
    op.drop_index("ix_target_node_id_contact_status", "target")
