"""Which cells an import would change stands beside the row; the pages count them, and the faults, in an index."""

import sqlalchemy as sa
from alembic import op

revision = "0049_import_changes"
down_revision = "0048_targets_on_nodes"
branch_labels = None
depends_on = None

_COUNTED = ("families", "changed")


def upgrade() -> None:
    op.add_column("import_row", sa.Column("changed", sa.Text(), nullable=False, server_default=""))
    for name in _COUNTED:
        filled = sa.text(f"{name} <> ''")
        op.create_index(
            f"ix_import_row_import_id_{name}",
            "import_row",
            ["import_id", name],
            sqlite_where=filled,
            postgresql_where=filled,
        )


def downgrade() -> None:
    for name in _COUNTED:
        op.drop_index(f"ix_import_row_import_id_{name}", "import_row")
    op.drop_column("import_row", "changed")
