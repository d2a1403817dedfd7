"""Parks: set up, changed, given to another committee and closed by the administrator; what lies in them follows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from core import clock, kept, place_following, places
from core.audit import AuditEntry
from core.db import db, unit_of_work
from core.dirty import SearchDoc
from core.errors import Invalid
from core.jobs.models import Job
from core.lists import reading
from core.lists.query import ListQuery
from core.permissions import SYSTEM, Actor
from core.places import Park, Region
from crm.enterprises import service
from crm.enterprises.models import Enterprise
from crm.parks import listing
from crm.parks import service as park_service
from crm.parks.service import ParkValues
from crm.projects import service as projects
from crm.projects.models import Project
from tests.support.browser import fields, fill, saved, text
from tests.support.firms import new_firm
from tests.support.imports import work
from tests.support.world import World
from tests.webapp.web.test_pages import check_page

ClientAs = Callable[..., FlaskClient]
ActorOf = Callable[[str], Actor]
YESTERDAY = timedelta(days=1)


def plain(**values: Any) -> ParkValues:
    """A park of which nothing is said but these."""
    blank: dict[str, Any] = dict.fromkeys(("short_name", "level", "focus"), "") | {"regions": ()}
    nothing = dict.fromkeys(("parent_id", "unit_id", "valid_from", "valid_to"))
    return ParkValues(**{**blank, **nothing, **values})


def _pid(world: World, code: str) -> str:
    pid = world.park(code).public_id
    world.session.rollback()
    return pid


def _edit(world: World, code: str) -> str:
    return f"/admin/parks/{_pid(world, code)}/edit"


def _firms(session: Session, codes: dict[str, int]) -> dict[str, int | None]:
    session.rollback()
    return {
        name: session.scalar(select(Enterprise.unit_id).where(Enterprise.id == number))
        for name, number in codes.items()
    }


def _put(actor: Actor, name: str, park_id: int) -> int:
    with unit_of_work() as writing:
        values = {"name": name, "reg_status": "active", "park_id": park_id}
        return service.create(writing, values, actor=actor).id


def test_a_park_is_set_up_listed_and_offered_at_once(
    client_as: ClientAs, world: World, session: Session
) -> None:
    admin = client_as("admin")
    zone = world.park("Z1").id
    places.park_choices(session)
    session.rollback()
    saved(
        fill(
            admin, "/admin/parks/new", code="Z1-09", name="甲区新材料园", level="省级", focus="新材料",
            parent_id=str(zone), regions="519900、四川省",
        )
    )  # fmt: skip
    made = session.scalars(select(Park).where(Park.code == "Z1-09")).one()
    assert [each.region_code for each in made.regions] == ["519900", "510000"]
    assert places.unit_of_park(session, made.id) == world.unit("GXQ").id, "it is run by its zone's committee"
    listed = text(admin.get("/admin/parks?zone=" + str(zone)))
    assert "甲区新材料园" in listed and "四川省示例市" in listed and "乙区产业园" not in listed
    assert "甲区 / 甲区新材料园" in text(client_as("spec_a").get("/enterprises/new"))
    shown = text(admin.get(f"/admin/parks/{made.public_id}"))
    assert "四川省示例市" in shown and "（随所属园区）" in shown and "新增园区" in shown
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "places.park_added")).one()
    assert (told.record_id, told.label) == (made.id, "甲区新材料园")


def test_a_form_sent_twice_makes_one_park(client_as: ClientAs, world: World, session: Session) -> None:
    admin = client_as("admin")
    sent = {**fields(text(admin.get("/admin/parks/new"))), "code": "Z7", "name": "丙区"}
    for _time in range(2):
        assert admin.post("/admin/parks/new", data=sent).status_code == 303
    assert session.scalar(select(func.count()).select_from(Park).where(Park.code == "Z7")) == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"code": "Z1", "name": "又一个"}, "这个园区代码已经给了“甲区”"),
        ({"code": "Z9", "name": " "}, "请填名称"),
        ({"code": "", "name": "没有代码"}, "请填园区代码"),
        ({"code": "Z9", "name": "火星园", "regions": "火星市"}, "没有叫“火星市”的区划"),
        (
            {"code": "Z9", "name": "倒过来", "valid_from": "2026-02-02", "valid_to": "2026-02-01"},
            "最后一天不能早于第一天",
        ),
        ({"code": "Z9", "name": "没有主", "unit_id": "999999"}, "有 1 处需要修改"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(
    client_as: ClientAs, world: World, session: Session, given: dict[str, str], says: str
) -> None:
    before = session.scalar(select(func.count()).select_from(Park))
    session.rollback()
    answer = fill(client_as("admin"), "/admin/parks/new", **given)
    assert answer.status_code == 422 and says in text(answer)
    assert session.scalar(select(func.count()).select_from(Park)) == before


def test_no_park_lies_in_itself_nor_in_what_lies_in_it(
    client_as: ClientAs, world: World, session: Session
) -> None:
    admin, zone, inside = client_as("admin"), world.park("Z1").id, world.park("Z1-01").id
    address = _edit(world, "Z1")
    offered = text(admin.get(address)).split('name="parent_id"')[1].split("</select>")[0]
    assert f'value="{zone}"' not in offered and f'value="{inside}"' not in offered
    assert fill(admin, address, parent_id=str(inside)).status_code == 422
    values = plain(name="甲区", parent_id=inside)
    pid = _pid(world, "Z1")
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        park_service.change(writing, pid, values, version=None, actor=SYSTEM)
    assert [fault.code for fault in refused.value.faults] == ["circle"]


def test_the_tree_stays_four_levels_deep(world: World, session: Session) -> None:
    above = world.park("Z1-01").id
    session.rollback()
    for level, code in ((3, "Z1-01-A"), (4, "Z1-01-A-1")):
        with unit_of_work() as writing:
            above = park_service.add(
                writing, code, plain(name=f"第{level}层", parent_id=above), actor=SYSTEM
            ).id
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        park_service.add(writing, "Z1-5", plain(name="第五层", parent_id=above), actor=SYSTEM)
    assert [fault.code for fault in refused.value.faults] == ["deep"]
    zone = session.scalar(select(Park.id).where(Park.code == "Z1")) or 0
    assert len(places.park_and_below(session, zone)) == 4, "conditions and homes reach down to the last level"
    assert places.unit_of_park(session, above) == world.unit("GXQ").id


def test_a_stale_form_overwrites_nothing(client_as: ClientAs, world: World, session: Session) -> None:
    admin, address = client_as("admin"), _edit(world, "Z1-01")
    stale = fields(text(admin.get(address)))
    saved(fill(admin, address, name="甲区一园"))
    answer = admin.post(address, data={**stale, "name": "甲区二园", "base": "{}"})
    assert answer.status_code == 409 and "甲区一园" in text(answer)
    assert world.park("Z1-01").name == "甲区一园"


def test_two_who_change_different_fields_are_both_heard(client_as: ClientAs, world: World) -> None:
    admin, address = client_as("admin"), _edit(world, "Z1")
    mine = fields(text(admin.get(address)))
    saved(fill(admin, address, regions="四川省", level="省级"))
    assert admin.post(address, data={**mine, "focus": "电子信息"}).status_code == 303
    park = world.park("Z1")
    assert (park.level, park.focus) == ("省级", "电子信息")
    assert [each.region_code for each in park.regions] == ["510000"], "nobody's regions are put back unseen"


def test_another_committee_takes_over_what_was_the_old_ones_in_the_background(
    app: Flask, client_as: ClientAs, world: World, session: Session, actor: ActorOf
) -> None:
    park, other = world.park("Z1-01").id, world.park("Z2-01").id
    gxq, jkq, jhj = (world.unit(code).id for code in ("GXQ", "JKQ", "JHJ"))
    specialist = world.account("spec_a").id
    session.rollback()
    firms = {
        name: _put(actor("spec_a"), name, where)
        for name, where in (("甲一", park), ("甲二", park), ("另派", park), ("乙一", other))
    }
    with unit_of_work() as writing:
        writing.get_one(Enterprise, firms["另派"]).unit_id = jhj
        for name in ("甲一", "另派"):
            writing.get_one(Enterprise, firms[name]).specialist_id = specialist
    saved(fill(client_as("admin"), _edit(world, "Z1-01"), unit_id=str(jkq)))
    assert _firms(session, firms)["甲一"] == gxq, "a request moves no thousands of records"
    marks = _versions(session, firms)
    work(app)
    assert _firms(session, firms) == {"甲一": jkq, "甲二": jkq, "另派": jhj, "乙一": jkq}
    now = _versions(session, firms)
    assert {name for name in firms if now[name] > marks[name]} == {"甲一", "甲二"}, "found by their rights"
    served = select(Enterprise.specialist_id).order_by(Enterprise.id)
    assert session.scalars(served).all() == [None, None, specialist, None], "he is not of the new committee"
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "places.park_followed")).one()
    assert told.changes == {"enterprises": [None, 2]}
    with unit_of_work() as writing:
        place_following.follow_soon(writing, [park], left=[gxq], actor=SYSTEM)
    work(app)
    assert session.scalars(select(Job.state).where(Job.kind == place_following.JOB)).all() == ["done", "done"]


def _versions(session: Session, firms: dict[str, int]) -> dict[str, int]:
    session.rollback()
    rows = session.execute(select(SearchDoc.id, SearchDoc.version).where(SearchDoc.kind == "enterprise"))
    marks = {row.id: row.version for row in rows}
    return {name: marks.get(number, 0) for name, number in firms.items()}


def test_parks_without_a_committee_of_their_own_go_with_their_zone(
    app: Flask, client_as: ClientAs, world: World, session: Session, actor: ActorOf
) -> None:
    jkq, park = world.unit("JKQ").id, world.park("Z1-01").id
    session.rollback()
    saved(fill(client_as("admin"), _edit(world, "Z1-01"), unit_id="0"))
    firms = {"甲一": _put(actor("spec_a"), "甲一", park)}
    saved(fill(client_as("admin"), _edit(world, "Z1"), unit_id=str(jkq)))
    work(app)
    assert _firms(session, firms) == {"甲一": jkq}


def test_a_dissolved_committee_leaves_its_parks_enterprises_to_the_successor(
    app: Flask, client_as: ClientAs, world: World, session: Session, actor: ActorOf
) -> None:
    gxq, jkq, park = world.unit("GXQ"), world.unit("JKQ"), world.park("Z1-01").id
    session.rollback()
    firms, specialist = {"甲一": _put(actor("spec_a"), "甲一", park)}, world.account("spec_a").id
    session.rollback()
    with unit_of_work() as writing:
        writing.get_one(Enterprise, firms["甲一"]).specialist_id = specialist
    address = f"/admin/units/{gxq.public_id}/dissolve"
    saved(fill(client_as("admin"), address, reason="机构改革", successor=jkq.public_id))
    work(app)
    assert _firms(session, firms) == {"甲一": jkq.id}
    assert session.scalars(select(Enterprise.specialist_id)).all() == [specialist], "he went along"


def test_a_renamed_park_is_read_and_found_by_its_new_name(
    app: Flask, client_as: ClientAs, world: World, session: Session, make_project: Callable[..., Project]
) -> None:
    park = world.park("Z1-01").id
    session.rollback()
    project = make_project(park_id=park).id
    before = session.scalar(select(SearchDoc.version).where(SearchDoc.kind == "project")) or 0
    session.rollback()
    saved(fill(client_as("admin"), _edit(world, "Z1-01"), name="甲区显示产业园"))
    work(app)
    mark = session.scalars(
        select(SearchDoc).where(SearchDoc.kind == "project", SearchDoc.id == project)
    ).one()
    assert mark.version > before
    assert "甲区 / 甲区显示产业园" in text(client_as("spec_a").get("/enterprises"))


def test_what_is_changed_is_told_by_names(client_as: ClientAs, world: World, session: Session) -> None:
    admin, zone = client_as("admin"), _pid(world, "Z1")
    jkq = world.unit("JKQ")
    session.rollback()
    saved(fill(admin, f"/admin/parks/{zone}/edit", regions="四川省、519900", unit_id=str(jkq.id), focus=""))
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "places.park_changed")).one()
    assert told.changes["regions"] == ["四川省示例市", "四川省、四川省示例市"]
    shown = text(admin.get(f"/admin/parks/{zone}"))
    assert "<del>四川省示例市</del> → <ins>四川省、四川省示例市</ins>" in shown
    assert f"<ins>{jkq.name}</ins>" in shown, "a unit by its name, not its key"
    assert [each.region_code for each in world.park("Z1").regions] == ["510000", "519900"]


def test_a_form_sent_twice_changes_once(client_as: ClientAs, world: World, session: Session) -> None:
    admin, address = client_as("admin"), _edit(world, "Z1-01")
    sent = {**fields(text(admin.get(address))), "name": "甲区一园"}
    for _time in range(2):
        assert admin.post(address, data=sent).status_code == 303
    deeds = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "places.park_changed")
    assert session.scalar(deeds) == 1


def test_a_closed_park_takes_no_project(
    world: World, session: Session, actor: ActorOf, make_project: Callable[..., Project]
) -> None:
    zone, park = world.park("Z1").id, world.park("Z1-01").id
    session.rollback()
    project = make_project(park_id=zone)
    with unit_of_work() as writing:
        for number in (zone, park):
            writing.get_one(Park, number).valid_to = clock.today() - YESTERDAY

    def change(**values: Any) -> None:
        with unit_of_work() as writing:
            projects.update(writing, project.public_id, values, version=None, actor=actor("spec_a"))

    change(park_id=zone, parcel="二号地块")
    with pytest.raises(Invalid) as refused:
        change(park_id=park)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("park_id", "closed")]
    with pytest.raises(Invalid) as refused:
        make_project(park_id=park, lead={"investor_name": "栖霞微显示有限公司"})
    assert [fault.code for fault in refused.value.faults] == ["closed"]


def test_a_closed_park_is_chosen_no_more_and_pointed_out_where_it_stands(
    client_as: ClientAs, world: World, session: Session, actor: ActorOf
) -> None:
    admin, spec = client_as("admin"), client_as("spec_a")
    park = world.park("Z1-01").id
    session.rollback()
    firm = new_firm(spec, park_id=str(park))
    over = clock.today() - YESTERDAY
    saved(fill(admin, _edit(world, "Z1-01"), valid_to=over.isoformat()))
    assert f'value="{park}"' not in text(spec.get("/enterprises/new")), "not for a new one"
    assert "已停用）" in text(spec.get(f"{firm}/edit/place")), "the one where it lies already"
    assert f"“甲区 / 甲区产业园”已于 {over} 停用" in text(spec.get(firm))
    saved(fill(spec, f"{firm}/edit/place", reg_address="示例市高新路 1 号"))
    assert session.scalars(select(Enterprise.park_id)).one() == park, "it stays"
    session.rollback()
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        service.create(writing, {"name": "晚来有限公司", "park_id": park}, actor=actor("spec_a"))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("park_id", "closed")]
    assert f'value="{park}"' in text(spec.get("/enterprises")), "what lies there is still looked for"
    closed = text(admin.get("/admin/parks?state=closed"))
    assert "甲区产业园" in closed and "乙区产业园" not in closed


def test_a_zone_closes_after_what_lies_in_it(client_as: ClientAs, world: World) -> None:
    admin, today = client_as("admin"), clock.today().isoformat()
    answer = fill(admin, _edit(world, "Z1"), valid_to=today)
    assert answer.status_code == 422 and "下面还有用到更晚的片区：甲区产业园" in text(answer)
    saved(fill(admin, _edit(world, "Z1-01"), valid_to=today))
    saved(fill(admin, _edit(world, "Z1"), valid_to=today))


def test_a_park_that_begins_tomorrow_is_offered_tomorrow(
    client_as: ClientAs, world: World, session: Session
) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    saved(
        fill(
            client_as("admin"), "/admin/parks/new", code="Z8", name="明日园", valid_from=tomorrow.isoformat()
        )
    )
    assert "明日园" not in [label for _key, label in places.parks_to_choose(session)]
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert "明日园" in [label for _key, label in places.parks_to_choose(session)]


def test_an_ended_region_of_a_park_stays_and_is_not_taken_anew(
    client_as: ClientAs, world: World, session: Session
) -> None:
    admin = client_as("admin")
    with unit_of_work() as writing:
        writing.get_one(Region, "519900").valid_to = clock.today() - YESTERDAY
    saved(fill(admin, _edit(world, "Z1"), focus="电子信息"))
    assert [each.region_code for each in world.park("Z1").regions] == ["519900"]
    assert "不再存续" in text(admin.get(f"/admin/parks/{_pid(world, 'Z1')}"))
    answer = fill(admin, "/admin/parks/new", code="Z8", name="晚园", regions="519900")
    assert answer.status_code == 422 and "撤销或并入别处" in text(answer)


def test_nobody_else_manages_parks_and_an_unknown_one_is_not_found(client_as: ClientAs, world: World) -> None:
    pid = _pid(world, "Z1")
    addresses = (
        "/admin/parks", "/admin/parks/new", f"/admin/parks/{pid}", f"/admin/parks/{pid}/edit",
        "/lists/exports/new/parks",
    )  # fmt: skip
    admin = client_as("admin")
    for address in addresses:
        check_page(text(admin.get(address)))
    assert admin.get("/admin/parks/00000000000000000000000000").status_code == 404
    for name in ("security", "auditor", "office", "leader", "head_a", "spec_a"):
        for address in addresses:
            assert client_as(name).get(address).status_code in (403, 404), (name, address)
    assert client_as("spec_a").post("/admin/parks/new", data={"code": "X", "name": "x"}).status_code in (
        400,
        403,
    )


def test_the_list_says_when_nothing_fits_and_reads_in_english(client_as: ClientAs, world: World) -> None:
    admin = client_as("admin")
    assert "甲区产业园" not in text(admin.get("/admin/parks?q=火星"))
    admin.set_cookie("lang", "en")
    page = text(admin.get("/admin/parks"))
    assert "<title>Parks" in page and "New park" in page
    assert "Active" in page and "Closed" in page
    edit = text(admin.get(_edit(world, "Z1")))
    assert "Last day" in edit and "Administrative regions" in edit


def _cost(session: Session) -> int:
    """How many statements a page of the list takes."""
    session.rollback()
    kept.forget()
    taken: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        taken.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        page = reading.page(session, listing.LIST, ListQuery(), actor=SYSTEM)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert page.rows
    return len(taken)


def test_a_page_of_the_list_costs_the_same_however_many_parks_there_are(
    world: World, session: Session
) -> None:
    few = _cost(session)
    session.rollback()
    with unit_of_work() as writing:
        for number in range(30):
            values = plain(name=f"新园{number}", regions=["519900"])
            park_service.add(writing, f"N{number:02}", values, actor=SYSTEM)
    assert _cost(session) == few <= 9
