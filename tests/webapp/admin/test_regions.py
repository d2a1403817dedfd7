"""Regions begin and end by their days: registered by an administrator, followed by the register at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Invalid
from core.permissions import Actor
from core.places import Region
from crm.enterprises import picking, service
from tests.support.browser import fill, saved, text
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
    stale = fill(admin, "/admin/regions/519900", valid_to=today, seen="2020-01-01/")
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
