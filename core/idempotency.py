"""One form, one record: the hidden key of a form leads its second arrival to the first result."""

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock
from core.db import Base
from core.types import BIG, UtcDateTime


class FormSubmission(Base):
    """A submitted form: who, its key, and where its result stands."""

    __tablename__ = "form_submission"
    account_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    form_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    result_url: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)


def result_of(session: Session, account_id: int, form_key: str) -> str | None:
    """Where the first submit of this form led; None when this is the first.

    The primary key refuses a twin that runs at the same instant; its retry then finds the result.
    """
    statement = select(FormSubmission.result_url).where(
        FormSubmission.account_id == account_id, FormSubmission.form_key == form_key
    )
    return session.scalars(statement).one_or_none()


def keep(session: Session, account_id: int, form_key: str, result_url: str) -> None:
    """Remember the result in the same transaction as the change."""
    session.add(FormSubmission(account_id=account_id, form_key=form_key, result_url=result_url))
    session.flush()
