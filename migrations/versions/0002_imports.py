"""imports"""

import sqlalchemy as sa
from alembic import op

revision = "0002_imports"
down_revision = "0001_floor"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "import_mapping",
        sa.Column("account_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "kind", "signature", name=op.f("pk_import_mapping")),
    )
    op.create_table(
        "data_import",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=150), nullable=False),
        sa.Column("stored_as", sa.String(length=60), nullable=False),
        sa.Column("file_kind", sa.String(length=4), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("encoding", sa.String(length=12), nullable=False),
        sa.Column("sheet", sa.String(length=120), nullable=False),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("cursor", BIG, nullable=False),
        sa.Column("created", BIG, nullable=False),
        sa.Column("updated", BIG, nullable=False),
        sa.Column("unchanged", BIG, nullable=False),
        sa.Column("skipped", BIG, nullable=False),
        sa.Column("rejected", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("account_name", sa.String(length=120), nullable=False),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("job_id", BIG, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('uploaded', 'checking', 'checked', 'confirmed', 'running', 'done', 'failed', 'cancelled', 'undone')",
            name=op.f("ck_data_import_known_state"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_data_import_job_id_job")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_data_import_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_data_import_public_id")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_data_import_stored_as")),
    )
    op.create_index(op.f("ix_data_import_account_id"), "data_import", ["account_id"], unique=False)
    op.create_index("ix_data_import_kind_created_at", "data_import", ["kind", "created_at"], unique=False)
    op.create_index(op.f("ix_data_import_sha256"), "data_import", ["sha256"], unique=False)
    op.create_index(op.f("ix_data_import_unit_id"), "data_import", ["unit_id"], unique=False)
    op.create_table(
        "import_row",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("row_no", BIG, nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("parsed", sa.Text(), nullable=True),
        sa.Column("match_key", sa.String(length=220), nullable=False),
        sa.Column("action", sa.String(length=6), nullable=False),
        sa.Column("faults", sa.Text(), nullable=True),
        sa.Column("families", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decision", sa.String(length=24), nullable=False),
        sa.Column("record_id", BIG, nullable=True),
        sa.Column("outcome", sa.String(length=9), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "action IN ('create', 'update', 'same', 'ask', 'fault', 'skip')",
            name=op.f("ck_import_row_known_action"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('created', 'updated', 'unchanged', 'skipped', 'rejected')",
            name=op.f("ck_import_row_known_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["data_import.id"],
            name=op.f("fk_import_row_import_id_data_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sa.UniqueConstraint("import_id", "row_no", name=op.f("uq_import_row_import_id_row_no")),
    )
    op.create_index(
        "ix_import_row_import_id_action_row_no", "import_row", ["import_id", "action", "row_no"], unique=False
    )
    op.create_index(
        "ix_import_row_import_id_match_key", "import_row", ["import_id", "match_key"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_import_row_import_id_match_key", table_name="import_row")
    op.drop_index("ix_import_row_import_id_action_row_no", table_name="import_row")
    op.drop_table("import_row")
    op.drop_index(op.f("ix_data_import_unit_id"), table_name="data_import")
    op.drop_index(op.f("ix_data_import_sha256"), table_name="data_import")
    op.drop_index("ix_data_import_kind_created_at", table_name="data_import")
    op.drop_index(op.f("ix_data_import_account_id"), table_name="data_import")
    op.drop_table("data_import")
    op.drop_table("import_mapping")
