"""Seats in task forces as open work: who leaves one gives his name and telephone there to the next."""

from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from core.accounts import holdings
from core.accounts.holdings import Piece
from core.accounts.models import Account
from core.dirty import touch
from core.i18n import lazy as _l
from crm.greencards.case_opening import KIND
from crm.greencards.models import ServiceCase, TaskForceMember


def _open() -> ColumnElement[bool]:
    """The specialist's seat follows the project and is none of its own."""
    return and_(TaskForceMember.duty != "specialist", TaskForceMember.case.has(ServiceCase.status == "open"))


def _piece(member: Any) -> Piece:
    case = member.case
    return Piece(member.id, f"{case.case_no} {case.project.name}", f"/greencards/cases/{case.public_id}")


def _moved(session: Session, member: Any, receiver: Account) -> None:
    member.name, member.phone = receiver.name, receiver.phone or member.phone
    touch(KIND, [member.case_id])


KINDS = holdings.register(
    holdings.Kind(
        "seat", _l("专班席位"), "task_force_member", TaskForceMember, "account_id", _open, _piece, order=50,
        moved=_moved, searched=False,
    ),
)  # fmt: skip
