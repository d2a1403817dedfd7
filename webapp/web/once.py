"""A form that arrives twice does nothing twice: the second arrival is led to the first result."""

from sqlalchemy.orm import Session

from core import idempotency
from webapp.web.acting import acting
from webapp.web.signin import own_path


def once(session: Session, form_key: str | None) -> str | None:
    """Where the first submit of this form led, or None when this is the first. Inside the unit of work."""
    if not form_key:
        return None
    return own_path(idempotency.result_of(session, acting().account_id, form_key[:64]))


def settle(session: Session, form_key: str | None, url: str) -> None:
    """Remember the result beside the change, in the same unit of work."""
    if form_key:
        idempotency.keep(session, acting().account_id, form_key[:64], url[:400])
