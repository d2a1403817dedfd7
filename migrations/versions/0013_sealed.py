"""sealed: personal numbers are held encrypted"""

import sqlalchemy as sa
from alembic import op

from core import secrets

revision = "0013_sealed"
down_revision = "0012_jobs"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
COLUMNS = (
    ("account", "phone"),
    ("contact", "mobile"),
    ("lead", "contact_mobile"),
    ("enterprise_request", "contact_phone"),
    ("task_force_member", "phone"),
)
BATCH = 1000


def upgrade() -> None:
    for table, column in COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.alter_column(
                column,
                type_=sa.String(length=400),
                existing_type=sa.String(length=40),
                existing_nullable=False,
            )
        _rewrite(table, column, sealing=True)
    with op.batch_alter_table("contact") as batch:
        batch.add_column(sa.Column("mobile_index", sa.String(length=32), nullable=True))
    _index()
    op.create_index(op.f("ix_contact_mobile_index"), "contact", ["mobile_index"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_contact_mobile_index"), table_name="contact")
    with op.batch_alter_table("contact") as batch:
        batch.drop_column("mobile_index")
    for table, column in COLUMNS:
        _rewrite(table, column, sealing=False)
        with op.batch_alter_table(table) as batch:
            batch.alter_column(
                column,
                type_=sa.String(length=40),
                existing_type=sa.String(length=400),
                existing_nullable=False,
            )


def _rewrite(name: str, column: str, *, sealing: bool) -> None:
    """Seal or open every value; nothing is touched where one cannot be opened."""
    table = sa.table(name, sa.column("id", BIG), sa.column(column, sa.String))
    value = table.c[column]
    bind, after, bound = op.get_bind(), 0, f"{name}.{column}"
    while True:
        statement = sa.select(table.c.id, value).where(value != "", table.c.id > after)
        rows = bind.execute(statement.order_by(table.c.id).limit(BATCH)).all()
        if not rows:
            return
        ring = secrets.ring()
        changed = [
            {"number": number, "text": ring.seal(text, bound) if sealing else _opened(ring, text, bound)}
            for number, text in rows
        ]
        bind.execute(
            sa.update(table)
            .where(table.c.id == sa.bindparam("number"))
            .values({column: sa.bindparam("text")}),
            changed,
        )
        after = rows[-1].id


def _opened(ring: secrets.KeyRing, text: str, bound: str) -> str:
    found = ring.open(text, bound)
    if not isinstance(found, secrets.Unreadable):
        return found
    raise RuntimeError(f"a value of {bound} cannot be opened; the downgrade stops before anything is lost")


def _index() -> None:
    """The blind index of what is there."""
    table = sa.table("contact", *(sa.column(name) for name in ("id", "mobile", "mobile_index")))
    bind = op.get_bind()
    rows = bind.execute(sa.select(table.c.id, table.c.mobile).where(table.c.mobile != "")).all()
    for number, text in rows:
        ring = secrets.ring()
        found = ring.blind(_opened(ring, text, "contact.mobile"), "contact.mobile")
        bind.execute(sa.update(table).where(table.c.id == number).values(mobile_index=found))
