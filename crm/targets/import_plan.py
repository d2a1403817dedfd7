"""What each line of a sheet of targets would do, judged for all lines with a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.fields.errors import FieldError
from core.i18n import _
from core.imports.columns import CellFault
from core.imports.handlers import Line
from core.permissions import Actor
from crm.enterprises import import_match
from crm.enterprises.import_owner import owner_of
from crm.targets import access, adding
from crm.targets.import_lookups import Lookups
from crm.targets.import_progress import Contact, contacts
from crm.targets.models import Target

ENDED: Final = ("paused", "dropped")
DIRECT: Final = {
    "category": "category", "product": "product", "maturity": "maturity", "layout": "layout", "reason": "reason",
    "next_step": "next_step", "next_on": "next_contact_on", "end_reason": "end_reason", "source": "source",
    "first_on": "first_contact_on", "state": "contact_status",
}  # fmt: skip
"""Column of the sheet → field of a target, where the value is taken as it is."""

LIMITS: Final = {"product": 200, "next_step": 300, "source": 120}


@dataclass
class Plan:
    """One line: which enterprise, which node, the values of the target, its contacts, and what is wrong."""

    line: Line
    enterprise_id: int | None = None
    node_id: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    contacts: Sequence[Contact] = ()
    existing: Target | None = None
    suspects: Sequence[tuple[int, str]] = ()
    faults: list[CellFault] = field(default_factory=list)

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """(now, in the file) of what the line would change of the target that stands. Blank cells say nothing."""
        if self.existing is None:
            return {}
        pairs = {name: (getattr(self.existing, name), value) for name, value in self.values.items()}
        return {
            name: pair for name, pair in pairs.items() if pair[1] not in (None, "") and pair[0] != pair[1]
        }


def plans(
    session: Session, lines: Sequence[Line], lookups: Lookups, *, actor: Actor, lock: bool
) -> list[Plan]:
    """Every line judged against what stands now."""
    matches = import_match.find(session, lines, lock=lock)
    found = []
    for line in lines:
        plan = Plan(line)
        plan.enterprise_id, plan.suspects, plan.faults = owner_of(line, matches)
        found.append(plan)
    numbers = {plan.enterprise_id for plan in found if plan.enterprise_id is not None}
    nodes, standing = adding.nodes_for(session, numbers), _standing(session, numbers)
    for plan in found:
        _fill(plan, lookups, nodes)
        if plan.enterprise_id is not None and plan.node_id is not None:
            plan.existing = standing.get((plan.enterprise_id, plan.node_id))
        if plan.existing is not None and not access.can_change(actor, access.EDIT, plan.existing):
            message = _("这家企业在这个环节已由其他单位在跟，您不能改。")
            plan.faults.append(CellFault("", "match", "not_yours", message))
    return found


def _standing(session: Session, numbers: set[int]) -> Mapping[tuple[int, int], Target]:
    rows = session.scalars(select(Target).where(Target.enterprise_id.in_(numbers), Target.open_key == 1))
    return {(row.enterprise_id, row.node_id): row for row in rows}


def _fill(plan: Plan, lookups: Lookups, nodes: adding.NodesOf) -> None:
    """Ids behind the names, the node, the contacts; each fault at its column."""
    values = plan.line.values
    ids, faults = lookups.resolve(values)
    plan.faults += faults
    plan.node_id = ids["node_id"]
    if plan.node_id is None and plan.enterprise_id is not None and not _about(faults, "node", "chain"):
        plan.node_id = nodes.of(plan.enterprise_id, ids["chain_id"])
        if plan.node_id is None:
            message = _("图谱里没有对得上的节点，请在“环节”列填节点名称或代码。")
            plan.faults.append(CellFault("node", "choice", "node_missing", message))
    try:
        plan.contacts = contacts(values.get("progress", ""), values.get("last_on"), clock.today())
    except FieldError as error:
        plan.faults.append(CellFault("progress", "day", error.code, str(error)))
    plan.faults += _impossible(values)
    taken = {DIRECT[key]: value for key, value in values.items() if key in DIRECT}
    plan.values = {name: _cut(name, value) for name, value in taken.items()}
    plan.values |= {name: ids[name] for name in ("specialist_id", "leader_id") if ids[name] is not None}
    plan.values["unit_id"] = ids["unit_id"] if "unit" in values or plan.existing is None else None
    _days(plan)


def _days(plan: Plan) -> None:
    """The days of contact out of the columns and the contacts; words of a state that nobody gave."""
    known = [each.on for each in plan.contacts]
    if last := max([*known, *filter(None, [plan.line.values.get("last_on")])], default=None):
        plan.values["last_contact_on"] = last
    if known and "first_contact_on" not in plan.values:
        plan.values["first_contact_on"] = min(known)
    if known and "contact_status" not in plan.values:
        plan.values["contact_status"] = "linked"


def _cut(name: str, value: Any) -> Any:
    return value[: LIMITS[name]] if name in LIMITS and isinstance(value, str) else value


def _about(faults: Sequence[CellFault], *keys: str) -> bool:
    return any(fault.key in keys for fault in faults)


def _impossible(values: Mapping[str, Any]) -> list[CellFault]:
    ahead = [key for key in ("first_on", "last_on") if key in values and values[key] > clock.today()]
    message = _("日期不能晚于今天；以后的安排填在“下次计划日期”。")
    faults = [CellFault(key, "day", "future", message) for key in ahead]
    if values.get("state") in ENDED and not values.get("end_reason"):
        faults.append(CellFault("end_reason", "text", "required", _("搁置、放弃的要写明原因。")))
    return faults
