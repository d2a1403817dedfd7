"""Notices inside the application. A notice is a code and parameters; its words are made when it is read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock
from core.db import Base
from core.types import BIG, UtcDateTime


class Notice(Base):
    """One notice for one account."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    url: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_notice_account_id_read_at_id", "account_id", "read_at", "id"),)


_words: dict[str, Any] = {}


def words(code: str, text: Any) -> None:
    """Register the (lazy) sentence of a notice code, with %(name)s places for its parameters."""
    _words[code] = text


def text_of(notice: Notice) -> str:
    """The sentence of a notice in the reader's language."""
    sentence = str(_words.get(notice.code, notice.code))
    return sentence % notice.params if notice.params else sentence


def notify(session: Session, account_ids: Iterable[int], code: str, params: dict[str, Any], url: str) -> None:
    """Leave a notice with each account, in the open unit of work."""
    for account_id in sorted(set(account_ids)):
        session.add(Notice(account_id=account_id, code=code, params=params, url=url))


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
    statement = select(Notice).where(Notice.account_id == account_id).order_by(Notice.id.desc()).limit(limit)
    return list(session.scalars(statement))


def mark_read(session: Session, account_id: int) -> None:
    session.execute(
        update(Notice)
        .where(Notice.account_id == account_id, Notice.read_at.is_(None))
        .values(read_at=clock.now())
    )
