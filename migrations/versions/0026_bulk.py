"""bulk runs"""

import sqlalchemy as sa
from alembic import op

revision = "0026_bulk"
down_revision = "0025_rule_versions"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "bulk_run",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("list_key", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("job_id", BIG, nullable=True),
        sa.Column("undoes_id", BIG, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done', 'cancelled')", name=op.f("ck_bulk_run_known_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_bulk_run_account_id_account")),
        sa.ForeignKeyConstraint(["undoes_id"], ["bulk_run.id"], name=op.f("fk_bulk_run_undoes_id_bulk_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bulk_run_public_id")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_bulk_run_undoes_id")),
    )
    op.create_index(op.f("ix_bulk_run_account_id"), "bulk_run", ["account_id"], unique=False)
    op.create_table(
        "bulk_item",
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("record_id", BIG, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'changed', 'same', 'refused')", name=op.f("ck_bulk_item_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["bulk_run.id"], name=op.f("fk_bulk_item_run_id_bulk_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "record_id", name=op.f("pk_bulk_item")),
    )
    op.create_index("ix_bulk_item_run_id_state", "bulk_item", ["run_id", "state"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_bulk_item_run_id_state", table_name="bulk_item")
    op.drop_table("bulk_item")
    op.drop_index(op.f("ix_bulk_run_account_id"), table_name="bulk_run")
    op.drop_table("bulk_run")
