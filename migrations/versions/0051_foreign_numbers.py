"""Foreign subjects are found by their number, so that none is entered twice."""

import sqlalchemy as sa
from alembic import op

revision = "0051_foreign_numbers"
down_revision = "0050_parks"
branch_labels = None
depends_on = None

INDEX = "ix_enterprise_foreign_reg_no"


def upgrade() -> None:
    filled = sa.text("foreign_reg_no IS NOT NULL")
    op.create_index(INDEX, "enterprise", ["foreign_reg_no"], sqlite_where=filled, postgresql_where=filled)


def downgrade() -> None:
    op.drop_index(INDEX, "enterprise")
