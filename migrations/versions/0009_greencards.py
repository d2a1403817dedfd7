"""greencards"""

revision = "0009_greencards"
down_revision = "0008_projects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
