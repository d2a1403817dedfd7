"""projects"""

revision = "0008_projects"
down_revision = "0007_leads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
