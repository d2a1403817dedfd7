"""Search: since when a document waits, what others show of it, saved and recent searches"""

import sqlalchemy as sa
from alembic import op

revision = "0018_search"
down_revision = "0017_people"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _index(column: str) -> None:
    op.create_index(
        "ix_search_doc_dirty",
        "search_doc",
        [column],
        postgresql_where=sa.text("version > indexed"),
        sqlite_where=sa.text("version > indexed"),
    )


def upgrade() -> None:
    op.add_column("search_doc", sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("search_doc", sa.Column("face", BIG, nullable=True))
    op.drop_index("ix_search_doc_dirty", "search_doc")
    _index("touched_at")
    op.create_table(
        "saved_search",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("typed", sa.String(length=100), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("tell", sa.Boolean(), nullable=False),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_saved_search_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("public_id", name=op.f("uq_saved_search_public_id")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_search_account_id_name")),
    )
    op.create_table(
        "recent_search",
        sa.Column("account_id", BIG, autoincrement=False, nullable=False),
        sa.Column("typed", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_recent_search_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "typed", name=op.f("pk_recent_search")),
    )


def downgrade() -> None:
    op.drop_table("recent_search")
    op.drop_table("saved_search")
    op.drop_index("ix_search_doc_dirty", "search_doc")
    _index("next_try")
    op.drop_column("search_doc", "face")
    op.drop_column("search_doc", "touched_at")
