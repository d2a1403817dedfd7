"""One form, one record: the hidden key of a form leads its second arrival to the first result.

Programs send a key of their own; the second arrival of a call gets the first one's answer.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import JSON, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock
from core.db import Base, take_turn
from core.types import BIG, UtcDateTime


class FormSubmission(Base):
    """A submitted form: who, its key, and where its result stands."""

    __tablename__ = "form_submission"
    account_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    form_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    result_url: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)


def result_of(session: Session, account_id: int, form_key: str) -> str | None:
    """Where the first submit of this form led; None when this is the first. Inside a unit of work.

    A twin that runs at the same instant waits here, so that it never meets what the first one has just made
    as if somebody else had made it.
    """
    take_turn(session, f"form {account_id} {form_key}")
    statement = select(FormSubmission.result_url).where(
        FormSubmission.account_id == account_id, FormSubmission.form_key == form_key
    )
    return session.scalars(statement).one_or_none()


def keep(session: Session, account_id: int, form_key: str, result_url: str) -> None:
    """Remember the result in the same transaction as the change."""
    session.add(FormSubmission(account_id=account_id, form_key=form_key, result_url=result_url))
    session.flush()


KEPT: Final = timedelta(hours=24)
"""How long the answer to a program's call is repeated."""


class CallAnswer(Base):
    """A program's call under its own key: what it sent, as a hash, and the answer that it was given."""

    __tablename__ = "call_answer"
    account_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    call_key: Mapped[str] = mapped_column(String(255), primary_key=True)
    sent_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    location: Mapped[str] = mapped_column(String(400), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)


def answer_of(session: Session, account_id: int, call_key: str) -> CallAnswer | None:
    """The answer that a call under this key was given within the last day."""
    found = session.get(CallAnswer, (account_id, call_key))
    return found if found is not None and clock.now() - found.at < KEPT else None


def keep_answer(session: Session, kept: CallAnswer) -> None:
    """Remember an answer in the same transaction as the change; an outlived one under the key gives way."""
    session.execute(
        delete(CallAnswer).where(
            CallAnswer.account_id == kept.account_id,
            CallAnswer.call_key == kept.call_key,
            CallAnswer.at < clock.now() - KEPT,
        )
    )
    session.add(kept)
    session.flush()
