"""chains"""

revision = "0004_chains"
down_revision = "0003_enterprises"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
