"""Files of follow-ups, whose record a task is of, indexes of one's own tasks, and calendar feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0039_activity"
down_revision = "0038_record"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAMES = (("enterprise", "name"), ("lead", "investor_name"), ("project", "name"))
INDEXES = (("owner_id", "done_at", "due_on"), ("account_id", "done_at", "due_on"), ("done_at", "due_on"))


def upgrade() -> None:
    op.add_column("follow_up", sa.Column("files", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("task", sa.Column("subject", sa.String(200), nullable=False, server_default=""))
    task = sa.table("task", sa.column("kind"), sa.column("record_id"), sa.column("subject"))
    for kind, name in NAMES:
        record = sa.table(kind, sa.column("id"), sa.column(name))
        named = sa.select(record.c[name]).where(record.c.id == task.c.record_id).scalar_subquery()
        op.execute(sa.update(task).where(task.c.kind == kind).values(subject=sa.func.coalesce(named, "")))
    for columns in INDEXES:
        op.create_index(f"ix_task_{'_'.join(columns)}", "task", list(columns))
    op.drop_index("ix_task_owner_id", "task")
    op.create_table(
        "calendar_feed",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(26), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_calendar_feed_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_feed"),
        sa.UniqueConstraint("public_id", name="uq_calendar_feed_public_id"),
        sa.UniqueConstraint("token_hash", name="uq_calendar_feed_token_hash"),
    )
    op.create_index("ix_calendar_feed_account_id", "calendar_feed", ["account_id"])


def downgrade() -> None:
    op.drop_table("calendar_feed")
    op.create_index("ix_task_owner_id", "task", ["owner_id"])
    for columns in reversed(INDEXES):
        op.drop_index(f"ix_task_{'_'.join(columns)}", "task")
    op.drop_column("task", "subject")
    op.drop_column("follow_up", "files")
