"""service_requests"""

revision = "0010_service_requests"
down_revision = "0009_greencards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
