"""A node as it opens beside the map: of now with its firms, targets and candidates, or as a version froze it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from chains import gaps, overrides, queries, versions, words
from chains.comparing import Firm
from chains.models import ChainNode, NodeOverride
from core.permissions import Actor
from crm.enterprises import coverage, homes
from crm.enterprises import queries as register
from crm.targets import candidates
from crm.targets import queries as target_queries
from crm.targets.models import Target
from webapp.web.panels import rendered

CANDIDATES = 3
TARGETS = 5
"""So many of a node's targets stand beside the map."""


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
    override: NodeOverride | None
    panels: Sequence[Any]


@dataclass(frozen=True)
class FrozenDrawer:
    """A node of a published version: what it was judged by, and the firms that stood on it, local ones first."""

    node: ChainNode
    state: gaps.NodeState
    above: Sequence[ChainNode]
    arithmetic: Sequence[str]
    firms: Sequence[tuple[Firm, bool]]
    reason: str


def of_node(
    session: Session,
    found: queries.Map,
    node: ChainNode,
    report: gaps.Report,
    locator: homes.Locator,
    actor: Actor,
) -> Drawer:
    state = report.nodes[node.code]
    group = not state.end
    inside = [found.by_code[code] for code in report.ends_below[node.code]] if group else []
    stands = [each.shared_id or each.id for each in (node, *inside)]
    firms, firm_count = coverage.firms_on(session, stands, locator)
    best: list[candidates.Candidate] = []
    if state.end and state.action is not None:
        best = candidates.find(session, found, node, report, locator, limit=CANDIDATES)
    used, fed = found.neighbours(node)
    names = register.industry_names(session, node.industry_codes)
    return Drawer(
        node=node,
        state=state,
        below={key.value: count for key, count in report.below(node.code).items()},
        above=found.line_of(node),
        industries=[f"{code} {names.get(code, '')}".strip() for code in node.industry_codes],
        arithmetic=words.arithmetic(state, report.thresholds, locator.names) if state.end else [],
        firms=firms,
        firm_count=firm_count,
        targets=target_queries.on_node(session, node.id, limit=TARGETS + 1, actor=actor),
        candidates=best,
        used=used,
        fed=fed,
        override=overrides.of(session, node, locator.home.value),
        panels=rendered("chain_node", node),
    )


def of_version(
    found: queries.Map,
    node: ChainNode,
    report: gaps.Report,
    locator: homes.Locator,
    version: versions.Frozen,
) -> FrozenDrawer:
    state = report.nodes[node.code]
    inside = set(report.ends_below[node.code])
    firms = [
        (firm, locator.is_local(firm.region_code, firm.park_id))
        for firm in version.firms
        if firm.node in inside or firm.node == node.code
    ]
    set_by_hand = version.overrides.get(locator.home.value, {}).get(node.code)
    return FrozenDrawer(
        node=node,
        state=state,
        above=found.line_of(node),
        arithmetic=words.arithmetic(state, report.thresholds, locator.names) if state.end else [],
        firms=sorted(firms, key=lambda each: not each[1]),
        reason=set_by_hand[1] if set_by_hand else "",
    )
