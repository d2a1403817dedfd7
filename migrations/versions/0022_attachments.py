"""attachments: preview, thumbnail, the scanner's verdict"""

import sqlalchemy as sa
from alembic import op

revision = "0022_attachments"
down_revision = "0021_trust"
branch_labels = None
depends_on = None

STATES = "state IN ('unscanned', 'clean', 'infected', 'lost')"


def upgrade() -> None:
    with op.batch_alter_table("attachment") as batch:
        batch.add_column(sa.Column("preview_as", sa.String(length=60), nullable=True))
        batch.add_column(sa.Column("thumb_as", sa.String(length=60), nullable=True))
        batch.add_column(sa.Column("state", sa.String(length=10), nullable=False, server_default="unscanned"))
        batch.add_column(sa.Column("finding", sa.String(length=120), nullable=False, server_default=""))
    with op.batch_alter_table("attachment") as batch:
        batch.alter_column("state", existing_type=sa.String(length=10), server_default=None)
        batch.alter_column("finding", existing_type=sa.String(length=120), server_default=None)
        batch.create_check_constraint(op.f("ck_attachment_known_state"), STATES)
    op.create_index(op.f("ix_attachment_account_id_at"), "attachment", ["account_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_attachment_account_id_at", table_name="attachment")
    with op.batch_alter_table("attachment") as batch:
        batch.drop_constraint(op.f("ck_attachment_known_state"), type_="check")
        for name in ("finding", "state", "thumb_as", "preview_as"):
            batch.drop_column(name)
