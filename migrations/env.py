"""Alembic's environment: one linear history for SQLite and PostgreSQL, run on a given connection."""

from alembic import context
from sqlalchemy.types import TypeDecorator

from core.db import Base
from webapp import models

assert models.AREAS, "the tables of every area must be known"


def render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """Migrations spell plain column types, so that they do not change when `core.types` does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
