"""targets"""

revision = "0006_targets"
down_revision = "0005_activity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
