"""Target lists that officials keep in Excel, with their dates and follow-ups (DOMAIN 5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from chains.models import Chain, ChainNode
from core.fields.texts import folded
from core.i18n import _
from core.i18n import lazy as _l
from core.imports.columns import CellFault
from core.imports.handlers import (
    NOTHING,
    Action,
    Done,
    ImportHandler,
    Line,
    Options,
    Outcome,
    Undone,
    Verdict,
    offer,
)
from core.permissions import Actor
from crm.targets import access, import_lookups, import_undo, import_writes, lists
from crm.targets.import_columns import COLUMNS
from crm.targets.import_lookups import Lookups
from crm.targets.import_plan import DIRECT, Plan, plans
from crm.targets.lifecycle import TARGET

_IDS = {"unit_id": "unit", "specialist_id": "specialist", "leader_id": "leader"}
_SHOWN = {field: column for column, field in DIRECT.items()} | {"last_contact_on": "last_on"} | _IDS
"""Field of a target → column of the sheet, for the differences that the dry run shows."""


class TargetImport(ImportHandler):
    """The handler of `targets`; keeps its look-up tables for one import."""

    kind = "targets"
    label = _l("目标企业")
    counter = _l("家")
    permission = access.ADD
    columns = COLUMNS
    may_be_new = False
    bound = frozenset({"state", "end_reason", "first_on", "last_on"})

    def __init__(self) -> None:
        self._lookups: Lookups | None = None
        self._lists: dict[str, int] = {}
        self._scorer = import_writes.Scorer()

    def key_of(self, values: Mapping[str, Any]) -> str:
        """The enterprise as it is written, for one node."""
        firm = values.get("uscc") or values.get("stock_code") or folded(values.get("name", ""))
        return f"{firm}|{folded(values.get('chain', ''))}|{folded(values.get('node', ''))}" if firm else ""

    def title_of(self, values: Mapping[str, Any]) -> str:
        return str(values.get("name", ""))

    def check(self, session: Session, lines: Sequence[Line], *, actor: Actor) -> list[Verdict]:
        lookups = self._tables(session, actor)
        found = plans(session, lines, lookups, actor=actor, lock=False)
        return [self._verdict(plan, lookups, actor) for plan in found]

    def _verdict(self, plan: Plan, lookups: Lookups, actor: Actor) -> Verdict:
        faults = [*plan.faults, *self._list_fault(plan, lookups, actor)]
        if plan.suspects:
            return Verdict(plan.line.row_no, "ask", faults=faults, suspects=plan.suspects)
        changes = plan.changes()
        diff = {
            _SHOWN[name]: (_shown(name, old), _written(name, new, plan.line.values))
            for name, (old, new) in changes.items()
            if name in _SHOWN
        }
        action: Action = "create"
        if plan.existing is not None:
            action = "update" if diff or plan.contacts else "same"
        number = plan.existing.id if plan.existing is not None else None
        return Verdict(plan.line.row_no, action, number, faults, diff)

    def _list_fault(self, plan: Plan, lookups: Lookups, actor: Actor) -> list[CellFault]:
        """A list that is not there yet has to be made, which not everybody may."""
        unit_id = plan.values.get("unit_id")
        known = folded(plan.line.values.get("list", "")) in lookups.lists
        if plan.existing is not None or known or unit_id is None or actor.covers(access.LIST_EDIT, unit_id):
            return []
        return [CellFault("list", "choice", "list_unknown", _("没有这份名单，您也不能给这个单位新建名单。"))]

    def apply(
        self, session: Session, lines: Sequence[Line], answer: Any, options: Options, *, actor: Actor
    ) -> list[Outcome]:
        lookups = self._tables(session, actor)
        found = plans(session, lines, lookups, actor=actor, lock=True)
        for plan in found:
            plan.faults += self._list_fault(plan, lookups, actor)
            if not plan.faults and not plan.suspects and plan.existing is None:
                plan.values["list_id"] = self._list_id(session, plan, lookups, actor)
        return import_writes.write(session, found, options, self._scorer, actor=actor)

    def undo(self, session: Session, rows: Sequence[Done], *, actor: Actor) -> list[Undone]:
        return import_undo.undo(session, rows, actor=actor)

    def _tables(self, session: Session, actor: Actor) -> Lookups:
        if self._lookups is None:
            self._lookups = import_lookups.read(session, actor)
        return self._lookups

    def _list_id(self, session: Session, plan: Plan, lookups: Lookups, actor: Actor) -> int:
        """The list that the row names, else one named after its chain; made where there is none."""
        node = session.get_one(ChainNode, plan.node_id)
        name = plan.line.values.get("list") or str(_("%(chain)s目标名单", chain=node.chain.name))
        key = folded(name)
        if key in lookups.lists:
            return lookups.lists[key][0]
        if key not in self._lists:
            chain = session.get(Chain, node.chain_id) if "list" not in plan.line.values else None
            made = lists.create(session, name, unit_id=plan.values["unit_id"], chain=chain, actor=actor)
            self._lists[key] = made.id
        return self._lists[key]


def _shown(name: str, value: Any) -> str:
    if value in (None, ""):
        return NOTHING
    if name == "contact_status":
        return str(TARGET.label_of(value))
    return _("（已有）") if name in _IDS else str(value)


def _written(name: str, value: Any, values: Mapping[str, Any]) -> str:
    """People and units as the sheet calls them."""
    return str(values.get(_IDS[name], "")) if name in _IDS else _shown(name, value)


offer("targets", TargetImport)
