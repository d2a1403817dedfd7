"""Placements that officials keep in Excel: which enterprise stands on which node, with what proof (DOMAIN 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import access as chain_access
from chains.words import ROLES
from core import clock
from core.dirty import touch
from core.fields.texts import folded
from core.i18n import _
from core.i18n import lazy as _l
from core.imports.columns import CellFault
from core.imports.handlers import Action, Done, ImportHandler, Line, Options, Outcome, Undone, Verdict, offer
from core.imports.reversing import Reversal, reverse
from core.permissions import Actor
from crm.enterprises import import_match, import_nodes, placing
from crm.enterprises.import_match import Matches
from crm.enterprises.import_nodes import Nodes
from crm.enterprises.import_owner import owner_of
from crm.enterprises.placement_import_columns import COLUMNS, HUNDRED
from crm.enterprises.placements import Placement

_FIELDS: Final = ("role", "revenue_share", "evidence", "evidence_on")
LONGEST_PRODUCT, LONGEST_EVIDENCE = 120, 300


REVERSAL: Final = Reversal(
    Placement,
    labels={
        "role": _l("角色"),
        "revenue_share": _l("营收占比"),
        "evidence": _l("证据来源"),
        "evidence_on": _l("证据日期"),
    },
)


@dataclass
class _Plan:
    line: Line
    enterprise_id: int | None = None
    node_id: int | None = None
    existing: Placement | None = None
    suspects: Sequence[tuple[int, str]] = ()
    faults: list[CellFault] = field(default_factory=list)

    def changes(self) -> dict[str, tuple[Any, Any]]:
        if self.existing is None:
            return {}
        pairs = {name: (getattr(self.existing, name), self.line.values.get(name)) for name in _FIELDS}
        return {name: pair for name, pair in pairs.items() if pair[1] is not None and pair[0] != pair[1]}


class PlacementImport(ImportHandler):
    """The handler of `placements`; keeps the nodes' names for one import."""

    kind = "placements"
    label = _l("图谱挂点")
    counter = _l("条")
    permission = chain_access.PLACE
    columns = COLUMNS
    may_be_new = False

    def __init__(self) -> None:
        self._nodes: Nodes | None = None

    def key_of(self, values: Mapping[str, Any]) -> str:
        firm = values.get("uscc") or values.get("stock_code") or folded(values.get("name", ""))
        where = f"{folded(values.get('chain', ''))}|{folded(values.get('node', ''))}"
        return f"{firm}|{where}|{values.get('product', '')}" if firm else ""

    def title_of(self, values: Mapping[str, Any]) -> str:
        return str(values.get("name", ""))

    def check(self, session: Session, lines: Sequence[Line], *, actor: Actor) -> list[Verdict]:
        return [self._verdict(plan) for plan in self._plans(session, lines, actor, lock=False)]

    def _verdict(self, plan: _Plan) -> Verdict:
        row = plan.line.row_no
        if plan.suspects:
            return Verdict(row, "ask", faults=plan.faults, suspects=plan.suspects)
        if plan.existing is None:
            return Verdict(row, "create", faults=plan.faults)
        diff = {name: (_shown(name, old), _shown(name, new)) for name, (old, new) in plan.changes().items()}
        action: Action = "update" if diff else "same"
        return Verdict(row, action, plan.existing.id, plan.faults, diff)

    def _plans(self, session: Session, lines: Sequence[Line], actor: Actor, *, lock: bool) -> list[_Plan]:
        nodes = self._nodes = self._nodes or import_nodes.read(session)
        matches = import_match.find(session, lines, lock=lock)
        found = []
        for line in lines:
            plan = _Plan(line)
            plan.enterprise_id, plan.suspects, plan.faults = owner_of(line, matches)
            chain_id = nodes.chain(line.values, plan.faults)
            if "node" in line.values:
                plan.node_id = nodes.node(line.values["node"], chain_id, plan.faults)
            plan.faults += _not_yours(plan, matches, actor) + _impossible(line.values)
            found.append(plan)
        numbers = {plan.enterprise_id for plan in found}
        rows = session.scalars(select(Placement).where(Placement.enterprise_id.in_(numbers)))
        standing = {(row.enterprise_id, row.node_id, row.product): row for row in rows}
        for plan in found:
            key = (plan.enterprise_id or 0, plan.node_id or 0, _product(plan.line))
            plan.existing = standing.get(key)
        return found

    def apply(
        self, session: Session, lines: Sequence[Line], answer: Any, options: Options, *, actor: Actor
    ) -> list[Outcome]:
        found = self._plans(session, lines, actor, lock=True)
        made: dict[tuple[int, int, str], tuple[int, Placement]] = {}
        for plan in found:
            if not plan.faults and not plan.suspects and plan.existing is None:
                placement = _made(plan)
                key = (placement.enterprise_id, placement.node_id, placement.product)
                made.setdefault(key, (plan.line.row_no, placement))
        session.add_all([placement for _row, placement in made.values()])
        session.flush()
        by_row = dict(made.values())
        outcomes = [_outcome(plan, by_row, options) for plan in found]
        session.flush()
        _touched([*by_row.values(), *(plan.existing for plan in found if plan.existing is not None)])
        return outcomes

    def undo(self, session: Session, rows: Sequence[Done], *, actor: Actor) -> list[Undone]:
        numbers = [row.record_id for row in rows if row.record_id is not None]
        placements = session.scalars(select(Placement).where(Placement.id.in_(numbers))).all()
        _touched(placements)
        return reverse(session, REVERSAL, rows)


def _product(line: Line) -> str:
    return str(line.values.get("product", ""))[:LONGEST_PRODUCT]


def _made(plan: _Plan) -> Placement:
    values = plan.line.values
    return Placement(
        enterprise_id=plan.enterprise_id,
        node_id=plan.node_id,
        role=values["role"],
        product=_product(plan.line),
        revenue_share=values.get("revenue_share"),
        evidence=values["evidence"][:LONGEST_EVIDENCE],
        evidence_on=values["evidence_on"],
    )


def _outcome(plan: _Plan, made: Mapping[int, Placement], options: Options) -> Outcome:
    row = plan.line.row_no
    if plan.faults:
        return Outcome(row, "rejected", reason="；".join(str(fault.message) for fault in plan.faults))
    if plan.suspects:
        return Outcome(row, "skipped", reason=_("库里有几家同名企业，没有选是哪一家"))
    if row in made:
        return Outcome(row, "created", made[row].id)
    if plan.existing is None:
        return Outcome(row, "rejected", reason=_("与前面的行重复：同一企业、节点和产品只挂一次。"))
    if options.existing == "skip":
        return Outcome(row, "skipped", plan.existing.id, reason=_("已有这条挂点，选了不更新"))
    pairs = plan.changes()
    if options.existing == "fill":
        pairs = {name: pair for name, pair in pairs.items() if pair[0] in (None, "")}
    if not pairs:
        return Outcome(row, "unchanged", plan.existing.id)
    for name, (_old, new) in pairs.items():
        setattr(plan.existing, name, new)
    before, after = ({name: pair[at] for name, pair in pairs.items()} for at in (0, 1))
    return Outcome(row, "updated", plan.existing.id, before, after)


def _not_yours(plan: _Plan, matches: Matches, actor: Actor) -> list[CellFault]:
    """Firms of other units are theirs to place; what no unit has taken is everybody's."""
    row = matches.by_id.get(plan.enterprise_id or 0)
    if row is None or row.unit_id is None or actor.reach(chain_access.PLACE).covers(row.unit_id):
        return []
    message = _("“%(name)s”归其他单位管，您不能挂点。", name=row.name)
    return [CellFault("", "match", "not_yours", message)]


def _impossible(values: Mapping[str, Any]) -> list[CellFault]:
    if values.get("evidence_on") and values["evidence_on"] > clock.today():
        return [CellFault("evidence_on", "day", "future", _("证据日期不能晚于今天。"))]
    return []


def _touched(placements: Sequence[Placement]) -> None:
    touch(placing.KIND, {placement.enterprise_id for placement in placements})
    touch(placing.NODE_KIND, {placement.node_id for placement in placements})


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if name == "revenue_share":
        return f"{(value * HUNDRED).normalize():f}%"
    if name == "role":
        return str(ROLES[value])
    return str(value)


offer("placements", PlacementImport)
