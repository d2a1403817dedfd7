"""Targets know the key that enterprises are sorted by, and what a person has in hand is counted in one index."""

import sqlalchemy as sa
from alembic import op

revision = "0047_targets_by_name"
down_revision = "0046_tags_in_order"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_target_sort_key_id": ["sort_key", "id"],
    "ix_target_unit_id_sort_key": ["unit_id", "sort_key"],
    "ix_target_list_id_sort_key": ["list_id", "sort_key"],
    "ix_target_in_hand": [
        "specialist_id",
        "open_key",
        "contact_status",
        "quiet_since",
        "next_contact_on",
        "list_id",
    ],
}


def upgrade() -> None:
    op.add_column("target", sa.Column("sort_key", sa.String(200), server_default="", nullable=False))
    firm = sa.table("enterprise", sa.column("id"), sa.column("sort_key"))
    target = sa.table("target", sa.column("enterprise_id"), sa.column("sort_key"))
    key = sa.select(firm.c.sort_key).where(firm.c.id == target.c.enterprise_id).scalar_subquery()
    op.execute(sa.update(target).values(sort_key=key))
    for name, columns in INDEXES.items():
        op.create_index(name, "target", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "target")
    op.drop_column("target", "sort_key")
