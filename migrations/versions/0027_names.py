"""Grams of enterprises' names, and indexes for the conditions and orders that lists offer."""

import sqlalchemy as sa
from alembic import op

from core.text.grams import grams

revision = "0027_names"
down_revision = "0026_bulk"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
GRAM = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
BATCH = 1000
INDEXES = (
    *(
        ("enterprise", (filtered, ordered))
        for filtered in ("size_class", "reg_status")
        for ordered in ("sort_key", "latest_revenue_fen", "updated_at", "last_contact_on")
    ),
    ("lead", ("unit_id", "first_claimed_at")),
    ("lead", ("first_claimed_at", "id")),
    ("project", ("unit_id", "updated_at")),
    ("project", ("updated_at", "id")),
    ("enterprise_request", ("submitted_at", "id")),
    ("enterprise_request", ("queue_due_at", "id")),
)


def upgrade() -> None:
    op.create_table(
        "enterprise_gram",
        sa.Column("gram", GRAM, nullable=False),
        sa.Column("enterprise_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name="fk_enterprise_gram_enterprise_id_enterprise",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("gram", "enterprise_id", name="pk_enterprise_gram"),
    )
    op.create_index("ix_enterprise_gram_enterprise_id", "enterprise_gram", ["enterprise_id"])
    for table, columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """Cut the names that are there, batch by batch."""
    firms = sa.table("enterprise", sa.column("id"), sa.column("name"), sa.column("short_name"))
    made = sa.table("enterprise_gram", sa.column("gram"), sa.column("enterprise_id"))
    last = 0
    while True:
        rows = connection.execute(
            sa.select(firms).where(firms.c.id > last).order_by(firms.c.id).limit(BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        values = [
            {"gram": gram, "enterprise_id": row.id}
            for row in rows
            for gram in sorted({each[:40] for each in (*grams(row.name), *grams(row.short_name))})
        ]
        if values:
            connection.execute(sa.insert(made), values)


def downgrade() -> None:
    for table, columns in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
    op.drop_table("enterprise_gram")
