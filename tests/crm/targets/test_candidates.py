"""Who could fill a gap: from the whole register, each with reasons (DOMAIN 5)."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import queries
from chains.models import Chain
from core.db import unit_of_work
from crm.enterprises import coverage, homes
from crm.enterprises.models import Enterprise, EnterpriseYear
from crm.targets import candidates, words


def found(
    session: Session, code: str = "X-01-01", home: str = "519900", **options: object
) -> list[candidates.Candidate]:
    chain = queries.load_map(session, session.scalars(select(Chain)).one())
    locator = homes.locate(session, home)
    report = coverage.report(session, chain, locator)
    return candidates.find(session, chain, chain.by_code[code], report, locator, **options)  # type: ignore[arg-type]  # test options


def test_candidates_come_from_the_whole_register_with_reasons(session: Session, register: None) -> None:
    ranked = found(session)
    assert [(one.name, one.evidence.kind) for one in ranked] == [
        ("三利谱", "placement"), ("深圳某某光学", "product"), ("广东显示器件", "industry"),
    ]  # fmt: skip
    first, maker, other = ranked
    assert (first.fit.points, first.fit.known) == (56, 65)
    assert {part.name: part.code for part in maker.fit.parts}["expansion"] == "growth"
    assert maker.evidence.word == "偏光片"
    assert other.fit.parts[0].params["industry"] == "3974 显示器件制造"


def _uses(session: Session, name: str, year: int, **figures: int) -> None:
    firm = session.scalars(select(Enterprise).where(Enterprise.name == name)).one()
    with unit_of_work() as writing:
        known = writing.scalars(
            select(EnterpriseYear).where(EnterpriseYear.enterprise_id == firm.id, EnterpriseYear.year == year)
        ).one_or_none()
        row = known or EnterpriseYear(enterprise_id=firm.id, year=year, source="报表")
        for name_of, value in figures.items():
            setattr(row, name_of, Decimal(value))
        row.energy_basis = "equivalent" if "energy_tce" in figures else ""
        writing.add(row)


def test_land_and_energy_come_out_of_the_register(session: Session, register: None) -> None:
    """The maker earns 3,000 万元 on 10 亩 and 300 tonnes; at home 2,000 are earned on 5 亩 and 400 tonnes."""

    def factors(name: str) -> tuple[int | None, str]:
        session.rollback()
        one = next(each for each in found(session) if each.name == name)
        return one.fit.parts[-1].points, str(words.reason(one.fit.parts[-1]))  # type: ignore[return-value]  # whole points

    assert factors("深圳某某光学") == (None, "缺数据：没有登记它的用地和用能")
    _uses(session, "深圳某某光学", 2025, land_sqm=6667, energy_tce=300)
    assert factors("深圳某某光学") == (None, "缺数据：本地同链企业没有登记用地和用能，无从比较")
    _uses(session, "本市偏光片", 2024, revenue_wan=2000, land_sqm=3333, energy_tce=400)
    points, said = factors("深圳某某光学")
    assert points == 13  # (300 / 400 + 1) / 2 of 15
    assert said == "每亩营收 300.0 万元，本地同链企业 400.0；每吨标准煤营收 10.0 万元，本地同链企业 5.0"
    assert factors("三利谱")[0] is None


def test_the_anchor_beside_the_gap_is_named(session: Session, register: None) -> None:
    part = found(session)[0].fit.parts[1]
    assert (part.code, part.params["anchor"], part.params["node"]) == (
        "anchor_near",
        "本市偏光片",
        "显示面板",
    )


def test_nobody_at_home_and_nobody_gone_is_a_candidate(session: Session, register: None) -> None:
    assert "本市偏光片" not in [one.name for one in found(session)]
    assert [one.name for one in found(session, home="440000")] == ["本市偏光片"]


def test_where_nobody_fits_the_list_is_empty(session: Session, register: None) -> None:
    assert found(session, "X-04") == []
