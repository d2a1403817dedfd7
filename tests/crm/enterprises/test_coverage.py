"""The gap analysis as read from the database agrees with the same firms judged one by one, for every kind of home."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from chains import gaps, queries, thresholds
from core import clock
from core.db import db, unit_of_work
from core.permissions import SYSTEM
from core.places import Park, Region
from crm.enterprises import coverage, homes
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement
from tests.support import maps
from tests.support.world import World

FIRMS = (
    ("510100", None), ("510700", "002876"), ("510722", None), ("440300", "000413"), ("440000", None), ("340100", None),
    (None, "600000"), ("519900", None),
)  # fmt: skip
ROLES = ("anchor", "leading", "backbone", "supporting")


@pytest.fixture
def chain(session: Session, world: World) -> str:
    with unit_of_work() as writing:
        made = maps.build(writing)
        for code in sorted(
            {code for code, _stock in FIRMS if code} - set(writing.scalars(select(Region.code)))
        ):
            level = 1 if code.endswith("0000") else 2 if code.endswith("00") else 3
            writing.add(Region(code=code, name=code, full_name=code, level=level))
        writing.flush()
        park = writing.scalars(select(Park).order_by(Park.id)).first()
        for number, (region, stock) in enumerate(FIRMS):
            firm = maps.firm(writing, f"企业{number}", region_code=region, stock_code=stock)
            if number % 3 == 0 and park is not None:
                firm.park_id = park.id
            for at, code in enumerate(("X-01-01", "X-02", "X-03")[: 1 + number % 3]):
                maps.place(writing, firm, code, ROLES[(number + at) % 4], product=f"甲{at}")
            maps.place(writing, firm, "X-01-01", ROLES[number % 2], product="乙")
        return made.public_id


def one_by_one(session: Session, found: queries.Map, locator: homes.Locator) -> gaps.Report:
    rows = session.execute(
        select(Placement, Enterprise).join(Enterprise, Enterprise.id == Placement.enterprise_id)
    )
    placed = [
        gaps.Placed(
            found.by_id[placement.node_id].code, firm.id, placement.role,
            locator.place_of(firm.region_code, firm.park_id), firm.stock_code is not None,
        )
        for placement, firm in rows
    ]  # fmt: skip
    return gaps.analyse(
        found.plain_nodes(), found.pairs(*queries.LINKS), placed, home=locator.home.key,
        thresholds=thresholds.on(clock.today()),
    )  # fmt: skip


def test_every_home_gives_the_same_report_as_firms_judged_one_by_one(session: Session, chain: str) -> None:
    found = queries.get(session, chain, actor=SYSTEM)
    asked = [value for value, _name in homes.choices(session)]
    parks = [f"{homes.PARK}{code}" for code in session.scalars(select(Park.code))]
    scores = set()
    for value in {*asked, *parks, "510100", "510700", "440300"}:
        locator = homes.locate(session, value)
        report = coverage.report(session, found, locator)
        assert report == one_by_one(session, found, locator), value
        scores |= {state.score for state in report.nodes.values()}
    assert len(scores) > 2


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_analysis_of_a_map_costs_one_statement_for_each_table(session: Session, chain: str) -> None:
    locator = homes.locate(session, "510000")
    session.expunge_all()
    with counted() as statements:
        found = queries.get(session, chain, actor=SYSTEM)
        coverage.report(session, found, locator)
    driving = [re.findall(r"FROM (\w+)", statement)[-1] for statement in statements]
    assert sorted(driving) == [
        "chain", "chain_edge", "chain_node", "chain_office", "node_override", "placement", "rule_version",
    ]  # fmt: skip


def test_several_maps_cost_no_more_statements_than_one(session: Session, chain: str) -> None:
    found = queries.get(session, chain, actor=SYSTEM)
    locator = homes.locate(session, "510000")
    rule = thresholds.on(clock.today())
    with counted() as statements:
        coverage.reports(session, [found, found], locator, rule=rule)
    assert len(statements) == 2
