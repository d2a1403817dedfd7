"""What a map's page shows: the map seen from home, its drawing, and the node that is open beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import drawing, gaps, queries, words
from chains.models import ChainNode
from core.permissions import Actor
from crm.enterprises import coverage, homes
from crm.enterprises.models import Industry
from crm.targets import candidates
from crm.targets import queries as target_queries
from crm.targets.models import Target
from webapp.web.language import english
from webapp.web.panels import rendered

CANDIDATES = 3


@dataclass(frozen=True)
class Asked:
    """What the address asks for: an open node, a home, only one state, the phone's stage."""

    node: str = ""
    home: str = ""
    only: str = ""
    stage: str = ""

    def url(self, pid: str, **changes: str) -> str:
        values: dict[str, Any] = {
            "node": self.node,
            "home": self.home,
            "only": self.only,
            "stage": self.stage,
        } | changes
        return url_for("chains.show", pid=pid, **{name: value for name, value in values.items() if value})


@dataclass(frozen=True)
class Drawer:
    """A node as it opens beside the map."""

    node: ChainNode
    state: gaps.NodeState
    below: dict[str, int]
    above: Sequence[ChainNode]
    industries: Sequence[str]
    arithmetic: Sequence[str]
    firms: Sequence[coverage.FirmOnNode]
    firm_count: int
    targets: Sequence[Target]
    candidates: Sequence[candidates.Candidate]
    used: Sequence[ChainNode]
    fed: Sequence[ChainNode]
    panels: Sequence[Any]


@dataclass(frozen=True)
class MapPage:
    found: queries.Map
    locator: homes.Locator
    report: gaps.Report
    drawing: drawing.Drawing
    drawer: Drawer | None
    asked: Asked
    stage: str

    @property
    def pid(self) -> str:
        return self.found.chain.public_id

    def url(self, **changes: str) -> str:
        return self.asked.url(self.pid, **changes)

    def ends(self, stage: str) -> int:
        return sum(box.node.ends for box in self.drawing.stages().get(stage, ()))


def build(session: Session, pid: str, asked: Asked, *, actor: Actor) -> MapPage:
    """The whole page, or what of it a fragment needs. Raises NotFound."""
    found = queries.get(session, pid, actor=actor)
    locator = homes.locate(session, asked.home)
    report = coverage.report(session, found, locator)
    talks = target_queries.counts_by_node(session, found.chain.id)
    node = found.by_code.get(asked.node)
    kept = _kept(found, report, asked)
    drawn = drawing.draw(
        [_shown(found, one, report, talks, asked) for one in found.nodes if one.code in kept],
        [pair for pair in found.pairs("supply") if kept.issuperset(pair)],
        chosen=node.code if node else None,
    )
    drawer = _drawer(session, found, node, report, locator, actor) if node is not None else None
    stage = asked.stage if asked.stage in words.STAGES else node.stage if node is not None else "up"
    return MapPage(found, locator, report, drawn, drawer, asked, stage)


def _kept(found: queries.Map, report: gaps.Report, asked: Asked) -> set[str]:
    """Codes of the nodes to be drawn: all, or the end nodes of one state with their parents, and the open one."""
    if asked.only not in words.STATES:
        return set(found.by_code)
    kept = {code for code, state in report.nodes.items() if state.end and state.state.value == asked.only}
    if asked.node in found.by_code:
        kept.add(asked.node)
    kept |= {above.code for code in kept for above in found.line_of(found.by_code[code])}
    return kept


def name_of(node: ChainNode) -> str:
    return node.name_en if english() and node.name_en else node.name


def _shown(
    found: queries.Map, node: ChainNode, report: gaps.Report, talks: dict[int, int], asked: Asked
) -> drawing.Shown:
    state, below = report.nodes[node.code], report.below(node.code)
    return drawing.Shown(
        key=node.code,
        parent=found.code_of(node.parent_id),
        stage=node.stage,
        name=name_of(node),
        state=state.state.value,
        firms=state.local_firms,
        listed=state.listed_firms,
        talks=talks.get(node.id, 0),
        missing=below[gaps.State.MISSING],
        weak=below[gaps.State.WEAK],
        ends=len(report.ends_below[node.code]),
        href=asked.url(found.chain.public_id, node=node.code, stage=""),
    )


def _drawer(
    session: Session,
    found: queries.Map,
    node: ChainNode,
    report: gaps.Report,
    locator: homes.Locator,
    actor: Actor,
) -> Drawer:
    state = report.nodes[node.code]
    group = not state.end
    inside = [found.by_code[code].id for code in report.ends_below[node.code]] if group else []
    firms, firm_count = coverage.firms_on(session, [node.id, *inside], locator)
    best: list[candidates.Candidate] = []
    if state.end and state.action is not None:
        best = candidates.find(session, found, node, report, locator, limit=CANDIDATES)
    used, fed = found.neighbours(node)
    names = {
        row.code: row.name
        for row in session.execute(
            select(Industry.code, Industry.name).where(Industry.code.in_(node.industry_codes))
        )
    }
    return Drawer(
        node=node,
        state=state,
        below={key.value: count for key, count in report.below(node.code).items()},
        above=found.line_of(node),
        industries=[f"{code} {names.get(code, '')}".strip() for code in node.industry_codes],
        arithmetic=words.arithmetic(state, report.thresholds, locator.names) if state.end else [],
        firms=firms,
        firm_count=firm_count,
        targets=target_queries.on_node(session, node.id, actor=actor),
        candidates=best,
        used=used,
        fed=fed,
        panels=rendered("chain_node", node),
    )
