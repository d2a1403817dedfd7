"""Honours: entered with the right level, over by the date, revoked, removed; only what holds counts (DOMAIN 3, 24)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import unit_of_work
from core.dirty import SearchDoc
from core.errors import Conflict, Invalid, NotPermitted
from core.lists import reading
from core.lists.query import ListQuery
from core.permissions import Actor
from crm.enterprises import honours, listing, queries
from crm.enterprises.models import Honour
from search.documents import enterprises as documents

ActorOf = Callable[[str], Actor]


def _add(firm: str, actor: Actor, **values: Any) -> Honour:
    given = {"kind": "hte", "name": "高新技术企业", "level": "national", **values}
    with unit_of_work() as session:
        return honours.add(session, firm, given, actor=actor)


def _listed(session: Session, actor: Actor) -> int:
    session.rollback()
    return reading.page(session, listing.LIST, ListQuery(filters={"honour": ("hte",)}), actor=actor).total


def test_an_honour_is_entered_and_audited(session: Session, firm: str, actor: ActorOf) -> None:
    _add(firm, actor("spec_a"), batch="第三批", doc_no="川科[2025]3号", granted_on=date(2025, 3, 1))
    honour = queries.get(session, firm, actor=actor("leader")).honours[0]
    assert (honour.doc_no, honour.granted_year) == ("川科〔2025〕3号", 2025)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "enterprises.honour_added")).one()
    assert entry.label.endswith("高新技术企业")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "little_giant", "level": "provincial"}, "level"),
        ({"kind": "srdi_sme", "level": "national"}, "level"),
        ({"level": "village"}, "level"),
        ({"kind": "best"}, "kind"),
        ({"name": " "}, "name"),
        ({"valid_from": date(2026, 1, 1), "valid_to": date(2025, 1, 1)}, "valid_to"),
        ({"granted_on": date(2100, 1, 1)}, "granted_on"),
    ],
)
def test_wrong_levels_and_days_are_refused(
    firm: str, actor: ActorOf, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        _add(firm, actor("spec_a"), **values)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_only_what_holds_today_counts(session: Session, firm: str, actor: ActorOf) -> None:
    spec = actor("spec_a")
    yesterday = clock.today() - timedelta(days=1)
    over = _add(firm, spec, valid_to=yesterday)
    assert _listed(session, spec) == 0
    built = documents.build(session, [over.enterprise_id])[over.enterprise_id]
    assert "高新技术企业" not in built.body
    holds = _add(firm, spec, valid_to=clock.today())
    assert _listed(session, spec) == 1
    with unit_of_work() as writing:
        honours.revoke(writing, holds.public_id, clock.today(), reason="公告取消", version=1, actor=spec)
    assert _listed(session, spec) == 0


def test_another_zone_enters_nothing(firm: str, actor: ActorOf) -> None:
    with pytest.raises(NotPermitted):
        _add(firm, actor("spec_b"))
    with pytest.raises(NotPermitted):
        _add(firm, actor("leader"))


def test_a_correction_needs_the_present_version(firm: str, actor: ActorOf) -> None:
    honour = _add(firm, actor("spec_a"))
    with unit_of_work() as session:
        honours.change(session, honour.public_id, {"batch": "第四批"}, version=1, actor=actor("spec_a"))
    with pytest.raises(Conflict), unit_of_work() as session:
        honours.change(session, honour.public_id, {"batch": "第五批"}, version=1, actor=actor("spec_a"))


def test_what_was_entered_by_mistake_goes_and_the_audit_keeps_it(
    session: Session, firm: str, actor: ActorOf
) -> None:
    honour = _add(firm, actor("spec_a"), batch="第三批")
    with pytest.raises(Invalid), unit_of_work() as writing:
        honours.remove(writing, honour.public_id, reason=" ", version=1, actor=actor("spec_a"))
    with unit_of_work() as writing:
        honours.remove(writing, honour.public_id, reason="录错企业", version=1, actor=actor("spec_a"))
    assert queries.get(session, firm, actor=actor("spec_a")).honours == []
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "enterprises.honour_removed")).one()
    assert entry.reason == "录错企业" and entry.changes["batch"] == ["第三批", None]


def test_the_night_after_its_last_day_an_honour_reaches_search(
    session: Session, firm: str, actor: ActorOf
) -> None:
    today = clock.today()
    honour = _add(firm, actor("spec_a"), valid_to=today - timedelta(days=1))
    number = honour.enterprise_id
    before = session.get_one(SearchDoc, ("enterprise", number)).version
    assert honours.turned(session, today - timedelta(days=1), today) == [number]
    assert honours.turned(session, today, today) == []
    assert before == 2


def test_the_same_honour_is_entered_once_and_a_new_grant_is_another(firm: str, actor: ActorOf) -> None:
    spec = actor("spec_a")
    _add(firm, spec, granted_year=2019, batch="")
    with pytest.raises(Invalid) as refused:
        _add(firm, spec, granted_year=2019)
    assert [fault.code for fault in refused.value.faults] == ["twice"]
    again = _add(firm, spec, granted_year=2022)
    with pytest.raises(Invalid), unit_of_work() as writing:
        honours.change(writing, again.public_id, {"granted_year": 2019}, version=again.version, actor=spec)
