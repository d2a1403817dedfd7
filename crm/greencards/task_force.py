"""Verbs of a task force: its members, each with a telephone number; a number is opened for a purpose."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, reveals
from core.accounts import queries as people
from core.accounts.models import Account
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, NotPermitted
from core.fields import texts
from core.fields.errors import FieldError
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.greencards import access
from crm.greencards.case_opening import KIND
from crm.greencards.models import ServiceCase, TaskForceMember

DUTIES = {
    "leader": _l("组长"),
    "lead_unit": _l("牵头单位"),
    "specialist": _l("专员"),
    "member": _l("成员单位"),
}


def add(
    session: Session, case_pid: str, *, duty: str, name: str, unit_text: str, phone: str, actor: Actor
) -> TaskForceMember:
    """Add a member. Raises Invalid without a telephone number that can be rung."""
    case = load(session, ServiceCase, case_pid, where=access.case_visible_to(actor))
    if not access.may_work(actor, case):
        raise NotPermitted()
    faults = []
    if duty not in DUTIES:
        faults.append(Fault("duty", "unknown", _l("请从列出的选项里选。")))
    if not name.strip():
        faults.append(Fault("name", "required", _l("请填写姓名。")))
    number: str | None = None
    try:
        number = texts.phone(phone)
    except FieldError as error:
        faults.append(Fault("phone", "not_a_phone", str(error)))
    if not number and not faults:
        faults.append(Fault("phone", "required", _l("专班成员要有联系电话，企业才找得到人。")))
    if faults:
        raise Invalid(faults)
    member = TaskForceMember(
        case_id=case.id, duty=duty, name=name.strip(), unit_text=unit_text.strip(), phone=number or ""
    )
    session.add(member)
    session.flush()
    audit.record("greencards.member_added", KIND, case.id, actor=actor, label=member.name)
    touch(KIND, [case.id])
    return member


def remove(session: Session, member_pid: str, *, version: int | None = None, actor: Actor) -> ServiceCase:
    """Take a member off. The specialist stays: he changes with the project (DOMAIN 8)."""
    member = _member(session, member_pid, actor, version)
    case = member.case
    if not access.may_work(actor, case):
        raise NotPermitted()
    if member.duty == "specialist":
        raise Invalid(Fault(None, "specialist_stays", _l("专员随项目更换，请在项目上办理交接。")))
    session.delete(member)
    session.flush()
    audit.record("greencards.member_removed", KIND, case.id, actor=actor, label=member.name)
    touch(KIND, [case.id])
    return case


def reveal_phone(session: Session, member_pid: str, *, reason: str, actor: Actor) -> str:
    """The whole number, for a stated purpose; every opening is one audit row (DOMAIN 22)."""
    member = _member(session, member_pid, actor)
    if not access.may_work(actor, member.case, access.REVEAL):
        raise NotPermitted()
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请写明查看号码的用途。")))
    reveals.record(
        session,
        "greencards.phone_revealed",
        KIND,
        member.case_id,
        actor=actor,
        label=member.shown_name,
        reason=reason,
    )
    return member.shown_phone


def owners_of(session: Session, case: ServiceCase) -> list[Account]:
    """Who may answer for a step: the staff of the case's unit, its specialist, and seats that have accounts."""
    found = {
        account.id: account for account in people.staff_below(session, case.unit_id or case.project.unit_id)
    }
    seats = [member.account_id for member in case.members if member.account_id is not None]
    wanted = {case.project.specialist_id, *seats} - found.keys()
    if wanted:
        more = select(Account).where(Account.id.in_(sorted(wanted)), Account.active)
        found.update({account.id: account for account in session.scalars(more)})
    return sorted(found.values(), key=lambda account: (account.name, account.id))


def _member(session: Session, member_pid: str, actor: Actor, version: int | None = None) -> TaskForceMember:
    return load(
        session,
        TaskForceMember,
        member_pid,
        version,
        where=TaskForceMember.case.has(access.case_visible_to(actor)),
    )
