"""enterprises"""

import sqlalchemy as sa
from alembic import op

revision = "0003_enterprises"
down_revision = "0002_imports"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "industry",
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("parent_code", sa.String(length=4), nullable=True),
        sa.Column("section", sa.String(length=1), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_industry")),
    )
    op.create_index(op.f("ix_industry_parent_code"), "industry", ["parent_code"], unique=False)
    op.create_table(
        "enterprise",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("stock_code", sa.String(length=6), nullable=True),
        sa.Column("foreign_reg_no", sa.String(length=60), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=80), nullable=False),
        sa.Column("english_name", sa.String(length=200), nullable=False),
        sa.Column("core_name", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("pinyin", sa.String(length=400), nullable=False),
        sa.Column("initials", sa.String(length=80), nullable=False),
        sa.Column("reg_status", sa.String(length=16), nullable=False),
        sa.Column("legal_rep", sa.String(length=80), nullable=False),
        sa.Column("reg_capital_fen", sa.BigInteger(), nullable=True),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("region_code", sa.String(length=6), nullable=True),
        sa.Column("reg_address", sa.String(length=300), nullable=False),
        sa.Column("site_address", sa.String(length=300), nullable=False),
        sa.Column("industry_code", sa.String(length=4), nullable=True),
        sa.Column("industry_text", sa.String(length=80), nullable=False),
        sa.Column("main_products", sa.Text(), nullable=False),
        sa.Column("scope_text", sa.Text(), nullable=False),
        sa.Column("size_class", sa.String(length=8), nullable=True),
        sa.Column("above_scale", sa.Boolean(), nullable=False),
        sa.Column("park_id", BIG, nullable=True),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.Column("latest_revenue_fen", sa.BigInteger(), nullable=True),
        sa.Column("latest_year", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reg_status IN ('active', 'moved_out', 'deregistered', 'revoked', 'cancelled')",
            name=op.f("ck_enterprise_known_status"),
        ),
        sa.CheckConstraint(
            "size_class IS NULL OR size_class IN ('large', 'medium', 'small', 'micro')",
            name=op.f("ck_enterprise_known_size"),
        ),
        sa.ForeignKeyConstraint(
            ["industry_code"], ["industry.code"], name=op.f("fk_enterprise_industry_code_industry")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_enterprise_park_id_park")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_enterprise_region_code_region")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_enterprise_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise")),
        sa.UniqueConstraint("public_id", name=op.f("uq_enterprise_public_id")),
        sa.UniqueConstraint("stock_code", name=op.f("uq_enterprise_stock_code")),
        sa.UniqueConstraint("uscc", name=op.f("uq_enterprise_uscc")),
    )
    op.create_index(op.f("ix_enterprise_core_name"), "enterprise", ["core_name"], unique=False)
    op.create_index(
        "ix_enterprise_industry_code_sort_key", "enterprise", ["industry_code", "sort_key"], unique=False
    )
    op.create_index(
        "ix_enterprise_latest_revenue_fen_id", "enterprise", ["latest_revenue_fen", "id"], unique=False
    )
    op.create_index("ix_enterprise_park_id_sort_key", "enterprise", ["park_id", "sort_key"], unique=False)
    op.create_index(
        "ix_enterprise_region_code_sort_key", "enterprise", ["region_code", "sort_key"], unique=False
    )
    op.create_index("ix_enterprise_sort_key_id", "enterprise", ["sort_key", "id"], unique=False)
    op.create_index("ix_enterprise_updated_at_id", "enterprise", ["updated_at", "id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_contact_enterprise_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_public_id")),
    )
    op.create_index(op.f("ix_contact_enterprise_id"), "contact", ["enterprise_id"], unique=False)
    op.create_table(
        "enterprise_year",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("revenue_fen", sa.BigInteger(), nullable=True),
        sa.Column("main_revenue_fen", sa.BigInteger(), nullable=True),
        sa.Column("gross_output_fen", sa.BigInteger(), nullable=True),
        sa.Column("tax_paid_fen", sa.BigInteger(), nullable=True),
        sa.Column("net_profit_fen", sa.BigInteger(), nullable=True),
        sa.Column("total_assets_fen", sa.BigInteger(), nullable=True),
        sa.Column("total_liabilities_fen", sa.BigInteger(), nullable=True),
        sa.Column("rd_expense_fen", sa.BigInteger(), nullable=True),
        sa.Column("cost_fen", sa.BigInteger(), nullable=True),
        sa.Column("employees_end", sa.Integer(), nullable=True),
        sa.Column("tech_staff", sa.Integer(), nullable=True),
        sa.Column("rd_staff", sa.Integer(), nullable=True),
        sa.Column("energy_tce_c", sa.BigInteger(), nullable=True),
        sa.Column("verified_by", BIG, nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_enterprise_year_enterprise_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["account.id"], name=op.f("fk_enterprise_year_verified_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_year")),
        sa.UniqueConstraint(
            "enterprise_id", "year", "source", name=op.f("uq_enterprise_year_enterprise_id_year_source")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_enterprise_year_public_id")),
    )
    op.create_table(
        "former_name",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("core_name", sa.String(length=200), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_former_name_enterprise_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_former_name_public_id")),
    )
    op.create_index(op.f("ix_former_name_core_name"), "former_name", ["core_name"], unique=False)
    op.create_index(op.f("ix_former_name_enterprise_id"), "former_name", ["enterprise_id"], unique=False)
    op.create_table(
        "honour",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.Column("doc_no", sa.String(length=60), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("granted_year", sa.Integer(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "level IN ('national', 'provincial', 'municipal', 'county')", name=op.f("ck_honour_known_level")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_honour_enterprise_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honour")),
        sa.UniqueConstraint("public_id", name=op.f("uq_honour_public_id")),
    )
    op.create_index(op.f("ix_honour_enterprise_id"), "honour", ["enterprise_id"], unique=False)
    op.create_table(
        "enterprise_membership",
        sa.Column("account_id", BIG, autoincrement=False, nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_enterprise_membership_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_enterprise_membership_enterprise_id_enterprise"),
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_enterprise_membership")),
    )
    op.create_index(
        op.f("ix_enterprise_membership_enterprise_id"),
        "enterprise_membership",
        ["enterprise_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_enterprise_membership_enterprise_id"), table_name="enterprise_membership")
    op.drop_table("enterprise_membership")
    op.drop_index(op.f("ix_honour_enterprise_id"), table_name="honour")
    op.drop_table("honour")
    op.drop_index(op.f("ix_former_name_enterprise_id"), table_name="former_name")
    op.drop_index(op.f("ix_former_name_core_name"), table_name="former_name")
    op.drop_table("former_name")
    op.drop_table("enterprise_year")
    op.drop_index(op.f("ix_contact_enterprise_id"), table_name="contact")
    op.drop_table("contact")
    op.drop_index("ix_enterprise_updated_at_id", table_name="enterprise")
    op.drop_index("ix_enterprise_sort_key_id", table_name="enterprise")
    op.drop_index("ix_enterprise_region_code_sort_key", table_name="enterprise")
    op.drop_index("ix_enterprise_park_id_sort_key", table_name="enterprise")
    op.drop_index("ix_enterprise_latest_revenue_fen_id", table_name="enterprise")
    op.drop_index("ix_enterprise_industry_code_sort_key", table_name="enterprise")
    op.drop_index(op.f("ix_enterprise_core_name"), table_name="enterprise")
    op.drop_table("enterprise")
    op.drop_index(op.f("ix_industry_parent_code"), table_name="industry")
    op.drop_table("industry")
