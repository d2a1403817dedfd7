"""`chains judge FILE` over loaded maps, and the maps of the demonstration."""

import argparse
import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from chains import exchange, queries, service
from chains.models import Chain, ChainVersion
from core.db import unit_of_work
from core.permissions import SYSTEM
from core.places import Park, Region
from crm.enterprises import coverage, homes, map_versions
from crm.enterprises import service as service_of
from crm.enterprises.models import Industry
from crm.enterprises.placements import Placement, ProductMatch
from webapp.cli import chains as command
from webapp.cli.demo import chains as demo
from webapp.cli.demo import people, places, register
from webapp.cli.demo.world import CITY_REGION, DemoWorld
from webapp.cli.start import Trouble

TRUTH = Path(__file__).parents[3] / "data" / "chains_deep" / "matching_truth.csv"


PLACED = TRUTH.with_name("placements_public.csv")


def judge(app: Flask, path: Path, others: Path | None = None) -> int:
    return command.judge(argparse.Namespace(file=path, others=others), app)


@pytest.fixture
def loaded(session: Session) -> None:
    with unit_of_work() as writing:
        for path in sorted(TRUTH.parent.glob("*.json")):
            if path.stem != "demo_city":
                draft, _report = exchange.read(json.loads(path.read_text("utf-8")))
                assert draft is not None
                service.create_from(writing, draft, actor=SYSTEM)


def test_the_matcher_is_judged_over_the_loaded_maps(
    app: Flask, loaded: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(app, TRUTH) == 0
    alone = _figures(capsys.readouterr().out)
    assert alone.precision >= 0.97 and alone.rows == 300
    with unit_of_work() as writing:
        for code, word in LISTED.items():
            enterprise = service_of.create(
                writing, {"name": f"示例{code}股份有限公司", "stock_code": code}, actor=SYSTEM
            )
            enterprise.industry_text = word
    assert judge(app, TRUTH) == 0
    known = _figures(capsys.readouterr().out)
    assert known.precision >= 0.97
    assert known.recall > alone.recall, "what the register knows of a firm's trade finds more"


def test_firms_that_the_truth_does_not_name_are_judged_with_chains_where_they_do_not_stand(
    app: Flask, loaded: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(app, TRUTH, PLACED) == 0
    told, *printed = capsys.readouterr().out.splitlines()
    found = re.fullmatch(r"(\d+) placements and (\d+) products on chains where .*", told)
    assert found is not None and int(found[1]) == 1809
    figures = _figures("\n".join(printed))
    assert figures.rows == 1809 + int(found[2]) and int(found[2]) > 5000
    assert figures.precision >= 0.97 and figures.recall >= 0.9


LISTED = {"002126": "汽车配件", "603596": "汽车配件", "603161": "汽车配件"}


class _Figures(NamedTuple):
    precision: float
    recall: float
    rows: int


def _figures(printed: str) -> _Figures:
    """The last line; every line before it names a wrong row."""
    *wrong, last = printed.splitlines()
    assert all(" expected " in line and " got " in line for line in wrong)
    found = re.fullmatch(r"precision ([\d.]+) recall ([\d.]+) of (\d+)", last)
    assert found, last
    return _Figures(float(found[1]), float(found[2]), int(found[3]))


def test_what_cannot_be_judged_is_said(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="No maps"):
        judge(app, TRUTH)


def test_a_file_without_the_columns_is_said(app: Flask, loaded: None, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(Trouble, match="stock_code"):
        judge(app, wrong)
    with pytest.raises(Trouble, match="cannot be read"):
        judge(app, tmp_path / "absent.csv")


def test_the_demonstration_holds_eight_drafts_with_their_firms(session: Session) -> None:
    """On an empty register only the invented firms are known; their states are those of the weight rule."""
    with unit_of_work() as writing:
        world = DemoWorld(writing, "Ceshi-2026-pw")
        _clear_places(writing)
        _people_and_places(writing, world)
        demo.load(writing, world)
    chains = session.scalars(select(Chain)).all()
    assert len(chains) == 8
    assert {chain.status for chain in chains} == {"draft"}
    assert all(chain.office("chief") and chain.office("lead_department") for chain in chains)
    assert session.scalar(select(func.count()).select_from(Placement)) == 311
    published = session.scalars(select(ChainVersion)).one()
    found = next(queries.load_map(session, chain) for chain in chains if chain.id == published.chain_id)
    since = map_versions.comparison(session, found, 1, 0)
    assert found.chain.number == 2 and published.as_of == published.published_at.date()
    assert (len(since.firms_added), since.added, since.firms_gone) == (1, [], [])
    assert (session.scalar(select(func.count()).select_from(ProductMatch)) or 0) > 100
    maps = queries.maps(session, actor=SYSTEM)
    reports = coverage.reports(session, maps, homes.locate(session, CITY_REGION))
    for found, report in zip(maps, reports, strict=True):
        expected = register.city()["chains"][found.chain.name]
        assert report.end_nodes - report.covered == expected["state_counts"]["缺失"]


def _clear_places(writing: Session) -> None:
    """The small world's parks and city make room for the demonstration's."""
    for model, rows in ((Park, Park.parent_id.is_not(None)), (Park, Park.parent_id.is_(None))):
        writing.execute(delete(model).where(rows))
    writing.execute(delete(Region).where(Region.code == CITY_REGION))


def _people_and_places(writing: Session, world: DemoWorld) -> None:
    """What the loader of the maps needs: units, the leader, zones and parks, invented firms."""
    known = {unit.code for unit in writing.scalars(select(people.Unit))}
    for code, name, short, kind, _parent, phone in people.UNITS:
        if code not in known:
            people.tree.create_unit(
                writing,
                code=code,
                name=name,
                short_name=short,
                kind=kind,
                parent=None,
                phone=phone,
                actor=SYSTEM,
            )
    places.load_city(writing, world)
    for code in {firm["gbt4754"] for firm in register.city()["firms"]} - {"3974"}:
        writing.add(Industry(code=code, name=code, level=4, parent_code="39", section="C"))
    writing.flush()
    register.load_invented(writing, world)
