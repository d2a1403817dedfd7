"""leads"""

revision = "0007_leads"
down_revision = "0006_targets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
