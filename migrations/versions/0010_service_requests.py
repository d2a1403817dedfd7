"""service_requests"""

import sqlalchemy as sa
from alembic import op

revision = "0010_service_requests"
down_revision = "0009_greencards"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
STATES = (
    "status IN ('submitted', 'not_accepted', 'withdrawn', 'accepted', 'dispatched', 'return_pending',"
    " 'handling', 'waiting_enterprise', 'extend_pending', 'suspended', 'reviewing', 'completed',"
    " 'unreachable', 'unrated', 'evaluated', 'escalated', 'archived')"
)


def upgrade() -> None:
    op.create_table(
        "enterprise_request",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("req_no", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("host_unit_id", BIG, nullable=True),
        sa.Column("handler_id", BIG, nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("nature", sa.String(length=12), nullable=False),
        sa.Column("urgency", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("contact_person", sa.String(length=80), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("submitted_by", BIG, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queue_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("original_due_on", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("term_amount", sa.Integer(), nullable=True),
        sa.Column("term_unit", sa.String(length=2), nullable=True),
        sa.Column("extended_by", sa.Integer(), nullable=False),
        sa.Column("asked_days", sa.Integer(), nullable=True),
        sa.Column("extension_count", sa.Integer(), nullable=False),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("redo_count", sa.Integer(), nullable=False),
        sa.Column("call_attempts", sa.Integer(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("result_kind", sa.String(length=12), nullable=True),
        sa.Column("result_text", sa.Text(), nullable=False),
        sa.Column("solved", sa.String(length=8), nullable=True),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("rating_text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_enterprise_request_known_status")),
        sa.CheckConstraint(
            "result_kind IS NULL OR result_kind IN ('solved', 'partial', 'explained', 'unsolvable')",
            name=op.f("ck_enterprise_request_known_result"),
        ),
        sa.CheckConstraint(
            "solved IS NULL OR solved IN ('yes', 'partly', 'no')",
            name=op.f("ck_enterprise_request_known_solved"),
        ),
        sa.CheckConstraint(
            "satisfaction IS NULL OR satisfaction IN (1, 2, 3)",
            name=op.f("ck_enterprise_request_known_satisfaction"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_enterprise_request_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_enterprise_request_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["host_unit_id"], ["unit.id"], name=op.f("fk_enterprise_request_host_unit_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["account.id"], name=op.f("fk_enterprise_request_handler_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["account.id"], name=op.f("fk_enterprise_request_submitted_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_enterprise_request_public_id")),
        sa.UniqueConstraint("req_no", name=op.f("uq_enterprise_request_req_no")),
    )
    op.create_index(
        "ix_enterprise_request_unit_id_status_queue_due_at",
        "enterprise_request",
        ["unit_id", "status", "queue_due_at"],
    )
    op.create_index(
        "ix_enterprise_request_enterprise_id_submitted_at",
        "enterprise_request",
        ["enterprise_id", "submitted_at"],
    )
    op.create_index(op.f("ix_enterprise_request_host_unit_id"), "enterprise_request", ["host_unit_id"])
    op.create_table(
        "request_message",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("request_id", BIG, nullable=False),
        sa.Column("side", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("account_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "side IN ('enterprise', 'office', 'internal')", name=op.f("ck_request_message_known_side")
        ),
        *_of_request("request_message"),
    )
    op.create_table(
        "request_pause",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("request_id", BIG, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_request_pause_ends_after_it_begins")
        ),
        *_of_request("request_pause"),
    )
    op.create_table(
        "request_round",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("request_id", BIG, nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_of_request("request_round"),
    )
    for table in ("request_message", "request_pause", "request_round"):
        op.create_index(op.f(f"ix_{table}_request_id"), table, ["request_id"])


def _of_request(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["enterprise_request.id"],
            name=op.f(f"fk_{table}_request_id_enterprise_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    )


def downgrade() -> None:
    op.drop_table("request_round")
    op.drop_table("request_pause")
    op.drop_table("request_message")
    op.drop_table("enterprise_request")
