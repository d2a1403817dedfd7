"""activity"""

revision = "0005_activity"
down_revision = "0004_chains"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
