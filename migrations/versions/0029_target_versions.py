"""frozen versions of target lists; the day that silence is counted from, and the orders of the list"""

import sqlalchemy as sa
from alembic import op

revision = "0029_target_versions"
down_revision = "0028_step_owners"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INDEXES = (
    ("list_id", "contact_status"),
    *((narrowed, "quiet_since") for narrowed in ("unit_id", "specialist_id", "list_id", "open_key")),
    *((ordered, "id") for ordered in ("quiet_since", "next_contact_on", "fit_points_c")),
)
BY_REVENUE = ["latest_revenue_fen", "id", "region_code", "reg_status", "park_id"]
LATER = """UPDATE target SET quiet_since = CASE WHEN last_contact_on IS NULL OR last_contact_on < assigned_on
 THEN assigned_on ELSE last_contact_on END"""


def upgrade() -> None:
    op.execute("ALTER TABLE target_list RENAME COLUMN frozen_at TO closed_at")
    op.drop_column("target_list", "quarter")
    op.create_table(
        "target_version",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("list_id", BIG, nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("frozen_by", BIG, nullable=False),
        sa.Column("frozen_by_name", sa.String(length=120), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["target_list.id"], name=op.f("fk_target_version_list_id_target_list")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_version")),
        sa.UniqueConstraint("list_id", "quarter", name=op.f("uq_target_version_list_id_quarter")),
        sa.UniqueConstraint("public_id", name=op.f("uq_target_version_public_id")),
    )
    _rows_of_versions()
    with op.batch_alter_table("target") as batch:
        batch.add_column(sa.Column("quiet_since", sa.Date(), nullable=True))
        batch.alter_column("category", existing_type=sa.String(12), type_=sa.String(16))
        batch.drop_index("ix_target_list_id")
    op.execute(LATER)
    with op.batch_alter_table("target") as batch:
        batch.alter_column("quiet_since", existing_type=sa.Date(), nullable=False)
    for columns in INDEXES:
        op.create_index(f"ix_target_{'_'.join(columns)}", "target", list(columns))
    op.drop_index("ix_enterprise_latest_revenue_fen_id", "enterprise")
    op.create_index("ix_enterprise_by_revenue", "enterprise", BY_REVENUE)


def _rows_of_versions() -> None:
    op.create_table(
        "target_version_row",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("target_pid", sa.String(length=26), nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("node_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("chain", sa.String(length=80), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("node", sa.String(length=80), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("revenue_fen", sa.BigInteger(), nullable=True),
        sa.Column("revenue_year", sa.Integer(), nullable=True),
        sa.Column("fit_points_c", sa.BigInteger(), nullable=True),
        sa.Column("fit_known_c", sa.BigInteger(), nullable=True),
        sa.Column("maturity", sa.String(length=1), nullable=False),
        sa.Column("contact_status", sa.String(length=12), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("specialist", sa.String(length=120), nullable=False),
        sa.Column("progress_on", sa.Date(), nullable=True),
        sa.Column("progress", sa.String(length=300), nullable=False),
        sa.Column("next_step", sa.String(length=300), nullable=False),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["target_version.id"],
            name=op.f("fk_target_version_row_version_id_target_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_version_row")),
        sa.UniqueConstraint("public_id", name=op.f("uq_target_version_row_public_id")),
    )
    op.create_index(
        "ix_target_version_row_version_id_position", "target_version_row", ["version_id", "position"]
    )


def downgrade() -> None:
    op.drop_index("ix_enterprise_by_revenue", "enterprise")
    op.create_index("ix_enterprise_latest_revenue_fen_id", "enterprise", ["latest_revenue_fen", "id"])
    for columns in reversed(INDEXES):
        op.drop_index(f"ix_target_{'_'.join(columns)}", "target")
    with op.batch_alter_table("target") as batch:
        batch.drop_column("quiet_since")
        batch.alter_column("category", existing_type=sa.String(16), type_=sa.String(12))
        batch.create_index("ix_target_list_id", ["list_id"])
    op.drop_table("target_version_row")
    op.drop_table("target_version")
    op.add_column("target_list", sa.Column("quarter", sa.String(length=7), nullable=False, server_default=""))
    op.execute("ALTER TABLE target_list RENAME COLUMN closed_at TO frozen_at")
