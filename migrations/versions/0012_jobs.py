"""jobs: which periodic work a job belongs to, and what the page of jobs sorts by"""

import sqlalchemy as sa
from alembic import op

revision = "0012_jobs"
down_revision = "0011_cultivation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("periodic", sa.String(length=60), nullable=True))
    op.create_index(op.f("ix_job_periodic_id"), "job", ["periodic", "id"])
    op.create_index(op.f("ix_job_account_id_id"), "job", ["account_id", "id"])
    op.drop_index("ix_job_account_id", table_name="job")


def downgrade() -> None:
    op.create_index(op.f("ix_job_account_id"), "job", ["account_id"])
    op.drop_index("ix_job_account_id_id", table_name="job")
    op.drop_index("ix_job_periodic_id", table_name="job")
    op.drop_column("job", "periodic")
