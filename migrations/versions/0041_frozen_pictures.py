"""What a published map's picture says besides nodes and firms: offices, states set by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0041_frozen_pictures"
down_revision = "0040_audit_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chain_version", sa.Column("besides", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("chain_version", "besides")
