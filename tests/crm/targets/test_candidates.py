"""Who could fill a gap: from the whole register, each with reasons (DOMAIN 5)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import queries
from chains.models import Chain
from crm.enterprises import coverage, homes
from crm.targets import candidates


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
