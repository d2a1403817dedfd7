"""people: requests for roles, deputies, hand-overs, clearance, roles within an enterprise"""

import sqlalchemy as sa
from alembic import op

revision = "0017_people"
down_revision = "0016_trade_words"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "deputy",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("deputy_id", BIG, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("named_by", BIG, nullable=False),
        sa.Column("named_name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("account_id <> deputy_id", name=op.f("ck_deputy_not_oneself")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_deputy_ends_after_it_began")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_deputy_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["account.id"], name=op.f("fk_deputy_deputy_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
        sa.UniqueConstraint("public_id", name=op.f("uq_deputy_public_id")),
    )
    op.create_index(op.f("ix_deputy_account_id"), "deputy", ["account_id"], unique=False)
    op.create_index(op.f("ix_deputy_deputy_id"), "deputy", ["deputy_id"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("prepared_by", BIG, nullable=False),
        sa.Column("prepared_name", sa.String(length=120), nullable=False),
        sa.Column("confirmed_by", BIG, nullable=True),
        sa.Column("confirmed_name", sa.String(length=120), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'confirmed', 'withdrawn')", name=op.f("ck_handover_known_state")
        ),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> prepared_by",
            name=op.f("ck_handover_confirmed_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_handover_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("public_id", name=op.f("uq_handover_public_id")),
    )
    op.create_index(op.f("ix_handover_account_id"), "handover", ["account_id"], unique=False)
    op.create_index(op.f("ix_handover_state"), "handover", ["state"], unique=False)

    op.create_table(
        "grant_request",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("chosen_unit_ids", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("clearance", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("requested_by", BIG, nullable=False),
        sa.Column("requested_name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_name", sa.String(length=120), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(length=300), nullable=False),
        sa.Column("grant_id", BIG, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('role', 'clearance')", name=op.f("ck_grant_request_known_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'refused', 'withdrawn')", name=op.f("ck_grant_request_known_state")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> account_id", name=op.f("ck_grant_request_not_for_oneself")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> requested_by",
            name=op.f("ck_grant_request_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_grant_request_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["role_grant.id"],
            name=op.f("fk_grant_request_grant_id_role_grant"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_grant_request_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_grant_request_public_id")),
    )
    op.create_index(op.f("ix_grant_request_account_id"), "grant_request", ["account_id"], unique=False)
    op.create_index(op.f("ix_grant_request_grant_id"), "grant_request", ["grant_id"], unique=False)
    op.create_index(op.f("ix_grant_request_state"), "grant_request", ["state"], unique=False)

    op.create_table(
        "handover_row",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("handover_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("receiver_id", BIG, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handover.id"],
            name=op.f("fk_handover_row_handover_id_handover"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["account.id"], name=op.f("fk_handover_row_receiver_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_row")),
        sa.UniqueConstraint(
            "handover_id", "kind", "record_id", name=op.f("uq_handover_row_handover_id_kind_record_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_handover_row_public_id")),
    )
    op.create_index(op.f("ix_handover_row_handover_id"), "handover_row", ["handover_id"], unique=False)
    op.create_index(op.f("ix_handover_row_receiver_id"), "handover_row", ["receiver_id"], unique=False)

    with op.batch_alter_table("account") as batch_op:
        batch_op.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("clearance", sa.String(length=12), nullable=False, server_default="normal")
        )
        batch_op.create_check_constraint(
            op.f("ck_account_known_clearance"), "clearance IN ('normal', 'restricted')"
        )
    with op.batch_alter_table("account") as batch_op:
        batch_op.alter_column("clearance", server_default=None)
    with op.batch_alter_table("enterprise_membership") as batch_op:
        batch_op.add_column(
            sa.Column("role", sa.String(length=20), nullable=False, server_default="enterprise_user")
        )
        batch_op.create_check_constraint(
            op.f("ck_enterprise_membership_known_role"), "role IN ('enterprise_user', 'enterprise_handler')"
        )
    with op.batch_alter_table("enterprise_membership") as batch_op:
        batch_op.alter_column("role", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("enterprise_membership") as batch_op:
        batch_op.drop_constraint(op.f("ck_enterprise_membership_known_role"), type_="check")
        batch_op.drop_column("role")
    with op.batch_alter_table("account") as batch_op:
        batch_op.drop_constraint(op.f("ck_account_known_clearance"), type_="check")
        batch_op.drop_column("clearance")
        batch_op.drop_column("valid_to")
    op.drop_index(op.f("ix_handover_row_receiver_id"), table_name="handover_row")
    op.drop_index(op.f("ix_handover_row_handover_id"), table_name="handover_row")

    op.drop_table("handover_row")
    op.drop_index(op.f("ix_grant_request_state"), table_name="grant_request")
    op.drop_index(op.f("ix_grant_request_grant_id"), table_name="grant_request")
    op.drop_index(op.f("ix_grant_request_account_id"), table_name="grant_request")

    op.drop_table("grant_request")
    op.drop_index(op.f("ix_handover_state"), table_name="handover")
    op.drop_index(op.f("ix_handover_account_id"), table_name="handover")

    op.drop_table("handover")
    op.drop_index(op.f("ix_deputy_deputy_id"), table_name="deputy")
    op.drop_index(op.f("ix_deputy_account_id"), table_name="deputy")

    op.drop_table("deputy")
