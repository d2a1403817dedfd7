"""chains"""

import sqlalchemy as sa
from alembic import op

revision = "0004_chains"
down_revision = "0003_enterprises"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "chain",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("prepared_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'review', 'published', 'archived')", name=op.f("ck_chain_known_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain")),
        sa.UniqueConstraint("code", name=op.f("uq_chain_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_chain_public_id")),
    )
    op.create_table(
        "chain_node",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("chain_id", BIG, nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("industry_codes", sa.JSON(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("exclude", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("see_also", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stage IN ('up', 'mid', 'down', 'support')", name=op.f("ck_chain_node_known_stage")
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_chain_node_four_levels")),
        sa.CheckConstraint(
            "parent_id IS NULL OR parent_id <> id", name=op.f("ck_chain_node_not_its_own_parent")
        ),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chain.id"], name=op.f("fk_chain_node_chain_id_chain"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["chain_node.id"], name=op.f("fk_chain_node_parent_id_chain_node")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_node")),
        sa.UniqueConstraint("chain_id", "code", name=op.f("uq_chain_node_chain_id_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_chain_node_public_id")),
    )
    op.create_index("ix_chain_node_chain_id_position", "chain_node", ["chain_id", "position"], unique=False)
    op.create_index(op.f("ix_chain_node_parent_id"), "chain_node", ["parent_id"], unique=False)
    op.create_table(
        "chain_edge",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("chain_id", BIG, nullable=False),
        sa.Column("source_id", BIG, nullable=False),
        sa.Column("target_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('supply', 'support', 'substitute', 'derive')", name=op.f("ck_chain_edge_known_kind")
        ),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_chain_edge_not_to_itself")),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chain.id"], name=op.f("fk_chain_edge_chain_id_chain"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["chain_node.id"],
            name=op.f("fk_chain_edge_source_id_chain_node"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["chain_node.id"],
            name=op.f("fk_chain_edge_target_id_chain_node"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_edge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_chain_edge_public_id")),
        sa.UniqueConstraint(
            "source_id", "target_id", "kind", name=op.f("uq_chain_edge_source_id_target_id_kind")
        ),
    )
    op.create_index(op.f("ix_chain_edge_chain_id"), "chain_edge", ["chain_id"], unique=False)
    op.create_index(op.f("ix_chain_edge_target_id"), "chain_edge", ["target_id"], unique=False)
    op.create_table(
        "chain_office",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("chain_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('chief', 'deputy', 'lead_department', 'member')",
            name=op.f("ck_chain_office_known_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_chain_office_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chain.id"], name=op.f("fk_chain_office_chain_id_chain"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_chain_office_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_office")),
        sa.UniqueConstraint("public_id", name=op.f("uq_chain_office_public_id")),
    )
    op.create_index(op.f("ix_chain_office_chain_id"), "chain_office", ["chain_id"], unique=False)
    op.create_table(
        "chain_version",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("chain_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("published_by", BIG, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chain.id"], name=op.f("fk_chain_version_chain_id_chain"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["account.id"], name=op.f("fk_chain_version_published_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_version")),
        sa.UniqueConstraint("chain_id", "number", name=op.f("uq_chain_version_chain_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_chain_version_public_id")),
    )
    op.create_table(
        "placement",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("node_id", BIG, nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("product", sa.String(length=120), nullable=False),
        sa.Column("revenue_share_e4", sa.BigInteger(), nullable=True),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.Column("evidence_on", sa.Date(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('anchor', 'leading', 'backbone', 'supporting')", name=op.f("ck_placement_known_role")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_placement_enterprise_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["node_id"], ["chain_node.id"], name=op.f("fk_placement_node_id_chain_node")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sa.UniqueConstraint(
            "enterprise_id", "node_id", "product", name=op.f("uq_placement_enterprise_id_node_id_product")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_placement_public_id")),
    )
    op.create_index(op.f("ix_placement_enterprise_id"), "placement", ["enterprise_id"], unique=False)
    op.create_index(
        "ix_placement_node_id_enterprise_id", "placement", ["node_id", "enterprise_id"], unique=False
    )
    op.create_table(
        "product_match",
        sa.Column("node_id", BIG, autoincrement=False, nullable=False),
        sa.Column("enterprise_id", BIG, autoincrement=False, nullable=False),
        sa.Column("product", sa.String(length=120), nullable=False),
        sa.Column("word", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_product_match_enterprise_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["node_id"],
            ["chain_node.id"],
            name=op.f("fk_product_match_node_id_chain_node"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("node_id", "enterprise_id", name=op.f("pk_product_match")),
    )
    op.create_index(op.f("ix_product_match_enterprise_id"), "product_match", ["enterprise_id"], unique=False)
    op.create_index(
        "ix_enterprise_industry_code_latest_revenue_fen",
        "enterprise",
        ["industry_code", "latest_revenue_fen"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_enterprise_industry_code_latest_revenue_fen", table_name="enterprise")
    op.drop_index(op.f("ix_product_match_enterprise_id"), table_name="product_match")
    op.drop_table("product_match")
    op.drop_index("ix_placement_node_id_enterprise_id", table_name="placement")
    op.drop_index(op.f("ix_placement_enterprise_id"), table_name="placement")
    op.drop_table("placement")
    op.drop_table("chain_version")
    op.drop_index(op.f("ix_chain_office_chain_id"), table_name="chain_office")
    op.drop_table("chain_office")
    op.drop_index(op.f("ix_chain_edge_target_id"), table_name="chain_edge")
    op.drop_index(op.f("ix_chain_edge_chain_id"), table_name="chain_edge")
    op.drop_table("chain_edge")
    op.drop_index(op.f("ix_chain_node_parent_id"), table_name="chain_node")
    op.drop_index("ix_chain_node_chain_id_position", table_name="chain_node")
    op.drop_table("chain_node")
    op.drop_table("chain")
