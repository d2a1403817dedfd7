"""What a map's page shows: the map seen from home, its drawing, and the node that is open beside it."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from chains import drawing, gaps, queries, sheets, versions, words
from chains.models import Chain, ChainNode
from core.permissions import Actor
from crm.enterprises import coverage, homes, map_versions, purchases, trying
from crm.targets import queries as target_queries
from webapp.staff.chains import drawers
from webapp.web.language import english


@dataclass(frozen=True)
class Asked:
    """What the address asks for: an open node, a home, only one state, the phone's stage.

    `what` are firms tried out on nodes, `shut` the boxes that show their heading only ("*" all of them), `number`
    the published version that is looked at instead of the map of now.
    """

    node: str = ""
    home: str = ""
    only: str = ""
    stage: str = ""
    what: str = ""
    shut: str = ""
    number: str = ""

    def url(self, pid: str, **changes: str) -> str:
        values: dict[str, Any] = {
            "node": self.node,
            "home": self.home,
            "only": self.only,
            "stage": self.stage,
            "what": self.what,
            "shut": self.shut,
            "number": self.number,
        } | changes
        return url_for("chains.show", pid=pid, **{name: value for name, value in values.items() if value})


@dataclass(frozen=True)
class _Sight:
    """A map and what it is judged by: of now, with firms tried out, or of a published version."""

    found: queries.Map
    report: gaps.Report
    age: coverage.Age
    trial: trying.Trial | None = None
    version: versions.Frozen | None = None
    supply: purchases.Supply | None = None


@dataclass(frozen=True)
class MapPage:
    found: queries.Map
    locator: homes.Locator
    report: gaps.Report
    drawing: drawing.Drawing
    drawer: drawers.Drawer | None
    frozen_drawer: drawers.FrozenDrawer | None
    asked: Asked
    stage: str
    age: coverage.Age
    trial: trying.Trial | None
    version: versions.Frozen | None
    supply: purchases.Supply | None

    @property
    def pid(self) -> str:
        return self.found.chain.public_id

    def url(self, **changes: str) -> str:
        return self.asked.url(self.pid, **changes)

    @property
    def before(self) -> gaps.Report:
        """The report without what is only tried out."""
        return self.trial.effects[0].before if self.trial is not None else self.report

    def picture(self, form: str) -> str:
        """The address of the picture as a file, seen from the same home and with the same states."""
        home, only, number = self.locator.home.value, self.asked.only or None, self.asked.number or None
        return url_for("chains.picture", pid=self.pid, form=form, home=home, only=only, number=number)

    @property
    def open_node(self) -> ChainNode | None:
        """The node whose content stands beside the map."""
        drawer = self.drawer or self.frozen_drawer
        return None if drawer is None else drawer.node

    def what_if(self, enterprise: str, node: str, role: str = "backbone") -> str:
        """The address with one more firm tried out."""
        wish = trying.Wish(enterprise, node, role)
        others = [
            each
            for each in trying.read(self.asked.what)
            if each.enterprise != enterprise or each.node != node
        ]
        return self.url(what=",".join(each.text for each in (*others, wish)))

    def without(self, wish: trying.Wish) -> str:
        """The address with one wish less."""
        return self.url(what=",".join(each.text for each in trying.read(self.asked.what) if each != wish))

    @property
    def shut(self) -> set[str]:
        return _shut(self.found, self.asked)

    def toggled(self, code: str) -> str:
        """The address with one box shut or opened."""
        return self.url(shut=",".join(sorted(self.shut ^ {code})))

    def ends(self, stage: str) -> int:
        return sum(box.node.ends for box in self.drawing.stages().get(stage, ()))


def build(
    session: Session, pid: str, asked: Asked, *, around: tuple[float, float] | None = None, actor: Actor
) -> MapPage:
    """The whole page, or what of it a fragment needs; with `around` it is for a sheet. Raises NotFound."""
    locator = homes.locate(session, asked.home)
    sight = _sight(session, queries.get(session, pid, actor=actor), asked, locator, actor)
    found, report = sight.found, sight.report
    talks = {} if sight.version is not None else target_queries.counts_by_node(session, found.chain.id)
    node = found.by_code.get(asked.node)
    drawn = _drawn(found, report, talks, asked, around)
    drawer = frozen_drawer = None
    if node is not None and sight.version is None:
        drawer = drawers.of_node(session, found, node, report, locator, actor)
    elif node is not None and sight.version is not None:
        frozen_drawer = drawers.of_version(found, node, report, locator, sight.version)
    stage = asked.stage if asked.stage in words.STAGES else node.stage if node is not None else "up"
    return MapPage(
        found,
        locator,
        report,
        drawn,
        drawer,
        frozen_drawer,
        asked,
        stage,
        sight.age,
        sight.trial,
        sight.version,
        sight.supply,
    )


def _sight(
    session: Session, found: queries.Map, asked: Asked, locator: homes.Locator, actor: Actor
) -> _Sight:
    """What the address asks to look at. Raises NotFound for a version that was never published."""
    if asked.number:
        version = versions.frozen(session, found.chain, int(asked.number) if asked.number.isdecimal() else 0)
        stood = versions.map_of(found.chain, version)
        report = map_versions.report_of(version, stood, locator)
        supply = map_versions.supply_of(version, locator)
        return _Sight(stood, report, map_versions.age_of(version), version=version, supply=supply)
    wishes = trying.read(asked.what)
    age = coverage.age(session, found)
    supply = purchases.supply(session, found, locator)
    if not wishes:
        return _Sight(found, coverage.report(session, found, locator), age, supply=supply)
    trial = trying.tried(session, found, wishes, locator, actor=actor)
    return _Sight(found, trial.effects[0].after, age, trial=trial, supply=supply)


def _drawn(
    found: queries.Map,
    report: gaps.Report,
    talks: dict[int, int],
    asked: Asked,
    around: tuple[float, float] | None,
) -> drawing.Drawing:
    kept = _kept(found, report, asked)
    nodes = [_shown(found, one, report, talks, asked) for one in found.nodes if one.code in kept]
    supply, support = (
        [pair for pair in found.pairs(kind) if kept.issuperset(pair)] for kind in ("supply", "support")
    )
    shut, column = _shut(found, asked), drawing.BROAD if english() else drawing.COLUMN
    if around is not None:
        return sheets.draw(nodes, supply, support, shut=shut, column=column, around=around)
    chosen = asked.node if asked.node in found.by_code else None
    return drawing.draw(nodes, supply, support, chosen=chosen, shut=shut, column=column)


def _shut(found: queries.Map, asked: Asked) -> set[str]:
    """Boxes that show their heading only; never the one with the open node."""
    tops = {node.code for node in found.nodes if node.parent_id is None}
    shut = tops if asked.shut == "*" else tops & set(asked.shut.split(","))
    node = found.by_code.get(asked.node)
    return shut - {above.code for above in (found.line_of(node) if node is not None else [])}


def _kept(found: queries.Map, report: gaps.Report, asked: Asked) -> set[str]:
    """Codes of the nodes to be drawn: all, or the end nodes of one state with their parents, and the open one."""
    if asked.only not in words.STATES:
        return set(found.by_code)
    kept = {code for code, state in report.nodes.items() if state.end and state.state.value == asked.only}
    if asked.node in found.by_code:
        kept.add(asked.node)
    kept |= {above.code for code in kept for above in found.line_of(found.by_code[code])}
    return kept


def chain_name(chain: Chain) -> str:
    return chain.name_en if english() and chain.name_en else chain.name


def name_of(node: ChainNode) -> str:
    return node.name_en if english() and node.name_en else node.name


def _mark(state: gaps.NodeState, below: dict[gaps.State, int]) -> str:
    """The word at a node's right: its state, or how many of the end nodes below it are missing and weak."""
    if state.end:
        return str(words.STATES[state.state])
    return words.tally(below[gaps.State.MISSING], below[gaps.State.WEAK])


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
        mark=_mark(state, below),
        href=asked.url(found.chain.public_id, node=node.code, stage=""),
    )
