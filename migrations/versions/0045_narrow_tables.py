"""Grams, keys and tags of enterprises without row numbers on SQLite: one tree less for each."""

import sqlalchemy as sa
from alembic import op

revision = "0045_narrow_tables"
down_revision = "0044_anchor_purchases"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TABLES = (
    ("enterprise_gram", "gram", sa.String(40)),
    ("enterprise_key", "key", sa.BigInteger()),
    ("enterprise_tag", "tag", sa.String(20)),
)


def upgrade() -> None:
    _make_anew(with_rowid=False)


def downgrade() -> None:
    _make_anew(with_rowid=True)


def _make_anew(*, with_rowid: bool) -> None:
    """Copied in the order of the new table. PostgreSQL has no such choice."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, column, kind in TABLES:
        op.create_table(
            f"{table}_anew",
            sa.Column(column, kind, autoincrement=False, nullable=False),
            sa.Column("enterprise_id", BIG, autoincrement=False, nullable=False),
            sa.ForeignKeyConstraint(
                ["enterprise_id"],
                ["enterprise.id"],
                name=f"fk_{table}_enterprise_id_enterprise",
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint(column, "enterprise_id", name=f"pk_{table}"),
            sqlite_with_rowid=with_rowid,
        )
        old = sa.table(table, sa.column(column), sa.column("enterprise_id"))
        ordered = sa.select(old).order_by(old.c[column], old.c.enterprise_id)
        op.execute(
            sa.insert(sa.table(f"{table}_anew", *(sa.column(c.name) for c in old.c))).from_select(
                list(old.c.keys()), ordered
            )
        )
        op.drop_table(table)
        op.rename_table(f"{table}_anew", table)
        op.create_index(f"ix_{table}_enterprise_id", table, ["enterprise_id"])
