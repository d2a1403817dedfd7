"""Notices inside the application. A notice is a code and parameters; its words are made when it is read."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock
from core.db import Base, new_ulid
from core.outbox import service as outbox
from core.types import BIG, UtcDateTime


class Notice(Base):
    """One notice for one account."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(120), default=new_ulid)
    code: Mapped[str] = mapped_column(String(60))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    url: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("account_id", "event"),
        Index("ix_notice_account_id_read_at_id", "account_id", "read_at", "id"),
        Index("ix_notice_account_id_at_id", "account_id", "at", "id"),
    )


_words: dict[str, Any] = {}
_labels: dict[str, Any] = {}
_readers: dict[str, str] = {}


def words(code: str, text: Any, label: Any = None, *, to: str = "staff") -> None:
    """Register the (lazy) sentence of a notice code, with %(name)s places for its parameters.

    With a `label`, people choose in their preferences by which channels they hear of it; `to` says whose
    choice it is: staff, enterprise or both.
    """
    _words[code] = text
    _readers[code] = to
    if label is not None:
        _labels[code] = label


def events(kind: str | None = None) -> Mapping[str, Any]:
    """Code → label of the events that accounts of a kind (staff, enterprise) can choose channels for."""
    found = {
        code: label for code, label in _labels.items() if kind is None or _readers[code] in (kind, "both")
    }
    return dict(sorted(found.items()))


def label_of(code: str) -> Any:
    return _labels.get(code, code)


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The words of an event in the language of this moment."""
    text = str(_words.get(code, code))
    return text % params if params else text


def text_of(notice: Notice) -> str:
    """The sentence of a notice in the reader's language."""
    return sentence(notice.code, notice.params)


def notify(
    session: Session,
    account_ids: Iterable[int],
    code: str,
    params: dict[str, Any],
    url: str,
    *,
    event: str | None = None,
) -> None:
    """Tell accounts of an event, in the open unit of work: a notice inside, and what each has chosen besides.

    `event` names what happened, e.g. `leads.expired:17`: told twice, it is heard once.
    """
    event = event or new_ulid()
    inside = outbox.announce(session, event, code, params, url, list(account_ids))
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    for account_id in inside:
        values = {"account_id": account_id, "event": event, "code": code, "params": params, "url": url}
        statement = dialect.insert(Notice).values(**values)
        session.execute(statement.on_conflict_do_nothing(index_elements=["account_id", "event"]))


def unread_count(session: Session, account_id: int) -> int:
    """Unread notices, counted up to 99."""
    inner = (
        select(Notice.id)
        .where(Notice.account_id == account_id, Notice.read_at.is_(None))
        .limit(99)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(inner)) or 0


def latest(session: Session, account_id: int, limit: int = 50) -> list[Notice]:
    mine = select(Notice).where(Notice.account_id == account_id)
    return list(session.scalars(mine.order_by(Notice.at.desc(), Notice.id.desc()).limit(limit)))


def mark_read(session: Session, account_id: int, ids: Collection[int] | None = None) -> None:
    """Mark one's own notices as read: some, or all of them."""
    statement = update(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
    if ids is not None:
        statement = statement.where(Notice.id.in_(ids))
    session.execute(statement.values(read_at=clock.now()))


def codes_of(session: Session, account_id: int) -> list[str]:
    """The kinds of notices that a person has."""
    return list(session.scalars(select(Notice.code).where(Notice.account_id == account_id).distinct()))
