"""imports"""

revision = "0002_imports"
down_revision = "0001_floor"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
