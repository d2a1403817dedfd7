"""jobs are counted by state and queue"""

from alembic import op

revision = "0036_job_states"
down_revision = "0035_step_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_job_state_queue", "job", ["state", "queue"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_job_state_queue", table_name="job")
