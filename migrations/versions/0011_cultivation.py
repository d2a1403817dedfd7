"""cultivation"""

revision = "0011_cultivation"
down_revision = "0010_service_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
