"""Reading the audit trail: the list with its conditions, one row, the rows of an export."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from core import clock
from core.accounts.models import Account
from core.audit import AuditEntry
from core.errors import NotFound
from core.lists.query import ListQuery, Page, ordered, paginate

SORTS = {"time": (AuditEntry.seq,)}
EXPORT_CAP = 50_000


def page(session: Session, query: ListQuery) -> Page[AuditEntry]:
    """Two statements; newest first unless asked otherwise."""
    statement = ordered(_chosen(query), SORTS, query.sort, "-time")
    return paginate(session, statement, query, count_on=AuditEntry.seq, convert=lambda row: row[0])


def rows(session: Session, query: ListQuery) -> Iterator[AuditEntry]:
    """Everything that the conditions choose, newest first, at most `EXPORT_CAP`."""
    statement = _chosen(query).order_by(AuditEntry.seq.desc()).limit(EXPORT_CAP)
    yield from session.scalars(statement.execution_options(yield_per=1000))


def get(session: Session, seq: int) -> AuditEntry:
    found = session.get(AuditEntry, seq)
    if found is None:
        raise NotFound()
    return found


def kinds(session: Session) -> list[str]:
    """The kinds of record that have rows, by skipping from one to the next in the index."""
    found: list[str] = []
    while (following := session.execute(_next_kind(found[-1] if found else "")).scalar()) is not None:
        found.append(str(following))
    return found


def _next_kind(after: str) -> Select[str]:
    return select(func.min(AuditEntry.kind)).where(AuditEntry.kind > after)


def _chosen(query: ListQuery) -> Select[AuditEntry]:
    statement = select(AuditEntry)
    for condition in _conditions(query):
        statement = statement.where(condition)
    return statement


def _conditions(query: ListQuery) -> Iterator[ColumnElement[bool]]:
    if who := query.one("who"):
        accounts = select(Account.id).where(or_(Account.username == who, Account.name == who))
        yield or_(AuditEntry.account_id.in_(accounts), AuditEntry.actor_name == who)
    if areas := query.all("area"):
        yield or_(*[AuditEntry.action.startswith(f"{area}.", autoescape=True) for area in areas])
    if actions := query.all("action"):
        yield AuditEntry.action.in_(actions)
    if found := query.all("kind"):
        yield AuditEntry.kind.in_(found)
    if (record := query.one("record")).isdecimal() and len(record) < 18:
        yield AuditEntry.record_id == int(record)
    if about := query.one("about"):
        yield AuditEntry.label.contains(about, autoescape=True)
    if address := query.one("ip"):
        yield AuditEntry.ip == address
    yield from _period(query)


def _period(query: ListQuery) -> Iterator[ColumnElement[bool]]:
    if since := _instant(query.one("since")):
        yield AuditEntry.at >= since
    if until := _instant(query.one("until")):
        yield AuditEntry.at < until + timedelta(days=1)


def _instant(text: str) -> datetime | None:
    """The beginning of a day of the city; None for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), tzinfo=clock.SHANGHAI)
    except ValueError:
        return None


def changes_of(entry: AuditEntry) -> list[tuple[str, Any, Any]]:
    """(field, before, after) of a row, whatever shape an old row has."""
    return [
        (name, pair[0], pair[1]) if isinstance(pair, list) and len(pair) == 2 else (name, None, pair)
        for name, pair in (entry.changes or {}).items()
    ]
