"""Tags know the key that lists sort by, so that a list of one tag is read in its order."""

import sqlalchemy as sa
from alembic import op

revision = "0046_tags_in_order"
down_revision = "0045_narrow_tables"
branch_labels = None
depends_on = None

INDEX = "ix_enterprise_tag_tag_sort_key_enterprise_id"


def upgrade() -> None:
    op.add_column("enterprise_tag", sa.Column("sort_key", sa.String(200), server_default="", nullable=False))
    firm = sa.table("enterprise", sa.column("id"), sa.column("sort_key"))
    tag = sa.table("enterprise_tag", sa.column("enterprise_id"), sa.column("sort_key"))
    key = sa.select(firm.c.sort_key).where(firm.c.id == tag.c.enterprise_id).scalar_subquery()
    op.execute(sa.update(tag).values(sort_key=key))
    op.create_index(INDEX, "enterprise_tag", ["tag", "sort_key", "enterprise_id"])


def downgrade() -> None:
    op.drop_index(INDEX, "enterprise_tag")
    op.drop_column("enterprise_tag", "sort_key")
