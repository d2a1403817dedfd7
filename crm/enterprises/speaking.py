"""When somebody last spoke with an enterprise: on its own record, and on whatever it is part of."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from core.dirty import touch
from crm.activity.service import Subject
from crm.enterprises.models import Enterprise
from crm.enterprises.service import KIND


def subject_of(enterprise: Enterprise) -> Subject:
    """The enterprise as follow-ups and tasks know it."""
    return Subject(KIND, enterprise.id, enterprise.name, enterprise.unit_id, enterprise)


def spoken_with(enterprise_id: int | None) -> Callable[[Session, date], None] | None:
    """For follow-ups on what an enterprise is part of: they end its silence, too.

    Written past the version: nobody who edits the record meanwhile has to compare.
    """
    if enterprise_id is None:
        return None

    def note(session: Session, day: date) -> None:
        last = Enterprise.last_contact_on
        earlier = or_(last.is_(None), last < day)
        session.execute(
            update(Enterprise).where(Enterprise.id == enterprise_id, earlier).values(last_contact_on=day)
        )
        touch(KIND, [enterprise_id])

    return note
