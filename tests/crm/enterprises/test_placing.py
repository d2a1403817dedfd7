"""Firms on nodes: evidence is demanded, other units' firms are theirs, old evidence is due for review."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chains import exchange, queries, service
from chains.models import ChainNode
from core.db import unit_of_work
from core.errors import Invalid, NotPermitted
from core.permissions import SYSTEM, Actor
from crm.enterprises import coverage, finding, homes, placing
from crm.enterprises import service as enterprises
from crm.enterprises.placements import Placement, ProductMatch, review_on
from crm.enterprises.placing import PlacementValues
from tests.support import maps
from tests.support.world import World

DATA = Path(__file__).resolve().parents[3] / "data"
GOOD = PlacementValues("leading", "TFT偏光片", Decimal("0.9"), "2025 年年报主营产品", date(2025, 12, 31))


@pytest.fixture
def chain(session: Session) -> str:
    with unit_of_work() as writing:
        return maps.build(writing).public_id


def _firm(name: str, **values: object) -> str:
    with unit_of_work() as writing:
        return maps.firm(writing, name, **values).public_id


def _node(session: Session, code: str) -> str:
    found = maps.node(session, code).public_id
    session.rollback()
    return found


def test_a_firm_stands_on_a_node_with_its_evidence(
    session: Session, actor: Callable[[str], Actor], chain: str
) -> None:
    firm, node, specialist = _firm("三利谱"), _node(session, "X-01-01"), actor("spec_a")
    with unit_of_work() as writing:
        placing.place(writing, firm, node, GOOD, actor=specialist)
    placed = session.scalars(select(Placement)).one()
    assert (placed.role, placed.revenue_share, placed.node.code) == ("leading", Decimal("0.9"), "X-01-01")
    session.rollback()
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        placing.place(writing, firm, node, GOOD, actor=specialist)
    assert refused.value.faults[0].code == "taken"


def test_everything_that_is_wrong_is_said_at_once(session: Session, chain: str) -> None:
    firm, node = _firm("三利谱"), _node(session, "X-01-01")
    empty = PlacementValues("boss", " ", Decimal("1.5"), "", None)
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        placing.place(writing, firm, node, empty, actor=SYSTEM)
    assert {fault.field for fault in refused.value.faults} == {
        "role", "product", "evidence", "evidence_on", "revenue_share",
    }  # fmt: skip


def test_evidence_of_tomorrow_is_refused(session: Session, chain: str) -> None:
    firm, node = _firm("三利谱"), _node(session, "X-01-01")
    late = PlacementValues("leading", "偏光片", None, "年报", date(2999, 1, 1))
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        placing.place(writing, firm, node, late, actor=SYSTEM)
    assert refused.value.faults[0].code == "future"


def test_a_firm_of_another_zone_is_not_placed_and_not_removed(
    session: Session, world: World, actor: Callable[[str], Actor], chain: str
) -> None:
    other = actor("spec_b")
    unit = world.unit("GXQ").id
    session.rollback()
    firm, node = _firm("甲区光电", unit_id=unit), _node(session, "X-01-01")
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        placing.place(writing, firm, node, GOOD, actor=other)
    with unit_of_work() as writing:
        pid = placing.place(writing, firm, node, GOOD, actor=SYSTEM).public_id
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        placing.remove(writing, pid, reason="写错了", actor=other)
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        placing.review(writing, pid, evidence="年报", evidence_on=date(2026, 1, 1), version=1, actor=other)
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        placing.place(writing, firm, node, GOOD, actor=actor("leader"))


def test_review_renews_the_evidence_and_removal_needs_a_reason(session: Session, chain: str) -> None:
    firm, node = _firm("三利谱"), _node(session, "X-01-01")
    with unit_of_work() as writing:
        pid = placing.place(writing, firm, node, GOOD, actor=SYSTEM).public_id
    with unit_of_work() as writing:
        placing.review(
            writing, pid, evidence="2026 年半年报", evidence_on=date(2026, 6, 30), version=1, actor=SYSTEM
        )
    assert session.scalars(select(Placement.evidence_on)).one() == date(2026, 6, 30)
    session.rollback()
    with pytest.raises(Invalid), unit_of_work() as writing:
        placing.remove(writing, pid, reason=" ", actor=SYSTEM)
    with unit_of_work() as writing:
        placing.remove(writing, pid, reason="已停产", actor=SYSTEM)
    assert session.scalar(select(func.count()).select_from(Placement)) == 0


@pytest.mark.parametrize(
    ("on", "last"),
    [
        (date(2024, 11, 24), date(2026, 11, 24)),
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2021, 12, 31), date(2023, 12, 31)),
    ],
)
def test_evidence_is_fresh_for_24_months(on: date, last: date) -> None:
    assert review_on(on, 24) == last


def test_the_register_keeps_which_nodes_its_products_match(session: Session, chain: str) -> None:
    with unit_of_work() as writing:
        values = {
            "name": "某光电公司",
            "reg_status": "active",
            "main_products": "偏光片、液晶电视；眼镜偏光片",
        }
        made = enterprises.create(writing, values, actor=SYSTEM)
        pid, version = made.public_id, made.version
    found = {(match.product, match.word) for match in session.scalars(select(ProductMatch))}
    assert found == {("偏光片", "偏光片"), ("液晶电视", "电视")}
    session.rollback()
    with unit_of_work() as writing:
        enterprises.update(writing, pid, {"main_products": "电视剧"}, version=version, actor=SYSTEM)
    assert session.scalars(select(ProductMatch)).all() == []


def test_home_can_be_a_province_a_city_a_zone_or_a_park(session: Session, world: World, chain: str) -> None:
    park, zone = world.park("Z1-01").id, world.park("Z2").id
    session.rollback()
    with unit_of_work() as writing:
        maps.place(
            writing, maps.firm(writing, "本市甲", region_code="519900", park_id=park), "X-01-01", "anchor"
        )
        maps.place(writing, maps.firm(writing, "本市乙", region_code="519900", park_id=zone), "X-01-02")
        maps.place(writing, maps.firm(writing, "四川丙", region_code="510000"), "X-02")
        maps.place(writing, maps.firm(writing, "广东丁", region_code="440000"), "X-03")
    expected = {
        "510000": {"X-01-01", "X-01-02", "X-02"},
        "519900": {"X-01-01", "X-01-02"},
        "park:Z1": {"X-01-01"},
        "park:Z1-01": {"X-01-01"},
        "park:Z2": {"X-01-02"},
        "park:Z2-01": set(),
    }
    found = queries.get(session, chain, actor=SYSTEM)
    for value, codes in expected.items():
        report = coverage.report(session, found, homes.locate(session, value))
        assert {code for code, state in report.nodes.items() if state.local_firms} == codes, value
    assert homes.locate(session, "nonsense").home.kind == "province"


def test_a_deregistered_firm_counts_nowhere(session: Session, chain: str) -> None:
    with unit_of_work() as writing:
        gone = maps.firm(writing, "已注销", region_code="510000", reg_status="deregistered")
        maps.place(writing, gone, "X-02")
    found = queries.get(session, chain, actor=SYSTEM)
    locator = homes.locate(session, "510000")
    assert coverage.report(session, found, locator).local_firms == 0
    assert coverage.firms_on(session, [found.by_code["X-02"].id], locator) == ([], 0)


def test_the_drawer_lists_local_firms_first_and_marks_old_evidence(session: Session, chain: str) -> None:
    with unit_of_work() as writing:
        far = maps.firm(writing, "外地", region_code="440000")
        maps.place(writing, far, "X-02", revenue_share=Decimal("0.99"), evidence_on=date(2021, 12, 31))
        maps.place(writing, maps.firm(writing, "本地", region_code="510000"), "X-02")
    found = queries.get(session, chain, actor=SYSTEM)
    locator = homes.locate(session, "510000")
    firms, count = coverage.firms_on(session, [found.by_code["X-02"].id], locator)
    assert [(firm.name, firm.local, firm.due) for firm in firms] == [
        ("本地", True, False),
        ("外地", False, True),
    ]
    assert count == 2


def test_an_enterprise_is_found_by_code_or_whole_name(session: Session) -> None:
    _firm("深圳市三利谱光电科技股份有限公司", stock_code="002876")
    assert finding.by_words(session, "002876", actor=SYSTEM).stock_code == "002876"
    assert finding.by_words(session, "深圳市三利谱光电科技股份有限公司", actor=SYSTEM).stock_code == "002876"
    with pytest.raises(Invalid) as refused:
        finding.by_words(session, "没有这家", actor=SYSTEM)
    assert refused.value.faults[0].field == "enterprise"


def test_the_flat_map_of_listed_companies_has_four_local_nodes_of_fourteen(session: Session) -> None:
    """DOMAIN 4 by numbers known beforehand: 4 of 14 nodes, five firms, nobody counted twice."""
    content = json.loads((DATA / "chains_seed" / "新型显示.json").read_text("utf-8"))
    draft, report = exchange.read(content)
    assert draft is not None
    assert report.sound
    with unit_of_work() as writing:
        for code, company in content["companies"].items():
            region = "510000" if company["province"] == "四川" else None
            maps.firm(
                writing, company["full_name"] or company["short_name"], stock_code=code, region_code=region
            )
        made = service.create_from(writing, draft, actor=SYSTEM)
        placing.place_listed(writing, made, draft.placements, actor=SYSTEM)
        pid = made.public_id
    found = queries.get(session, pid, actor=SYSTEM)
    locator = homes.locate(session, "510000")
    seen = coverage.report(session, found, locator)
    local = {code: state.local_firms for code, state in seen.nodes.items() if state.local_firms}
    assert local == {"N02": 1, "N04": 1, "N11": 1, "N12": 2}
    assert (seen.coverage, seen.local_firms) == (Decimal("28.57"), 5)
    session.rollback()
    with unit_of_work() as writing:
        skyworth = finding.by_words(writing, "000810", actor=SYSTEM)
        node = writing.scalars(select(ChainNode).where(ChainNode.code == "N11")).one()
        placing.place(writing, skyworth.public_id, node.public_id, GOOD, actor=SYSTEM)
    again = coverage.report(session, queries.get(session, pid, actor=SYSTEM), locator)
    assert (again.nodes["N11"].local_firms, again.local_firms) == (2, 5)


def test_a_second_map_without_code_of_its_own_gets_a_free_one(session: Session, chain: str) -> None:
    draft, _report = exchange.read({key: value for key, value in maps.CONTENT.items() if key != "code"})
    assert draft is not None
    with unit_of_work() as writing:
        assert service.create_from(writing, draft, actor=SYSTEM).code == "XXXS-2"
