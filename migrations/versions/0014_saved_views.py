"""saved views"""

import sqlalchemy as sa
from alembic import op

revision = "0014_saved_views"
down_revision = "0013_sealed"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("list_key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("opens_with", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "scope IN ('own', 'unit', 'public', 'choice')", name=op.f("ck_saved_view_known_scope")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_saved_view_account_id_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_saved_view_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("public_id", name=op.f("uq_saved_view_public_id")),
    )
    op.create_index(
        "ix_saved_view_list_key_account_id", "saved_view", ["list_key", "account_id"], unique=False
    )
    op.create_index(
        "ix_saved_view_list_key_scope_unit_id", "saved_view", ["list_key", "scope", "unit_id"], unique=False
    )
    op.create_index(
        "uq_saved_view_choice",
        "saved_view",
        ["account_id", "list_key"],
        unique=True,
        postgresql_where=sa.text("scope = 'choice'"),
        sqlite_where=sa.text("scope = 'choice'"),
    )
    op.create_index(
        "ix_enterprise_industry_code_last_contact_on",
        "enterprise",
        ["industry_code", "last_contact_on"],
        unique=False,
    )
    op.create_index(
        "ix_enterprise_industry_code_updated_at", "enterprise", ["industry_code", "updated_at"], unique=False
    )
    op.create_index("ix_enterprise_last_contact_on_id", "enterprise", ["last_contact_on", "id"], unique=False)
    op.create_index(
        "ix_enterprise_park_id_last_contact_on", "enterprise", ["park_id", "last_contact_on"], unique=False
    )
    op.create_index(
        "ix_enterprise_park_id_latest_revenue_fen",
        "enterprise",
        ["park_id", "latest_revenue_fen"],
        unique=False,
    )
    op.create_index("ix_enterprise_park_id_updated_at", "enterprise", ["park_id", "updated_at"], unique=False)
    op.create_index(
        "ix_enterprise_region_code_last_contact_on",
        "enterprise",
        ["region_code", "last_contact_on"],
        unique=False,
    )
    op.create_index(
        "ix_enterprise_region_code_latest_revenue_fen",
        "enterprise",
        ["region_code", "latest_revenue_fen"],
        unique=False,
    )
    op.create_index(
        "ix_enterprise_region_code_updated_at", "enterprise", ["region_code", "updated_at"], unique=False
    )
    op.create_index("ix_enterprise_unit_id_sort_key", "enterprise", ["unit_id", "sort_key"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_enterprise_unit_id_sort_key", table_name="enterprise")
    op.drop_index("ix_enterprise_region_code_updated_at", table_name="enterprise")
    op.drop_index("ix_enterprise_region_code_latest_revenue_fen", table_name="enterprise")
    op.drop_index("ix_enterprise_region_code_last_contact_on", table_name="enterprise")
    op.drop_index("ix_enterprise_park_id_updated_at", table_name="enterprise")
    op.drop_index("ix_enterprise_park_id_latest_revenue_fen", table_name="enterprise")
    op.drop_index("ix_enterprise_park_id_last_contact_on", table_name="enterprise")
    op.drop_index("ix_enterprise_last_contact_on_id", table_name="enterprise")
    op.drop_index("ix_enterprise_industry_code_updated_at", table_name="enterprise")
    op.drop_index("ix_enterprise_industry_code_last_contact_on", table_name="enterprise")
    op.drop_index(
        "uq_saved_view_choice",
        table_name="saved_view",
        postgresql_where=sa.text("scope = 'choice'"),
        sqlite_where=sa.text("scope = 'choice'"),
    )
    op.drop_index("ix_saved_view_list_key_scope_unit_id", table_name="saved_view")
    op.drop_index("ix_saved_view_list_key_account_id", table_name="saved_view")
    op.drop_table("saved_view")
