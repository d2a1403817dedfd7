"""One's notices by time: the newest first also where they were told later than they happened."""

from alembic import op

revision = "0042_notices_by_time"
down_revision = "0041_frozen_pictures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_notice_account_id_at_id", "notice", ["account_id", "at", "id"])
    op.drop_index("ix_notice_account_id_id", "notice")


def downgrade() -> None:
    op.create_index("ix_notice_account_id_id", "notice", ["account_id", "id"])
    op.drop_index("ix_notice_account_id_at_id", "notice")
