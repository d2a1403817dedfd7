"""一项一策: the plan in rows, and the money that has arrived. Verbs never commit."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, clock
from core import lifecycle as lc
from core.accounts import queries as people
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, Missing, NotFound, Refused
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.projects import access, rules
from crm.projects.facts import KIND
from crm.projects.lifecycle import PROJECT
from crm.projects.models import FundReceipt, PlanRow, Project
from crm.projects.service import reachable

FIELDS = ("promise", "basis", "trigger", "amount_wan", "owner", "owner_id", "due_on")


def add_row(session: Session, public_id: str, values: Mapping[str, Any], *, actor: Actor) -> PlanRow:
    """Add one promise: what, on what basis, when it falls due, who answers, until when."""
    project = reachable(session, public_id, access.PLAN, None, actor=actor)
    lc.ensure_open(PROJECT, project.stage)
    values = _owned(session, project, access.MONEY.allowed(actor, values, project))
    _check(values)
    row = PlanRow(
        project_id=project.id, position=len(project.plan_rows), **{name: values.get(name) for name in FIELDS}
    )
    project.plan_rows.append(row)
    session.flush()
    _note(
        project, "projects.plan_added", {"promise": (None, row.promise), "due_on": (None, row.due_on)}, actor
    )
    return row


def change_row(
    session: Session,
    public_id: str,
    row_pid: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
) -> PlanRow:
    """Change a promise that is not fulfilled yet; old and new stand in the audit trail."""
    project = reachable(session, public_id, access.PLAN, None, actor=actor)
    lc.ensure_open(PROJECT, project.stage)
    row = _row(session, project, row_pid, version)
    values = _owned(session, project, access.MONEY.allowed(actor, values, project))
    _check(values)
    for name in FIELDS:
        if name in values or name not in access.MONEY.fields:
            setattr(row, name, values.get(name))
    changes = audit.changes_of(row)
    session.flush()
    _note(
        project, "projects.plan_changed", {name: changes[name] for name in FIELDS if name in changes}, actor
    )
    return row


def fulfil_row(
    session: Session,
    public_id: str,
    row_pid: str,
    *,
    done_on: date,
    outcome: str,
    version: int | None,
    actor: Actor,
) -> PlanRow:
    """Note that a promise was kept, when and how."""
    project = reachable(session, public_id, access.PLAN, None, actor=actor)
    row = _row(session, project, row_pid, version)
    faults = []
    if done_on > clock.today():
        faults.append(Fault("done_on", "future", _l("兑现日期不能晚于今天。")))
    if not outcome.strip():
        faults.append(Fault("outcome", "required", _l("请写明怎样兑现（文号、金额或办结情况）。")))
    if faults:
        raise Invalid(faults)
    row.done_on, row.outcome = done_on, outcome.strip()[:300]
    session.flush()
    changes = {"promise": (None, row.promise), "done_on": (None, done_on), "outcome": (None, row.outcome)}
    _note(project, "projects.plan_fulfilled", changes, actor)
    return row


def receive(session: Session, public_id: str, values: Mapping[str, Any], *, actor: Actor) -> FundReceipt:
    """Book money that has arrived, by its voucher. Raises Invalid for anything less (T35)."""
    project = reachable(session, public_id, access.FUND, None, actor=actor)
    lc.ensure_open(PROJECT, project.stage)
    values = access.MONEY.allowed(actor, values, project)
    voucher = str(values.get("voucher_no") or "").strip()
    faults = rules.receipt_faults(
        amount_wan=values.get("amount_wan"),
        received_on=values.get("received_on"),
        voucher_no=voucher,
        signed_on=project.signed_on,
        today=clock.today(),
    )
    if values.get("nature") not in rules.NATURE_LABELS:
        faults.append(Fault("nature", "unknown", _l("请选择资金性质。")))
    if voucher and voucher in {receipt.voucher_no for receipt in project.receipts}:
        faults.append(Fault("voucher_no", "taken", _l("这个凭证号已经记过一笔。")))
    if faults:
        raise Invalid(faults)
    receipt = FundReceipt(
        project_id=project.id,
        received_on=values["received_on"],
        amount_wan=values["amount_wan"],
        nature=values["nature"],
        voucher_no=voucher,
        channel=str(values.get("channel") or ""),
        entered_by=actor.account_id,
    )
    session.add(receipt)
    session.flush()
    before, project.received_wan = project.received_wan, received(session, project.id)
    session.flush()
    audit.changes_of(project)
    changes = {
        "received_wan": (before, project.received_wan),
        "amount_wan": (None, receipt.amount_wan),
        "voucher_no": (None, voucher),
    }
    _note(project, "projects.received", changes, actor)
    return receipt


def received(session: Session, project_id: int, since: date | None = None) -> Decimal:
    """Money received, exactly; since a day when one is given."""
    statement = select(func.sum(FundReceipt.amount_wan)).where(FundReceipt.project_id == project_id)
    if since is not None:
        statement = statement.where(FundReceipt.received_on >= since)
    total = session.scalar(statement)
    return Decimal(0) if total is None else Decimal(total)


def _row(session: Session, project: Project, row_pid: str, version: int | None) -> PlanRow:
    row = load(session, PlanRow, row_pid, version)
    if row.project_id != project.id:
        raise NotFound()
    if row.done_on is not None:
        raise Refused([Missing(None, "fulfilled", _l("这一条已经兑现，不能再改。"))])
    return row


def _owned(session: Session, project: Project, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with the name of the account that answers for the row, where one of the unit was chosen."""
    if not values.get("owner_id"):
        return {**values, "owner_id": None}
    staff = {account.id: account.name for account in people.staff_below(session, project.unit_id)}
    if values["owner_id"] not in staff:
        raise Invalid(Fault("owner_id", "not_of_unit", _l("责任人要从本单位在岗人员里选。")))
    return {**values, "owner": values.get("owner") or staff[values["owner_id"]]}


def _check(values: Mapping[str, Any]) -> None:
    labels = {
        "promise": _l("请写承诺事项。"),
        "basis": _l("请写依据（文件、条款）。"),
        "trigger": _l("请写触发条件。"),
        "owner": _l("请选责任人，或写明责任单位。"),
        "due_on": _l("请填兑现期限。"),
    }
    faults = [Fault(name, "required", text) for name, text in labels.items() if lc.blank(values.get(name))]
    amount = values.get("amount_wan")
    if amount is not None and amount < 0:
        faults.append(Fault("amount_wan", "negative", _l("这一项不能是负数。")))
    if faults:
        raise Invalid(faults)


def _note(project: Project, action: str, changes: dict[str, tuple[Any, Any]], actor: Actor) -> None:
    audit.record(action, KIND, project.id, actor=actor, label=project.label, changes=changes)
    touch(KIND, [project.id])
