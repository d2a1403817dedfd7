"""Tags of enterprises by word, so that lists are filtered by an index; the record's own list is what people see."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    union,
)
from sqlalchemy.orm import Mapped, Mapper, Session, aliased, mapped_column

from core.db import Base
from core.kept import kept
from core.types import BIG
from crm.enterprises import sort_keys
from crm.enterprises.models import Enterprise

LONGEST = 20
_MOST = 200
"""So many different tags are offered."""


class EnterpriseTag(Base):
    """One tag of one enterprise, with the key that lists sort its name by: a list of one tag is read in that order."""

    __tablename__ = "enterprise_tag"
    tag: Mapped[str] = mapped_column(
        String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql"), primary_key=True
    )
    enterprise_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("enterprise.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )

    sort_key: Mapped[str] = mapped_column(String(200), server_default="")

    __table_args__ = (
        Index("ix_enterprise_tag_enterprise_id", "enterprise_id"),
        Index("ix_enterprise_tag_tag_sort_key_enterprise_id", "tag", "sort_key", "enterprise_id"),
        {"sqlite_with_rowid": False},
    )


_TABLE = cast(Table, EnterpriseTag.__table__)


@event.listens_for(Enterprise, "after_insert")
@event.listens_for(Enterprise, "after_update")
def _follow(_mapper: Mapper[Enterprise], connection: Connection, enterprise: Enterprise) -> None:
    """Whoever writes the record's tags or its name writes the index."""
    attributes = inspect(enterprise).attrs
    if attributes.tags.history.has_changes() or (
        enterprise.tags and attributes.sort_key.history.has_changes()
    ):
        _write(connection, {enterprise.id: (enterprise.sort_key, enterprise.tags or [])})


def renew(session: Session, ids: Collection[int]) -> None:
    """After bulk statements that wrote tags or names, which pass the record by."""
    if not ids:
        return
    rows = session.execute(
        select(Enterprise.id, Enterprise.sort_key, Enterprise.tags).where(Enterprise.id.in_(sorted(ids)))
    )
    found = {row.id: (row.sort_key, row.tags or []) for row in rows}
    _write(session.connection(), found)
    sort_keys.changed(session.connection(), {number: key for number, (key, _tags) in found.items()})


def _write(connection: Connection, tags: dict[int, tuple[str, Sequence[Any]]]) -> None:
    connection.execute(delete(_TABLE).where(_TABLE.c.enterprise_id.in_(sorted(tags))))
    rows = [
        {"tag": str(tag)[:LONGEST], "enterprise_id": number, "sort_key": sort_key}
        for number, (sort_key, several) in tags.items()
        for tag in dict.fromkeys(several)
    ]
    if rows:
        connection.execute(insert(_TABLE), rows)


def bearers(tags: Sequence[str], dialect: str, most: int | None = None) -> Select[Any]:
    """The keys of enterprises with one of these tags, each once; `most` or more of them where that is given.

    SQLite merges the tags' indexes by key and ends where the reader does. PostgreSQL would collect every key before
    it gives the first, so that each tag gives it no more than are wanted.
    """
    key = EnterpriseTag.enterprise_id
    parts = [select(key).where(EnterpriseTag.tag == tag) for tag in dict.fromkeys(tags)]
    if len(parts) == 1:
        return parts[0]
    if most is not None and dialect == "postgresql":
        parts = [part.order_by(key).limit(most) for part in parts]
    every = union(*parts)
    merged = every.order_by(every.selected_columns[0]).subquery()
    return select(merged.c.enterprise_id)


def borne(tags: Sequence[str]) -> ColumnElement[bool]:
    """That the enterprise at hand bears one of these tags."""
    tagged = select(EnterpriseTag.enterprise_id).where(EnterpriseTag.tag.in_(tags))
    return tagged.where(EnterpriseTag.enterprise_id == Enterprise.id).correlate(Enterprise).exists()


def in_order(tags: Sequence[str], down: bool, offset: int, limit: int) -> Select[Any]:
    """The keys of a page of enterprises with one of these tags, by name: each tag by its index, then the first."""
    key, order = EnterpriseTag.enterprise_id, EnterpriseTag.sort_key
    parts = [
        select(key, order)
        .where(EnterpriseTag.tag == tag)
        .order_by(*((order.desc(), key.desc()) if down else (order, key)))
        .limit(offset + limit)
        .subquery()
        for tag in dict.fromkeys(tags)
    ]
    found = union(*[select(part) for part in parts]).subquery()
    turned = (
        (found.c.sort_key.desc(), found.c.enterprise_id.desc())
        if down
        else (found.c.sort_key, found.c.enterprise_id)
    )
    return select(found.c.enterprise_id).order_by(*turned).offset(offset).limit(limit)


def choices(session: Session) -> list[tuple[str, str]]:
    """The tags that are in use."""
    return kept(session, choices, _choices)


def _choices(session: Session) -> list[tuple[str, str]]:
    """From one tag to the next in the index, however many enterprises bear each."""
    first = select(func.min(EnterpriseTag.tag).label("tag")).cte("tags", recursive=True)
    last = aliased(first)
    beyond = select(func.min(EnterpriseTag.tag)).where(EnterpriseTag.tag > last.c.tag).scalar_subquery()
    every = first.union_all(select(beyond).where(last.c.tag.is_not(None)))
    found = session.scalars(select(every.c.tag).where(every.c.tag.is_not(None)).limit(_MOST))
    return [(tag, tag) for tag in found]
