"""leads"""

import sqlalchemy as sa
from alembic import op

revision = "0007_leads"
down_revision = "0006_targets"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "claim_gate",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_claim_gate")),
    )
    op.create_table(
        "lead",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("lead_no", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("created_by", BIG, nullable=False),
        sa.Column("specialist_id", BIG, nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("referrer", sa.String(length=120), nullable=False),
        sa.Column("investor_id", BIG, nullable=True),
        sa.Column("investor_name", sa.String(length=200), nullable=False),
        sa.Column("foreign_reg_no", sa.String(length=60), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("group_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("chain_node_id", BIG, nullable=True),
        sa.Column("total_investment_fen", sa.BigInteger(), nullable=True),
        sa.Column("fixed_investment_fen", sa.BigInteger(), nullable=True),
        sa.Column("foreign_usd_wan_c", sa.BigInteger(), nullable=True),
        sa.Column("land_sqm_c", sa.BigInteger(), nullable=True),
        sa.Column("factory_sqm_c", sa.BigInteger(), nullable=True),
        sa.Column("energy_tce_c", sa.BigInteger(), nullable=True),
        sa.Column("emission_note", sa.String(length=300), nullable=False),
        sa.Column("est_output_fen", sa.BigInteger(), nullable=True),
        sa.Column("est_tax_fen", sa.BigInteger(), nullable=True),
        sa.Column("est_jobs", sa.Integer(), nullable=True),
        sa.Column("site_intent", sa.String(length=200), nullable=False),
        sa.Column("policy_ask", sa.Text(), nullable=False),
        sa.Column("contact_person", sa.String(length=80), nullable=False),
        sa.Column("contact_title", sa.String(length=80), nullable=False),
        sa.Column("contact_mobile", sa.String(length=40), nullable=False),
        sa.Column("confidentiality", sa.String(length=12), nullable=False),
        sa.Column("target_pid", sa.String(length=26), nullable=True),
        sa.Column("terms_version", sa.String(length=20), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("protected_until", sa.Date(), nullable=True),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("respond_due_on", sa.Date(), nullable=True),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("study_due_on", sa.Date(), nullable=True),
        sa.Column("studied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("study_note", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.Column("next_step", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status = 'draft' OR first_claimed_at IS NOT NULL OR status = 'closed'",
            name=op.f("ck_lead_claimed"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'registered', 'disputed', 'responding', 'need_info', 'follow', 'not_follow', 'negotiating', 'transferred', 'converted', 'expired', 'closed')",
            name=op.f("ck_lead_known_status"),
        ),
        sa.CheckConstraint(
            "fixed_investment_fen IS NULL OR total_investment_fen IS NULL OR fixed_investment_fen <= total_investment_fen",
            name=op.f("ck_lead_fixed_within_total"),
        ),
        sa.CheckConstraint(
            "total_investment_fen IS NULL OR total_investment_fen >= 0", name=op.f("ck_lead_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["chain_node_id"], ["chain_node.id"], name=op.f("fk_lead_chain_node_id_chain_node")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_lead_created_by_account")),
        sa.ForeignKeyConstraint(
            ["investor_id"], ["enterprise.id"], name=op.f("fk_lead_investor_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["account.id"], name=op.f("fk_lead_specialist_id_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_lead_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("lead_no", name=op.f("uq_lead_lead_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lead_public_id")),
    )
    op.create_index(op.f("ix_lead_chain_node_id"), "lead", ["chain_node_id"], unique=False)
    op.create_index(op.f("ix_lead_created_by"), "lead", ["created_by"], unique=False)
    op.create_index(op.f("ix_lead_first_claimed_at"), "lead", ["first_claimed_at"], unique=False)
    op.create_index(op.f("ix_lead_investor_id"), "lead", ["investor_id"], unique=False)
    op.create_index(op.f("ix_lead_specialist_id"), "lead", ["specialist_id"], unique=False)
    op.create_index("ix_lead_status_id", "lead", ["status", "id"], unique=False)
    op.create_index(op.f("ix_lead_target_pid"), "lead", ["target_pid"], unique=False)
    op.create_index("ix_lead_unit_id_status_id", "lead", ["unit_id", "status", "id"], unique=False)
    op.create_table(
        "lead_dispute",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("first_lead_id", BIG, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ruled_by", BIG, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('first', 'second', 'both')",
            name=op.f("ck_lead_dispute_known_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (ruled_at IS NULL)", name=op.f("ck_lead_dispute_ruled_whole")
        ),
        sa.CheckConstraint("lead_id <> first_lead_id", name=op.f("ck_lead_dispute_two_leads")),
        sa.ForeignKeyConstraint(
            ["first_lead_id"], ["lead.id"], name=op.f("fk_lead_dispute_first_lead_id_lead")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_dispute_lead_id_lead")),
        sa.ForeignKeyConstraint(["ruled_by"], ["account.id"], name=op.f("fk_lead_dispute_ruled_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_dispute")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lead_dispute_public_id")),
    )
    op.create_index(op.f("ix_lead_dispute_first_lead_id"), "lead_dispute", ["first_lead_id"], unique=False)
    op.create_index(op.f("ix_lead_dispute_lead_id"), "lead_dispute", ["lead_id"], unique=False)
    op.create_table(
        "lead_key",
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.id"], name=op.f("fk_lead_key_lead_id_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead_id", "key", name=op.f("pk_lead_key")),
    )
    op.create_index(op.f("ix_lead_key_key"), "lead_key", ["key"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_lead_key_key"), table_name="lead_key")
    op.drop_table("lead_key")
    op.drop_index(op.f("ix_lead_dispute_lead_id"), table_name="lead_dispute")
    op.drop_index(op.f("ix_lead_dispute_first_lead_id"), table_name="lead_dispute")
    op.drop_table("lead_dispute")
    op.drop_index("ix_lead_unit_id_status_id", table_name="lead")
    op.drop_index(op.f("ix_lead_target_pid"), table_name="lead")
    op.drop_index("ix_lead_status_id", table_name="lead")
    op.drop_index(op.f("ix_lead_specialist_id"), table_name="lead")
    op.drop_index(op.f("ix_lead_investor_id"), table_name="lead")
    op.drop_index(op.f("ix_lead_first_claimed_at"), table_name="lead")
    op.drop_index(op.f("ix_lead_created_by"), table_name="lead")
    op.drop_index(op.f("ix_lead_chain_node_id"), table_name="lead")
    op.drop_table("lead")
    op.drop_table("claim_gate")
