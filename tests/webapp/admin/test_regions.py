"""Regions begin and end by their days: registered by an administrator, followed by the register at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, places_today
from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Invalid
from core.permissions import Actor
from core.places import Region
from crm.enterprises import picking, service
from crm.enterprises.models import Enterprise
from tests.support.browser import fields, fill, saved, text
from tests.support.firms import new_firm
from tests.webapp.web.test_pages import check_page

ClientAs = Callable[[str], FlaskClient]
ActorOf = Callable[[str], Actor]


def test_a_region_that_an_administrator_ends_is_chosen_no_more_and_pointed_out(
    client_as: ClientAs, session: Session, actor: ActorOf
) -> None:
    admin, spec = client_as("admin"), client_as("spec_a")
    firm = new_firm(spec, region_code="519900")
    assert "示例市" in text(admin.get("/admin/regions?q=5199")) and "现行" in text(
        admin.get("/admin/regions?q=示例")
    )
    over = clock.today() - timedelta(days=1)
    saved(fill(admin, "/admin/regions/519900", valid_to=over.isoformat()))
    assert f"… 至 {over}" in text(admin.get("/admin/regions")) and "不再存续" in text(
        admin.get("/admin/regions")
    )
    assert picking.regions(session, "示例", actor("spec_a")) == []
    assert f"已于 {over} 撤销或并入别处" in text(spec.get(firm))
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "places.region_dated")).one()
    assert told.record_id == 519900 and told.changes == {"valid_to": [None, over.isoformat()]}


def test_a_new_region_lies_where_its_code_says_and_begins_on_its_day(
    client_as: ClientAs, session: Session, actor: ActorOf
) -> None:
    admin, tomorrow = client_as("admin"), clock.today() + timedelta(days=1)
    saved(fill(admin, "/admin/regions/new", code="519901", name="新设区", valid_from=tomorrow.isoformat()))
    made = session.get_one(Region, "519901")
    assert (made.full_name, made.level, made.parent_code) == ("四川省示例市新设区", 3, "519900")
    session.rollback()
    assert picking.regions(session, "新设", actor("spec_a")) == [], "it is offered from its day on"
    session.rollback()
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        service.create(writing, {"name": "早了一天有限公司", "region_code": "519901"}, actor=actor("spec_a"))
    assert [fault.code for fault in refused.value.faults] == ["not_yet"]
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert [pick.value for pick in picking.regions(session, "新设", actor("spec_a"))] == ["519901"]


@pytest.mark.parametrize(
    ("address", "given", "says"),
    [
        ("new", {"code": "519900", "name": "又一个"}, "这个区划代码已经有了"),
        ("new", {"code": "99", "name": "哪里"}, "区划代码是 6 位数字"),
        ("new", {"code": "990001", "name": "哪里"}, "前几位要是已有的省、市"),
        ("new", {"code": "519902", "name": " "}, "请填名称"),
        ("519900", {"valid_from": "2026-05-02", "valid_to": "2026-05-01"}, "最后一天不能早于第一天"),
    ],
)
def test_what_is_wrong_is_named(
    client_as: ClientAs, session: Session, address: str, given: dict[str, str], says: str
) -> None:
    answer = fill(client_as("admin"), f"/admin/regions/{address}", **given)
    assert answer.status_code == 422 and says in text(answer)
    assert session.scalars(select(Region.valid_to).where(Region.valid_to.is_not(None))).all() == []


def test_days_that_somebody_else_has_given_meanwhile_are_not_overwritten(
    client_as: ClientAs, session: Session
) -> None:
    admin = client_as("admin")
    today = clock.today().isoformat()
    stale = fill(admin, "/admin/regions/519900", valid_to=today, seen="2020-01-01//")
    assert stale.status_code == 409
    assert fill(admin, "/admin/regions/519900", valid_to=today, seen="x").status_code == 409
    assert session.get_one(Region, "519900").valid_to is None


def test_nobody_else_gives_days_and_an_unknown_code_is_not_found(client_as: ClientAs) -> None:
    admin = client_as("admin")
    assert admin.get("/admin/regions/000000").status_code == 404
    for address in ("/admin/regions?q=51", "/admin/regions/new", "/admin/regions/519900"):
        check_page(text(admin.get(address)))
    assert "没有找到“不存在”" in text(client_as("admin").get("/admin/regions?q=不存在"))
    for name in ("security", "office", "spec_a"):
        client = client_as(name)
        for address in ("/admin/regions", "/admin/regions/new", "/admin/regions/519900"):
            assert client.get(address).status_code in (403, 404), (name, address)


@pytest.fixture
def counties(session: Session) -> None:
    """An old county, the district that it became, and one beside it."""
    session.rollback()
    with unit_of_work() as writing:
        for code, name in (("519924", "试县"), ("519905", "试州区"), ("519906", "邻区")):
            full_name = f"四川省示例市{name}"
            writing.add(Region(code=code, name=name, full_name=full_name, level=3, parent_code="519900"))


def _yesterday() -> str:
    return (clock.today() - timedelta(days=1)).isoformat()


@pytest.mark.usefixtures("counties")
def test_an_ended_region_names_what_it_has_become_wherever_it_is_met(
    client_as: ClientAs, session: Session, actor: ActorOf
) -> None:
    admin, spec = client_as("admin"), client_as("spec_a")
    firm = new_firm(spec, region_code="519924")
    saved(fill(admin, "/admin/regions/519924", valid_to=_yesterday(), into="519905"))
    assert "现在归四川省示例市试州区" in text(admin.get("/admin/regions"))
    shown = text(spec.get(firm))
    assert "现在是519905 四川省示例市试州区" in shown and "改为四川省示例市试州区" in shown
    offered = text(spec.get(f"{firm}/edit/place?region=519905"))
    assert 'value="519905"' in offered and "点选现在的" in offered
    assert 'value="519924"' in text(spec.get(f"{firm}/edit/place?region=519906")), (
        "only what follows is taken"
    )
    for typed in ("519924", "试县"):
        picks = picking.regions(session, typed, actor("spec_a"))
        assert [(pick.value, pick.note) for pick in picks] == [("519905", "原519924 四川省示例市试县")]
    session.rollback()
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        values = {"name": "还填旧县有限公司", "region_code": "519924"}
        service.create(writing, values, actor=actor("spec_a"))
    assert "请改用 519905 四川省示例市试州区" in str(refused.value.faults[0].message)
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "places.region_dated")).one()
    assert told.changes["successors"] == ["", "519905"]
    session.rollback()
    saved(fill(spec, f"{firm}/edit/place", reg_address="示例市老街 1 号"))
    assert session.scalars(select(Enterprise.region_code)).one() == "519924", (
        "what stands is not changed unasked"
    )
    session.rollback()
    saved(fill(spec, f"{firm}/edit/place?region=519905"))
    assert session.scalars(select(Enterprise.region_code)).one() == "519905"
    assert "撤销或并入别处" not in text(spec.get(firm))


@pytest.mark.usefixtures("counties")
def test_a_successor_that_has_ended_since_leads_on(client_as: ClientAs, session: Session) -> None:
    admin = client_as("admin")
    saved(fill(admin, "/admin/regions/519924", valid_to=_yesterday(), into="519905、519906"))
    saved(fill(admin, "/admin/regions/519905", valid_to=_yesterday(), into="519906"))
    found = places_today.following(places_today.successors(session), "519924")
    assert [place.code for place in found] == ["519906"]


@pytest.mark.usefixtures("counties")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"valid_to": "2026-01-01", "into": "519999"}, "没有区划代码 519999"),
        ({"valid_to": "2026-01-01", "into": "519924"}, "不能归到它自己，也不能绕回来"),
        ({"valid_to": "2026-01-01", "into": "519906"}, "不能归到它自己，也不能绕回来"),
        ({"valid_to": "", "into": "519905"}, "就要填最后一天"),
    ],
)
def test_a_successor_that_cannot_be_is_refused(
    client_as: ClientAs, session: Session, given: dict[str, str], says: str
) -> None:
    admin = client_as("admin")
    saved(fill(admin, "/admin/regions/519906", valid_to=_yesterday(), into="519924"))
    answer = fill(admin, "/admin/regions/519924", **given)
    assert answer.status_code == 422 and says in text(answer)
    assert session.get_one(Region, "519924").valid_to is None


@pytest.mark.usefixtures("counties")
def test_successors_that_somebody_else_has_given_meanwhile_are_not_overwritten(
    client_as: ClientAs, session: Session
) -> None:
    admin, address = client_as("admin"), "/admin/regions/519924"
    stale = fields(text(admin.get(address)))
    saved(fill(admin, address, valid_to=_yesterday(), into="519905"))
    answer = admin.post(address, data={**stale, "valid_to": _yesterday(), "into": "519906"})
    assert answer.status_code == 409
    assert [each.successor_code for each in session.get_one(Region, "519924").successors] == ["519905"]


@pytest.mark.usefixtures("counties")
def test_what_a_region_has_become_reads_in_english(client_as: ClientAs) -> None:
    admin = client_as("admin")
    saved(fill(admin, "/admin/regions/519924", valid_to=_yesterday(), into="519905"))
    admin.set_cookie("lang", "en")
    assert "What it is now" in text(admin.get("/admin/regions/519924"))
    assert "now 四川省示例市试州区" in text(admin.get("/admin/regions"))
