"""projects"""

import sqlalchemy as sa
from alembic import op

revision = "0008_projects"
down_revision = "0007_leads"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "project",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("project_no", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("specialist_id", BIG, nullable=False),
        sa.Column("deputy_id", BIG, nullable=True),
        sa.Column("leader_id", BIG, nullable=True),
        sa.Column("lead_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("investor_id", BIG, nullable=True),
        sa.Column("investor_name", sa.String(length=200), nullable=False),
        sa.Column("company_id", BIG, nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("chain_node_id", BIG, nullable=True),
        sa.Column("industry_code", sa.String(length=4), nullable=True),
        sa.Column("park_id", BIG, nullable=True),
        sa.Column("parcel", sa.String(length=80), nullable=False),
        sa.Column("total_investment_fen", sa.BigInteger(), nullable=False),
        sa.Column("fixed_investment_fen", sa.BigInteger(), nullable=True),
        sa.Column("equipment_fen", sa.BigInteger(), nullable=True),
        sa.Column("received_fen", sa.BigInteger(), nullable=False),
        sa.Column("land_mode", sa.String(length=10), nullable=False),
        sa.Column("land_sqm_c", sa.BigInteger(), nullable=True),
        sa.Column("factory_sqm_c", sa.BigInteger(), nullable=True),
        sa.Column("est_output_fen", sa.BigInteger(), nullable=True),
        sa.Column("est_tax_fen", sa.BigInteger(), nullable=True),
        sa.Column("energy_tce_c", sa.BigInteger(), nullable=True),
        sa.Column("jobs", sa.Integer(), nullable=True),
        sa.Column("confidentiality", sa.String(length=12), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("summary_by", sa.String(length=120), nullable=False),
        sa.Column("summary_on", sa.Date(), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("stage_entered_on", sa.Date(), nullable=False),
        sa.Column("next_planned_on", sa.Date(), nullable=True),
        sa.Column("previous_state", sa.String(length=16), nullable=True),
        sa.Column("resume_expected_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("lost_to", sa.String(length=120), nullable=False),
        sa.Column("release_doc_no", sa.String(length=80), nullable=False),
        sa.Column("case_by_case", sa.Boolean(), nullable=False),
        sa.Column("admission_tier", sa.String(length=8), nullable=False),
        sa.Column("admission_state", sa.String(length=16), nullable=False),
        sa.Column("admission_doc_no", sa.String(length=80), nullable=False),
        sa.Column("admission_decided_on", sa.Date(), nullable=True),
        sa.Column("admission_conditions", sa.Text(), nullable=False),
        sa.Column("recheck_note", sa.Text(), nullable=False),
        sa.Column("standards_version", sa.String(length=20), nullable=False),
        sa.Column("report_no", sa.String(length=80), nullable=False),
        sa.Column("report_on", sa.Date(), nullable=True),
        sa.Column("fairness_no", sa.String(length=80), nullable=False),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.Column("next_step", sa.String(length=300), nullable=False),
        sa.Column("agreement_kind", sa.String(length=10), nullable=True),
        sa.Column("contract_no", sa.String(length=80), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("tax_per_mu_fen", sa.BigInteger(), nullable=True),
        sa.Column("agreed_start_on", sa.Date(), nullable=True),
        sa.Column("agreed_complete_on", sa.Date(), nullable=True),
        sa.Column("agreed_produce_on", sa.Date(), nullable=True),
        sa.Column("agreed_capacity_on", sa.Date(), nullable=True),
        sa.Column("breach_terms", sa.Text(), nullable=False),
        sa.Column("company_name", sa.String(length=200), nullable=False),
        sa.Column("company_uscc", sa.String(length=18), nullable=False),
        sa.Column("company_region_code", sa.String(length=6), nullable=True),
        sa.Column("company_registered_on", sa.Date(), nullable=True),
        sa.Column("land_doc_no", sa.String(length=80), nullable=False),
        sa.Column("land_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("land_handover_on", sa.Date(), nullable=True),
        sa.Column("lease_no", sa.String(length=80), nullable=False),
        sa.Column("permit_no", sa.String(length=80), nullable=False),
        sa.Column("permit_on", sa.Date(), nullable=True),
        sa.Column("acceptance_no", sa.String(length=80), nullable=False),
        sa.Column("production_evidence", sa.String(length=120), nullable=False),
        sa.Column("capacity_review_no", sa.String(length=80), nullable=False),
        sa.Column("capacity_output_fen", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "admission_tier IN ('self', 'filing', 'group', 'special')", name=op.f("ck_project_known_tier")
        ),
        sa.CheckConstraint("kind IN ('new', 'expand', 'ma', 'enclave')", name=op.f("ck_project_known_kind")),
        sa.CheckConstraint(
            "land_mode IN ('none', 'sold', 'allocated', 'lease', 'factory')",
            name=op.f("ck_project_known_land_mode"),
        ),
        sa.CheckConstraint(
            "stage IN ('negotiating', 'admitted', 'signed', 'registered', 'landed', 'started', 'completed', 'producing', 'at_capacity', 'paused', 'lost', 'terminated', 'exited')",
            name=op.f("ck_project_known_stage"),
        ),
        sa.CheckConstraint(
            "fixed_investment_fen IS NULL OR fixed_investment_fen <= total_investment_fen",
            name=op.f("ck_project_fixed_within_total"),
        ),
        sa.CheckConstraint("total_investment_fen > 0", name=op.f("ck_project_total_positive")),
        sa.ForeignKeyConstraint(
            ["chain_node_id"], ["chain_node.id"], name=op.f("fk_project_chain_node_id_chain_node")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["enterprise.id"], name=op.f("fk_project_company_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["company_region_code"], ["region.code"], name=op.f("fk_project_company_region_code_region")
        ),
        sa.ForeignKeyConstraint(["deputy_id"], ["account.id"], name=op.f("fk_project_deputy_id_account")),
        sa.ForeignKeyConstraint(
            ["industry_code"], ["industry.code"], name=op.f("fk_project_industry_code_industry")
        ),
        sa.ForeignKeyConstraint(
            ["investor_id"], ["enterprise.id"], name=op.f("fk_project_investor_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_project_lead_id_lead")),
        sa.ForeignKeyConstraint(["leader_id"], ["account.id"], name=op.f("fk_project_leader_id_account")),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_project_park_id_park")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["account.id"], name=op.f("fk_project_specialist_id_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_project_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("lead_id", name=op.f("uq_project_lead_id")),
        sa.UniqueConstraint("project_no", name=op.f("uq_project_project_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_project_public_id")),
    )
    op.create_index(op.f("ix_project_chain_node_id"), "project", ["chain_node_id"], unique=False)
    op.create_index(op.f("ix_project_company_id"), "project", ["company_id"], unique=False)
    op.create_index(op.f("ix_project_investor_id"), "project", ["investor_id"], unique=False)
    op.create_index(op.f("ix_project_leader_id"), "project", ["leader_id"], unique=False)
    op.create_index(op.f("ix_project_park_id"), "project", ["park_id"], unique=False)
    op.create_index("ix_project_sort_key_id", "project", ["sort_key", "id"], unique=False)
    op.create_index(op.f("ix_project_specialist_id"), "project", ["specialist_id"], unique=False)
    op.create_index("ix_project_stage_id", "project", ["stage", "id"], unique=False)
    op.create_index("ix_project_unit_id_stage_id", "project", ["unit_id", "stage", "id"], unique=False)
    op.create_table(
        "fund_receipt",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("project_id", BIG, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("nature", sa.String(length=8), nullable=False),
        sa.Column("voucher_no", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("entered_by", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("nature IN ('fixed', 'working')", name=op.f("ck_fund_receipt_known_nature")),
        sa.CheckConstraint("voucher_no <> ''", name=op.f("ck_fund_receipt_voucher")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_fund_receipt_positive")),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["account.id"], name=op.f("fk_fund_receipt_entered_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_fund_receipt_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_receipt")),
        sa.UniqueConstraint("project_id", "voucher_no", name=op.f("uq_fund_receipt_project_id_voucher_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_fund_receipt_public_id")),
    )
    op.create_index(op.f("ix_fund_receipt_project_id"), "fund_receipt", ["project_id"], unique=False)
    op.create_table(
        "project_milestone",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("project_id", BIG, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_milestone_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_milestone")),
        sa.UniqueConstraint("project_id", "stage", name=op.f("uq_project_milestone_project_id_stage")),
        sa.UniqueConstraint("public_id", name=op.f("uq_project_milestone_public_id")),
    )
    op.create_table(
        "project_plan_row",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("project_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("promise", sa.String(length=300), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("trigger", sa.String(length=200), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_plan_row_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_plan_row")),
        sa.UniqueConstraint("public_id", name=op.f("uq_project_plan_row_public_id")),
    )
    op.create_index(op.f("ix_project_plan_row_project_id"), "project_plan_row", ["project_id"], unique=False)
    op.create_table(
        "project_stage_log",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("project_id", BIG, nullable=False),
        sa.Column("verb", sa.String(length=24), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("account_name", sa.String(length=120), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approval", sa.String(length=80), nullable=False),
        sa.Column("waivers", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_stage_log_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_stage_log")),
        sa.UniqueConstraint("public_id", name=op.f("uq_project_stage_log_public_id")),
    )
    op.create_index(
        op.f("ix_project_stage_log_project_id"), "project_stage_log", ["project_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_project_stage_log_project_id"), table_name="project_stage_log")
    op.drop_table("project_stage_log")
    op.drop_index(op.f("ix_project_plan_row_project_id"), table_name="project_plan_row")
    op.drop_table("project_plan_row")
    op.drop_table("project_milestone")
    op.drop_index(op.f("ix_fund_receipt_project_id"), table_name="fund_receipt")
    op.drop_table("fund_receipt")
    op.drop_index("ix_project_unit_id_stage_id", table_name="project")
    op.drop_index("ix_project_stage_id", table_name="project")
    op.drop_index(op.f("ix_project_specialist_id"), table_name="project")
    op.drop_index("ix_project_sort_key_id", table_name="project")
    op.drop_index(op.f("ix_project_park_id"), table_name="project")
    op.drop_index(op.f("ix_project_leader_id"), table_name="project")
    op.drop_index(op.f("ix_project_investor_id"), table_name="project")
    op.drop_index(op.f("ix_project_company_id"), table_name="project")
    op.drop_index(op.f("ix_project_chain_node_id"), table_name="project")
    op.drop_table("project")
