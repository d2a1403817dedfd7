"""Open work of service cases: seats in task forces (who leaves one gives his name and telephone there to the
next), and the steps that somebody answers for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from core.accounts import holdings
from core.accounts.holdings import Piece
from core.accounts.models import Account
from core.dirty import touch
from core.i18n import _
from core.i18n import lazy as _l
from crm.greencards import checklist
from crm.greencards.case_opening import KIND
from crm.greencards.models import CaseStep, ServiceCase, TaskForceMember
from crm.greencards.task_force import owners_of


def _open() -> ColumnElement[bool]:
    """The specialist's seat follows the project and is none of its own."""
    return and_(TaskForceMember.duty != "specialist", TaskForceMember.case.has(ServiceCase.status == "open"))


def _piece(member: Any) -> Piece:
    case = member.case
    return Piece(member.id, f"{case.case_no} {case.project.name}", f"/greencards/cases/{case.public_id}")


def _moved(session: Session, member: Any, receiver: Account) -> None:
    member.name, member.phone = receiver.name, receiver.phone or member.phone
    touch(KIND, [member.case_id])


def _unfinished() -> ColumnElement[bool]:
    return and_(CaseStep.status.not_in(checklist.FINISHED), CaseStep.case.has(ServiceCase.status == "open"))


def _step(step: Any) -> Piece:
    case = step.case
    due = step.due_at.date().isoformat() if step.due_at else ""
    return Piece(step.id, f"{case.case_no} {step.title}", f"/greencards/cases/steps/{step.public_id}", due)


def _step_refusal(session: Session, steps: Sequence[Any], receiver: Account) -> Any | None:
    for step in steps:
        if receiver.id not in {account.id for account in owners_of(session, step.case)}:
            return _("%(name)s不在“%(case)s”的承办单位和专班里。", name=receiver.name, case=step.case.case_no)
    return None


def _step_moved(session: Session, step: Any, receiver: Account) -> None:
    touch(KIND, [step.case_id])


KINDS = holdings.register(
    holdings.Kind(
        "seat", _l("专班席位"), "task_force_member", TaskForceMember, "account_id", _open, _piece, order=50,
        moved=_moved, searched=False,
    ),
    holdings.Kind(
        "case_step", _l("服务清单事项"), "case_step", CaseStep, "owner_id", _unfinished, _step, order=51,
        refusal=_step_refusal, moved=_step_moved, searched=False,
    ),
)  # fmt: skip
