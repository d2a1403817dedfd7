"""Keys of enterprises' names, pairs that may be one enterprise, merges and what undoes them; tags by word."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from crm.enterprises.duplicates.keys import keys_of

revision = "0037_duplicates"
down_revision = "0036_job_states"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TAG = sa.String(20).with_variant(sa.String(20, collation="C"), "postgresql")
BATCH = 1000


def _kept() -> list[sa.Column]:
    """What every kept record has."""
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _keyed() -> list[sa.Column]:
    return [
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(26), nullable=False),
    ]


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table(
            "enterprise", recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass
    op.create_table(
        "enterprise_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("enterprise_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name="fk_enterprise_key_enterprise_id_enterprise",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", "enterprise_id", name="pk_enterprise_key"),
    )
    op.create_index("ix_enterprise_key_enterprise_id", "enterprise_key", ["enterprise_id"])
    op.create_table(
        "enterprise_tag",
        sa.Column("tag", TAG, nullable=False),
        sa.Column("enterprise_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name="fk_enterprise_tag_enterprise_id_enterprise",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tag", "enterprise_id", name="pk_enterprise_tag"),
    )
    op.create_index("ix_enterprise_tag_enterprise_id", "enterprise_tag", ["enterprise_id"])
    _suspects()
    _merges()
    _fill(op.get_bind())


def _suspects() -> None:
    ends = [
        sa.ForeignKeyConstraint(
            [name],
            ["enterprise.id"],
            name=f"fk_enterprise_suspect_{name}_enterprise",
            ondelete="CASCADE",
        )
        for name in ("first_id", "second_id")
    ]
    op.create_table(
        "enterprise_suspect",
        *_keyed(),
        sa.Column("first_id", BIG, nullable=False),
        sa.Column("second_id", BIG, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_name", sa.String(120), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        *_kept(),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_enterprise_suspect_smaller_first")),
        sa.CheckConstraint(
            "state IN ('open', 'later', 'distinct')", name=op.f("ck_enterprise_suspect_known_state")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_enterprise_suspect_decided_whole")
        ),
        *ends,
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name="fk_enterprise_suspect_decided_by_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise_suspect"),
        sa.UniqueConstraint("public_id", name="uq_enterprise_suspect_public_id"),
        sa.UniqueConstraint("first_id", "second_id", name="uq_enterprise_suspect_first_id_second_id"),
    )
    for columns in (("second_id",), ("state", "score", "id"), ("state", "updated_at", "id")):
        op.create_index(f"ix_enterprise_suspect_{'_'.join(columns)}", "enterprise_suspect", list(columns))


def _merges() -> None:
    op.create_table(
        "enterprise_merge",
        *_keyed(),
        sa.Column("survivor_id", BIG, nullable=False),
        sa.Column("survivor_pid", sa.String(26), nullable=False),
        sa.Column("absorbed_id", BIG, nullable=False),
        sa.Column("absorbed_pid", sa.String(26), nullable=False),
        sa.Column("absorbed_name", sa.String(200), nullable=False),
        *(
            sa.Column(name, sa.JSON(), nullable=False)
            for name in ("absorbed", "fields", "moved", "dropped", "changed")
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("account_name", sa.String(120), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_name", sa.String(120), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise_merge"),
        sa.UniqueConstraint("public_id", name="uq_enterprise_merge_public_id"),
    )
    for column in ("survivor_id", "absorbed_pid"):
        op.create_index(f"ix_enterprise_merge_{column}", "enterprise_merge", [column])


def _fill(connection: sa.Connection) -> None:
    """Write the keys of the names that are there, and their tags, batch by batch."""
    made = sa.table("enterprise_key", sa.column("key"), sa.column("enterprise_id"))
    tagged = sa.table("enterprise_tag", sa.column("tag"), sa.column("enterprise_id"))
    for rows, others in _batches(connection):
        values = [
            {"key": key, "enterprise_id": row.id}
            for row in rows
            for key in sorted(keys_of(row.name, [row.short_name, *others.get(row.id, ())]))
        ]
        if values:
            connection.execute(sa.insert(made), values)
        tags = [
            {"tag": str(tag)[:20], "enterprise_id": row.id}
            for row in rows
            for tag in dict.fromkeys(row.tags or [])
        ]
        if tags:
            connection.execute(sa.insert(tagged), tags)


def _batches(connection: sa.Connection) -> Iterator[tuple[list[sa.Row], dict[int, list[str]]]]:
    """Enterprises by key, with their former names."""
    firms = sa.table(
        "enterprise", sa.column("id"), sa.column("name"), sa.column("short_name"), sa.column("tags", sa.JSON)
    )
    former = sa.table("former_name", sa.column("enterprise_id"), sa.column("name"))
    last = 0
    while rows := list(
        connection.execute(sa.select(firms).where(firms.c.id > last).order_by(firms.c.id).limit(BATCH))
    ):
        others: dict[int, list[str]] = {}
        for number, name in connection.execute(
            sa.select(former).where(former.c.enterprise_id > last, former.c.enterprise_id <= rows[-1].id)
        ):
            others.setdefault(number, []).append(name)
        last = rows[-1].id
        yield rows, others


def downgrade() -> None:
    op.drop_table("enterprise_merge")
    op.drop_table("enterprise_suspect")
    op.drop_table("enterprise_tag")
    op.drop_table("enterprise_key")
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("enterprise", recreate="always"):
            pass
