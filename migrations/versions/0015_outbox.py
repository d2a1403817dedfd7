"""outbox: messages that leave the platform, endpoints, preferences; a notice knows its event"""

import sqlalchemy as sa
from alembic import op

revision = "0015_outbox"
down_revision = "0014_saved_views"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _notice_events() -> None:
    """Every notice that stands is its own event."""
    with op.batch_alter_table("notice") as batch:
        batch.add_column(sa.Column("event", sa.String(length=120), nullable=True))
    op.execute("UPDATE notice SET event = 'notice:' || id")
    with op.batch_alter_table("notice") as batch:
        batch.alter_column("event", existing_type=sa.String(length=120), nullable=False)
        batch.create_unique_constraint(op.f("uq_notice_account_id_event"), ["account_id", "event"])


def upgrade() -> None:
    _notice_events()
    op.create_table(
        "message_endpoint",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("secret", sa.String(length=400), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('webhook', 'wecom', 'dingtalk')", name=op.f("ck_message_endpoint_known_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_endpoint")),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_endpoint_public_id")),
    )
    op.create_table(
        "message_preference",
        sa.Column("account_id", BIG, autoincrement=False, nullable=False),
        sa.Column("mail", sa.String(length=200), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_message_preference_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_message_preference")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("event", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("endpoint_id", BIG, nullable=True),
        sa.Column("dedup", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'dead')", name=op.f("ck_outbox_message_known_state")
        ),
        sa.CheckConstraint(
            "channel IN ('mail', 'webhook', 'wecom', 'dingtalk')",
            name=op.f("ck_outbox_message_known_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_outbox_message_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["message_endpoint.id"],
            name=op.f("fk_outbox_message_endpoint_id_message_endpoint"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("dedup", name=op.f("uq_outbox_message_dedup")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outbox_message_public_id")),
    )
    op.create_index(op.f("ix_outbox_message_account_id"), "outbox_message", ["account_id"])
    op.create_index(op.f("ix_outbox_message_endpoint_id"), "outbox_message", ["endpoint_id"])
    op.create_index("ix_outbox_message_state_id", "outbox_message", ["state", "id"])
    op.create_index(
        "ix_outbox_message_open",
        "outbox_message",
        ["not_before"],
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        sqlite_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_table(
        "outbox_attempt",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("millis", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox_message.id"],
            name=op.f("fk_outbox_attempt_message_id_outbox_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_attempt")),
    )
    op.create_index(op.f("ix_outbox_attempt_message_id"), "outbox_attempt", ["message_id"])


def downgrade() -> None:
    op.drop_table("outbox_attempt")
    op.drop_table("outbox_message")
    op.drop_table("message_preference")
    op.drop_table("message_endpoint")
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint("uq_notice_account_id_event", type_="unique")
        batch.drop_column("event")
