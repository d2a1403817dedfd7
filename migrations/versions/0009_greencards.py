"""greencards"""

import sqlalchemy as sa
from alembic import op

revision = "0009_greencards"
down_revision = "0008_projects"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "step_term",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("legal_wd", sa.Integer(), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("legal_wd > 0", name=op.f("ck_step_term_legal_days_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_term")),
        sa.UniqueConstraint("code", name=op.f("uq_step_term_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_step_term_public_id")),
    )
    op.create_table(
        "green_card",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("card_no", sa.String(length=40), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("project_id", BIG, nullable=False),
        sa.Column("enterprise_id", BIG, nullable=True),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("holder_person", sa.String(length=80), nullable=False),
        sa.Column("grade", sa.String(length=20), nullable=False),
        sa.Column("industry_group", sa.String(length=24), nullable=False),
        sa.Column("foreign_usd_wan_c", sa.BigInteger(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("applied_by", BIG, nullable=False),
        sa.Column("basis_version", sa.String(length=40), nullable=False),
        sa.Column("eligibility", sa.JSON(), nullable=False),
        sa.Column("doc_no", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('project', 'living')", name=op.f("ck_green_card_known_kind")),
        sa.CheckConstraint(
            "status NOT IN ('valid', 'suspended', 'expired', 'revoked')"
            " OR (card_no IS NOT NULL AND token IS NOT NULL AND valid_to IS NOT NULL)",
            name=op.f("ck_green_card_issued_cards_are_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_green_card_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_green_card_project_id_project")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_green_card_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_green_card")),
        sa.UniqueConstraint("card_no", name=op.f("uq_green_card_card_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_green_card_public_id")),
        sa.UniqueConstraint("token", name=op.f("uq_green_card_token")),
    )
    op.create_index(op.f("ix_green_card_enterprise_id"), "green_card", ["enterprise_id"], unique=False)
    op.create_index(op.f("ix_green_card_project_id"), "green_card", ["project_id"], unique=False)
    op.create_index("ix_green_card_status_applied_on", "green_card", ["status", "applied_on"], unique=False)
    op.create_index(op.f("ix_green_card_unit_id"), "green_card", ["unit_id"], unique=False)
    op.create_table(
        "service_case",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("project_id", BIG, nullable=False),
        sa.Column("enterprise_id", BIG, nullable=True),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("production_on", sa.Date(), nullable=True),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("evaluation", sa.Text(), nullable=False),
        sa.Column("archive_no", sa.String(length=60), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status = 'open' OR (production_on IS NOT NULL AND satisfaction IS NOT NULL)",
            name=op.f("ck_service_case_closed_after_production_and_evaluation"),
        ),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_service_case_known_status")),
        sa.CheckConstraint(
            "satisfaction IS NULL OR satisfaction BETWEEN 1 AND 3",
            name=op.f("ck_service_case_known_satisfaction"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_service_case_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_service_case_project_id_project")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_service_case_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_case")),
        sa.UniqueConstraint("case_no", name=op.f("uq_service_case_case_no")),
        sa.UniqueConstraint("project_id", name=op.f("uq_service_case_project_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_service_case_public_id")),
    )
    op.create_index(op.f("ix_service_case_enterprise_id"), "service_case", ["enterprise_id"], unique=False)
    op.create_index(op.f("ix_service_case_status"), "service_case", ["status"], unique=False)
    op.create_index(op.f("ix_service_case_unit_id"), "service_case", ["unit_id"], unique=False)
    op.create_table(
        "card_review",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("card_id", BIG, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("account_name", sa.String(length=120), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("doc_no", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "level IN ('apply', 'first_review', 'review', 'approve')", name=op.f("ck_card_review_known_level")
        ),
        sa.ForeignKeyConstraint(
            ["card_id"], ["green_card.id"], name=op.f("fk_card_review_card_id_green_card"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_review")),
        sa.UniqueConstraint("public_id", name=op.f("uq_card_review_public_id")),
    )
    op.create_index(op.f("ix_card_review_card_id"), "card_review", ["card_id"], unique=False)
    op.create_table(
        "card_use",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("card_id", BIG, nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("matter", sa.String(length=120), nullable=False),
        sa.Column("window", sa.String(length=120), nullable=False),
        sa.Column("taken_wd", sa.Integer(), nullable=True),
        sa.Column("recorded_by", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["green_card.id"], name=op.f("fk_card_use_card_id_green_card"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_use")),
        sa.UniqueConstraint("public_id", name=op.f("uq_card_use_public_id")),
    )
    op.create_index(op.f("ix_card_use_card_id"), "card_use", ["card_id"], unique=False)
    op.create_table(
        "case_step",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("owner_text", sa.String(length=120), nullable=False),
        sa.Column("evidence_hint", sa.String(length=120), nullable=False),
        sa.Column("legal_wd", sa.Integer(), nullable=True),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("promised_wd", sa.Integer(), nullable=True),
        sa.Column("promised_proposed", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("carried", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("carried IN ('', 'stage', 'later')", name=op.f("ck_case_step_known_carrying")),
        sa.CheckConstraint(
            "status <> 'done' OR done_at IS NOT NULL", name=op.f("ck_case_step_done_has_its_time")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'paused', 'done', 'not_needed')",
            name=op.f("ck_case_step_known_status"),
        ),
        sa.CheckConstraint("legal_wd IS NULL OR legal_wd > 0", name=op.f("ck_case_step_legal_days_positive")),
        sa.CheckConstraint(
            "promised_wd IS NULL OR promised_wd > 0", name=op.f("ck_case_step_promised_days_positive")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["service_case.id"],
            name=op.f("fk_case_step_case_id_service_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
        sa.UniqueConstraint("case_id", "code", name=op.f("uq_case_step_case_id_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_case_step_public_id")),
    )
    op.create_index(op.f("ix_case_step_due_at"), "case_step", ["due_at"], unique=False)
    op.create_table(
        "task_force_member",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("duty", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit_text", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "duty IN ('leader', 'lead_unit', 'specialist', 'member')",
            name=op.f("ck_task_force_member_known_duty"),
        ),
        sa.CheckConstraint("phone <> ''", name=op.f("ck_task_force_member_has_a_phone")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_task_force_member_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["service_case.id"],
            name=op.f("fk_task_force_member_case_id_service_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_force_member")),
        sa.UniqueConstraint("public_id", name=op.f("uq_task_force_member_public_id")),
    )
    op.create_index(op.f("ix_task_force_member_case_id"), "task_force_member", ["case_id"], unique=False)
    op.create_table(
        "step_pause",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("step_id", BIG, nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("party", sa.String(length=12), nullable=False),
        sa.Column("stops_clock", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("party IN ('enterprise', 'department')", name=op.f("ck_step_pause_known_party")),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_step_pause_ends_after_it_began")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["case_step.id"], name=op.f("fk_step_pause_step_id_case_step"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_pause")),
        sa.UniqueConstraint("public_id", name=op.f("uq_step_pause_public_id")),
    )
    op.create_index(op.f("ix_step_pause_step_id"), "step_pause", ["step_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_step_pause_step_id"), table_name="step_pause")
    op.drop_table("step_pause")
    op.drop_index(op.f("ix_task_force_member_case_id"), table_name="task_force_member")
    op.drop_table("task_force_member")
    op.drop_index(op.f("ix_case_step_due_at"), table_name="case_step")
    op.drop_table("case_step")
    op.drop_index(op.f("ix_card_use_card_id"), table_name="card_use")
    op.drop_table("card_use")
    op.drop_index(op.f("ix_card_review_card_id"), table_name="card_review")
    op.drop_table("card_review")
    op.drop_index(op.f("ix_service_case_unit_id"), table_name="service_case")
    op.drop_index(op.f("ix_service_case_status"), table_name="service_case")
    op.drop_index(op.f("ix_service_case_enterprise_id"), table_name="service_case")
    op.drop_table("service_case")
    op.drop_index(op.f("ix_green_card_unit_id"), table_name="green_card")
    op.drop_index("ix_green_card_status_applied_on", table_name="green_card")
    op.drop_index(op.f("ix_green_card_project_id"), table_name="green_card")
    op.drop_index(op.f("ix_green_card_enterprise_id"), table_name="green_card")
    op.drop_table("green_card")
    op.drop_table("step_term")
