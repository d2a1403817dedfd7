"""editing, versions and overrides of maps"""

import sqlalchemy as sa
from alembic import op

revision = "0030_chain_editing"
down_revision = "0029_target_versions"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _keyed() -> list[sa.Column]:
    return [
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
    ]


def _stamped() -> list[sa.Column]:
    return [
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def upgrade() -> None:
    with op.batch_alter_table("chain") as batch:
        batch.add_column(sa.Column("submitted_by", BIG, nullable=True))
        batch.add_column(sa.Column("status_note", sa.String(length=300), server_default="", nullable=False))
        batch.create_foreign_key(op.f("fk_chain_submitted_by_account"), "account", ["submitted_by"], ["id"])
    with op.batch_alter_table("chain_node") as batch:
        batch.add_column(sa.Column("shared_id", BIG, nullable=True))
        batch.create_foreign_key(
            op.f("fk_chain_node_shared_id_chain_node"), "chain_node", ["shared_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_chain_node_not_shared_with_itself"), "shared_id IS NULL OR shared_id <> id"
        )
        batch.create_index("ix_chain_node_shared_id", ["shared_id"])
    with op.batch_alter_table("chain_version") as batch:
        batch.add_column(sa.Column("firms", sa.JSON(), server_default="[]", nullable=False))
    op.create_table(
        "chain_edit",
        *_keyed(),
        sa.Column("chain_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        *_stamped(),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_chain_edit_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chain.id"], name=op.f("fk_chain_edit_chain_id_chain"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_edit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_chain_edit_public_id")),
    )
    op.create_index("ix_chain_edit_chain_id_number", "chain_edit", ["chain_id", "number", "id"])
    op.create_table(
        "node_override",
        *_keyed(),
        sa.Column("node_id", BIG, nullable=False),
        sa.Column("home", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("account_name", sa.String(length=80), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        *_stamped(),
        sa.CheckConstraint(
            "state IN ('strong', 'emerging', 'weak', 'missing')", name=op.f("ck_node_override_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_node_override_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["node_id"],
            ["chain_node.id"],
            name=op.f("fk_node_override_node_id_chain_node"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node_override")),
        sa.UniqueConstraint("public_id", name=op.f("uq_node_override_public_id")),
        sa.UniqueConstraint("node_id", "home", name=op.f("uq_node_override_node_id_home")),
    )


def downgrade() -> None:
    op.drop_table("node_override")
    op.drop_table("chain_edit")
    with op.batch_alter_table("chain_version") as batch:
        batch.drop_column("firms")
    with op.batch_alter_table("chain_node") as batch:
        batch.drop_index("ix_chain_node_shared_id")
        batch.drop_constraint(op.f("ck_chain_node_not_shared_with_itself"), type_="check")
        batch.drop_constraint(op.f("fk_chain_node_shared_id_chain_node"), type_="foreignkey")
        batch.drop_column("shared_id")
    with op.batch_alter_table("chain") as batch:
        batch.drop_constraint(op.f("fk_chain_submitted_by_account"), type_="foreignkey")
        batch.drop_column("status_note")
        batch.drop_column("submitted_by")
