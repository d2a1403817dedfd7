"""Names in a sheet of targets to the keys behind them: nodes, units, people, lists. Read once for one import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains.words import STAGES
from core.accounts.models import Account, Unit
from core.accounts.queries import leaders
from core.fields.texts import folded
from core.i18n import _, in_each_language
from core.imports.columns import CellFault
from core.permissions import Actor
from crm.enterprises import import_nodes
from crm.enterprises.import_nodes import Nodes
from crm.targets import access, queries
from crm.targets.import_columns import owners


@dataclass(frozen=True)
class Lookups:
    """`units` name → id within reach; `people` (unit id, name) → account ids; `lists` name → (id, name, closed)."""

    nodes: Nodes
    units: Mapping[str, int]
    people: Mapping[tuple[int, str], list[int]]
    leaders: Mapping[str, list[int]]
    lists: Mapping[str, tuple[int, str, bool]]
    own_unit: int | None
    stages: frozenset[str] = field(default_factory=frozenset)

    def resolve(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[CellFault]]:
        """The ids that a row's names mean, and names that nothing fits."""
        faults: list[CellFault] = []
        fields: dict[str, Any] = {}
        fields["chain_id"] = self.nodes.chain(values, faults)
        fields["node_id"] = self._node(values, fields["chain_id"], faults)
        unit, person = owners(values)
        fields["unit_id"] = self._unit(unit, faults)
        key = "specialist" if "specialist" in values else "unit"
        fields["specialist_id"] = self._person(person, fields["unit_id"], key, faults)
        fields["leader_id"] = self._leader(values, faults)
        if (found := self.lists.get(folded(values.get("list", "")))) and found[2]:
            message = _("名单“%(name)s”已关闭，请先重新打开它。", name=found[1])
            faults.append(CellFault("list", "choice", "list_closed", message))
        return fields, faults

    def _node(self, values: Mapping[str, Any], chain_id: int | None, faults: list[CellFault]) -> int | None:
        """None where the sheet says nothing or only 上游, 中游: then the map decides for the enterprise."""
        written = values.get("node")
        if written is None or folded(written) in self.stages:
            return None
        return self.nodes.node(written, chain_id, faults)

    def _unit(self, written: str | None, faults: list[CellFault]) -> int | None:
        found = self.own_unit if written is None else self.units.get(folded(written))
        if found is None or found not in self.units.values():
            message = (
                _("请填责任单位。")
                if written is None
                else _("没有叫“%(name)s”的单位，或您不能给它分派。", name=written)
            )
            faults.append(CellFault("unit", "choice", "unit_unknown", message))
            return None
        return found

    def _person(
        self, written: str | None, unit_id: int | None, key: str, faults: list[CellFault]
    ) -> int | None:
        if written is None or unit_id is None:
            return None
        found = self.people.get((unit_id, folded(written)), [])
        if len(found) == 1:
            return found[0]
        message = (
            _("单位里有几位“%(name)s”，请先留空，导入后再分派。", name=written)
            if found
            else _("责任单位里没有叫“%(name)s”的在岗人员。", name=written)
        )
        faults.append(CellFault(key, "choice", "person_unknown", message))
        return None

    def _leader(self, values: Mapping[str, Any], faults: list[CellFault]) -> int | None:
        written = values.get("leader")
        if written is None:
            return None
        found = self.leaders.get(folded(written), [])
        if len(found) == 1:
            return found[0]
        message = _("没有叫“%(name)s”的领导账号，或有重名。", name=written)
        faults.append(CellFault("leader", "choice", "leader_unknown", message))
        return None


def read(session: Session, actor: Actor) -> Lookups:
    """Six statements."""
    units = _units(session, actor)
    people: dict[tuple[int, str], list[int]] = {}
    statement = select(Account.id, Account.unit_id, Account.name).where(
        Account.unit_id.in_(set(units.values())), Account.active, Account.kind == "staff"
    )
    for number, unit_id, called in session.execute(statement):
        people.setdefault((unit_id or 0, folded(called)), []).append(number)
    led: dict[str, list[int]] = {}
    for number, called in leaders(session):
        led.setdefault(folded(called), []).append(number)
    found = queries.lists(session, actor=actor)
    return Lookups(
        nodes=import_nodes.read(session),
        units=units,
        people=people,
        leaders=led,
        lists={folded(made.name): (made.id, made.name, made.closed_at is not None) for made in found},
        own_unit=actor.unit_id,
        stages=frozenset(word for label in STAGES.values() for word in in_each_language(label)),
    )


def _units(session: Session, actor: Actor) -> dict[str, int]:
    reach = actor.reach(access.ADD)
    statement = select(Unit.id, Unit.name, Unit.short_name, Unit.code).where(Unit.active)
    if not reach.everything:
        statement = statement.where(Unit.id.in_(sorted(reach.unit_ids)))
    found: dict[str, int] = {}
    for number, *words in session.execute(statement.order_by(Unit.id)):
        for word in words:
            if word:
                found.setdefault(folded(word), number)
    return found
