"""imports can be taken back"""

import sqlalchemy as sa
from alembic import op

revision = "0032_import_undo"
down_revision = "0031_lists"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
BEFORE = "'uploaded', 'checking', 'checked', 'confirmed', 'running', 'done', 'failed', 'cancelled'"
COUNTS = ("reversed", "kept", "stuck")


def upgrade() -> None:
    with op.batch_alter_table("data_import") as batch:
        batch.drop_constraint(batch.f("ck_data_import_known_state"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_data_import_known_state"), f"state IN ({BEFORE}, 'undoing', 'undone')"
        )
        batch.add_column(sa.Column("undo_cursor", BIG, nullable=True))
        for name in COUNTS:
            batch.add_column(sa.Column(name, BIG, server_default="0", nullable=False))
        batch.add_column(sa.Column("undone_by", sa.String(length=120), server_default="", nullable=False))
        batch.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("import_row") as batch:
        batch.add_column(sa.Column("after", sa.Text(), nullable=True))
        batch.add_column(sa.Column("undone", sa.String(length=8), nullable=True))
        batch.add_column(sa.Column("undo_reason", sa.String(length=300), server_default="", nullable=False))
        batch.create_check_constraint(
            batch.f("ck_import_row_known_undone"),
            "undone IS NULL OR undone IN ('reversed', 'kept', 'failed')",
        )


def downgrade() -> None:
    with op.batch_alter_table("import_row") as batch:
        batch.drop_constraint(batch.f("ck_import_row_known_undone"), type_="check")
        for name in ("undo_reason", "undone", "after"):
            batch.drop_column(name)
    op.execute("UPDATE data_import SET state = 'undone' WHERE state = 'undoing'")
    with op.batch_alter_table("data_import") as batch:
        for name in ("undone_at", "undone_by", *COUNTS, "undo_cursor"):
            batch.drop_column(name)
        batch.drop_constraint(batch.f("ck_data_import_known_state"), type_="check")
        batch.create_check_constraint(batch.f("ck_data_import_known_state"), f"state IN ({BEFORE}, 'undone')")
