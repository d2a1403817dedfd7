"""targets"""

import sqlalchemy as sa
from alembic import op

revision = "0006_targets"
down_revision = "0005_activity"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "target_list",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("chain_id", BIG, nullable=True),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("campaign", sa.String(length=120), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chain_id"], ["chain.id"], name=op.f("fk_target_list_chain_id_chain")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_target_list_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_list")),
        sa.UniqueConstraint("public_id", name=op.f("uq_target_list_public_id")),
    )
    op.create_index(op.f("ix_target_list_chain_id"), "target_list", ["chain_id"], unique=False)
    op.create_index(op.f("ix_target_list_unit_id"), "target_list", ["unit_id"], unique=False)
    op.create_table(
        "target",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("list_id", BIG, nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("node_id", BIG, nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("fit_points_c", sa.BigInteger(), nullable=True),
        sa.Column("fit_known_c", sa.BigInteger(), nullable=True),
        sa.Column("fit_parts", sa.JSON(), nullable=False),
        sa.Column("fit_version", sa.String(length=20), nullable=False),
        sa.Column("maturity", sa.String(length=1), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("specialist_id", BIG, nullable=True),
        sa.Column("leader_id", BIG, nullable=True),
        sa.Column("contact_status", sa.String(length=12), nullable=False),
        sa.Column("previous_status", sa.String(length=12), nullable=True),
        sa.Column("first_contact_on", sa.Date(), nullable=True),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("pooled_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("lead_id", BIG, nullable=True),
        sa.Column("open_key", sa.Integer(), nullable=True),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.Column("next_step", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "contact_status IN ('none', 'linked', 'visited', 'mutual', 'negotiating', 'converted',"
            " 'paused', 'dropped')",
            name=op.f("ck_target_known_contact_status"),
        ),
        sa.CheckConstraint(
            "maturity IS NULL OR maturity IN ('A', 'B', 'C', 'D')", name=op.f("ck_target_known_maturity")
        ),
        sa.CheckConstraint("open_key IS NULL OR open_key = 1", name=op.f("ck_target_open_or_ended")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_target_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["leader_id"], ["account.id"], name=op.f("fk_target_leader_id_account")),
        sa.ForeignKeyConstraint(["list_id"], ["target_list.id"], name=op.f("fk_target_list_id_target_list")),
        sa.ForeignKeyConstraint(["node_id"], ["chain_node.id"], name=op.f("fk_target_node_id_chain_node")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["account.id"], name=op.f("fk_target_specialist_id_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_target_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint(
            "enterprise_id", "node_id", "open_key", name=op.f("uq_target_enterprise_id_node_id_open_key")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_target_public_id")),
    )
    op.create_index(op.f("ix_target_list_id"), "target", ["list_id"], unique=False)
    op.create_index(op.f("ix_target_node_id"), "target", ["node_id"], unique=False)
    op.create_index(
        "ix_target_specialist_id_contact_status", "target", ["specialist_id", "contact_status"], unique=False
    )
    op.create_index("ix_target_unit_id_contact_status", "target", ["unit_id", "contact_status"], unique=False)


def downgrade() -> None:

    op.drop_index("ix_target_unit_id_contact_status", table_name="target")
    op.drop_index("ix_target_specialist_id_contact_status", table_name="target")
    op.drop_index(op.f("ix_target_node_id"), table_name="target")
    op.drop_index(op.f("ix_target_list_id"), table_name="target")
    op.drop_table("target")
    op.drop_index(op.f("ix_target_list_unit_id"), table_name="target_list")
    op.drop_index(op.f("ix_target_list_chain_id"), table_name="target_list")
    op.drop_table("target_list")
