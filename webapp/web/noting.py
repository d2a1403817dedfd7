"""What the edge itself writes into the audit trail: refusals of access, and files that were handed out."""

import logging

from flask import request
from sqlalchemy.exc import SQLAlchemyError

from core import audit
from core.db import unit_of_work
from core.errors import Busy
from core.files import Attachment
from webapp.web.acting import acting, is_signed_in

log = logging.getLogger(__name__)


def refusal() -> None:
    """Note that a signed-in person was refused this address. The refusal stands, noted or not."""
    if not is_signed_in():
        return
    try:
        with unit_of_work():
            label = f"{request.method} {request.path}"
            audit.record("access.refused", "route", 0, actor=acting(), label=label)
    except (Busy, SQLAlchemyError):
        log.exception("refusal_not_noted")


def download(kind: str, record_id: int, label: str, *, action: str = "files.downloaded") -> None:
    """Note who is given a file; without the row nothing is given."""
    with unit_of_work():
        audit.record(action, kind, record_id, actor=acting(), label=label)


def attachment(found: Attachment) -> Attachment:
    """Note the download of an attachment and return it."""
    download(found.kind, found.record_id, found.name)
    return found
