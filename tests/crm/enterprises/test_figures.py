"""Yearly figures: replaced with every version kept, verified by somebody else, the size following (DOMAIN 3)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Conflict, Invalid, NotPermitted, Refused
from core.permissions import Actor
from crm.enterprises import figures, queries, sizes
from crm.enterprises.models import EnterpriseYear

ActorOf = Callable[[str], Actor]


def _record(firm: str, actor: Actor, **given: Any) -> EnterpriseYear:
    with unit_of_work() as session:
        return figures.record_year(session, firm, 2025, "企业年报", given, actor=actor)


def _verify(row: EnterpriseYear, actor: Actor) -> None:
    with unit_of_work() as session:
        figures.verify(session, row.public_id, version=row.version, actor=actor)


def test_figures_are_replaced_and_every_version_is_kept(session: Session, firm: str, actor: ActorOf) -> None:
    for revenue in ("4000.5", "5000", "5200"):
        row = _record(firm, actor("spec_a"), revenue_wan=Decimal(revenue), employees_end=320)
    enterprise = queries.get(session, firm, actor=actor("spec_a"))
    assert [each.revenue_wan for each in enterprise.years] == [Decimal(5200)]
    assert (enterprise.latest_revenue_wan, enterprise.size_class) == (Decimal(5200), "medium")
    kept = figures.versions(session, row.id)
    assert [(each.number, each.figures["revenue_wan"]) for each in kept] == [(2, "5000"), (1, "4000.5")]
    changes = session.scalars(
        select(AuditEntry.changes)
        .where(AuditEntry.action == "enterprises.year_recorded")
        .order_by(AuditEntry.seq)
    ).all()
    assert changes[1] == {"revenue_wan": ["4000.5", "5000"]}


def test_the_same_figures_again_make_no_version(session: Session, firm: str, actor: ActorOf) -> None:
    for _time in range(2):
        row = _record(firm, actor("spec_a"), revenue_wan=Decimal(4000))
    assert figures.versions(session, row.id) == []


def test_another_source_stands_beside_and_completes_the_size(
    session: Session, firm: str, actor: ActorOf
) -> None:
    _record(firm, actor("spec_a"), revenue_wan=Decimal(5000))
    with unit_of_work() as writing:
        figures.record_year(writing, firm, 2025, "人社", {"employees_end": 320}, actor=actor("spec_a"))
    enterprise = queries.get(session, firm, actor=actor("spec_a"))
    assert enterprise.size_class == "medium" and enterprise.latest_revenue_wan == Decimal(5000)
    assert [line.values for line in queries.figure_table(enterprise)] == [[Decimal(5000)], [320]]


def test_a_year_that_stands_is_not_blanked_by_who_enters_it_as_new(
    session: Session, firm: str, actor: ActorOf
) -> None:
    spec = actor("spec_a")
    _record(firm, spec, revenue_wan=Decimal(5000))
    for source, field, code in (("企业年报 ", "source", "present"), ("人社", "revenue_wan", "empty")):
        blank = dict.fromkeys(figures.NAMES) | {"energy_basis": ""}
        with pytest.raises(Invalid) as refused, unit_of_work() as writing:
            figures.record_year(writing, firm, 2025, source, blank, actor=spec, fresh=True)
        assert [(fault.field, fault.code) for fault in refused.value.faults] == [(field, code)]
    assert [row.revenue_wan for row in queries.get(session, firm, actor=spec).years] == [Decimal(5000)]


def test_the_newest_revenue_follows_what_is_taken_out_again(
    session: Session, firm: str, actor: ActorOf
) -> None:
    spec = actor("spec_a")
    with unit_of_work() as writing:
        figures.record_year(writing, firm, 2024, "企业年报", {"revenue_wan": Decimal(4000)}, actor=spec)
    _record(firm, spec, revenue_wan=Decimal(5000), employees_end=300)
    _record(firm, spec, revenue_wan=None)
    enterprise = queries.get(session, firm, actor=spec)
    assert (enterprise.latest_year, enterprise.latest_revenue_wan) == (2024, Decimal(4000))


def test_of_two_sources_of_a_year_one_stands_everywhere(session: Session, firm: str, actor: ActorOf) -> None:
    spec = actor("spec_a")
    _record(firm, spec, revenue_wan=Decimal(5000), employees_end=320)
    with unit_of_work() as writing:
        figures.record_year(writing, firm, 2025, "统计", {"revenue_wan": Decimal(5100)}, actor=spec)
    _record(firm, spec, revenue_wan=Decimal(4900))
    enterprise = queries.get(session, firm, actor=spec)
    line = next(each for each in queries.figure_table(enterprise) if each.name == "revenue_wan")
    assert enterprise.latest_revenue_wan == line.values[-1] == Decimal(5100)
    assert "5,100.00" in str(sizes.of(enterprise, clock.today()).reason)


def test_somebody_else_verifies_and_a_new_version_asks_again(
    session: Session, firm: str, actor: ActorOf
) -> None:
    row = _record(firm, actor("head_a"), revenue_wan=Decimal(5000))
    with pytest.raises(Refused):
        _verify(row, actor("head_a"))
    with pytest.raises(NotPermitted):
        _verify(row, actor("spec_a"))
    with pytest.raises(NotPermitted):
        _verify(row, actor("desk_b"))
    _verify(row, actor("desk_a"))
    session.rollback()
    present = queries.get(session, firm, actor=actor("head_a")).years[0]
    assert present.verifier is not None and present.verifier.name == "甲区企服"
    session.rollback()
    _record(firm, actor("spec_a"), revenue_wan=Decimal(5100))
    present = queries.get(session, firm, actor=actor("head_a")).years[0]
    assert present.verified_at is None
    assert figures.versions(session, present.id)[0].verified_at is not None


def test_a_stale_form_is_a_conflict(firm: str, actor: ActorOf) -> None:
    for revenue in (5000, 5100):
        _record(firm, actor("spec_a"), revenue_wan=Decimal(revenue))
    with pytest.raises(Conflict), unit_of_work() as session:
        figures.record_year(
            session,
            firm,
            2025,
            "企业年报",
            {"revenue_wan": Decimal(1)},
            actor=actor("spec_a"),
            version=1,
        )


def test_negative_figures_are_refused_but_a_loss_is_not(firm: str, actor: ActorOf) -> None:
    with pytest.raises(Invalid):
        _record(firm, actor("spec_a"), revenue_wan=Decimal(-1))
    assert _record(firm, actor("spec_a"), net_profit_wan=Decimal(-1)).net_profit_wan == Decimal(-1)


def test_energy_says_by_which_measure(firm: str, actor: ActorOf) -> None:
    with pytest.raises(Invalid) as refused:
        _record(firm, actor("spec_a"), energy_tce=Decimal("920.5"), energy_basis="")
    assert refused.value.faults[0].field == "energy_basis"
    row = _record(firm, actor("spec_a"), energy_tce=Decimal("920.5"), energy_basis="equivalent")
    assert (row.energy_tce, row.energy_basis) == (Decimal("920.5"), "equivalent")
