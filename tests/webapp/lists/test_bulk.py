"""Many records at once: rights per record, an exact account, the way back, background beyond 200."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import db, unit_of_work
from core.jobs import runner
from core.jobs.models import Job
from core.lists import bulk
from core.lists.bulk_models import BulkItem, BulkRun
from core.permissions import SYSTEM
from crm.enterprises import service as enterprises
from crm.enterprises.models import Enterprise
from tests.support.browser import fields
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def firms(session: Session, world: World) -> dict[str, str]:
    """Name → public id: two of zone A, one of zone B, one that no unit has taken."""
    parks = {
        "甲一": world.park("Z1-01").id,
        "甲二": world.park("Z1-01").id,
        "乙一": world.park("Z2-01").id,
        "无主": None,
    }
    session.rollback()
    with unit_of_work() as writing:
        made = {
            name: enterprises.create(
                writing, {"name": f"{name}有限公司", "park_id": park, "reg_status": "active"}, actor=SYSTEM
            )
            for name, park in parks.items()
        }
    return {name: firm.public_id for name, firm in made.items()}


def _token(client: FlaskClient) -> str:
    return fields(client.get("/lists/enterprises/columns").get_data(as_text=True))["csrf_token"]


def _do(client: FlaskClient, do: str, ids: list[str], **values: str) -> Any:
    chosen = {"csrf_token": _token(client), "do": do, "id": ids, "q": "", **values}
    page = client.post("/lists/enterprises/bulk", data=chosen)
    assert page.status_code == 200
    form = fields(page.get_data(as_text=True))
    return client.post("/lists/enterprises/bulk", data={**form, **chosen, "go": "1", **values})


def _tags(session: Session) -> dict[str, list[str]]:
    session.rollback()
    session.expire_all()
    return {firm.name[:2]: firm.tags for firm in session.scalars(select(Enterprise))}


def test_each_record_is_asked_and_the_refused_are_named(
    client_as: ClientAs, firms: dict[str, str], session: Session
) -> None:
    client = client_as("spec_a")
    answer = _do(client, "tag", list(firms.values()), tag="重点")
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "改了 3 条" in page and "没有改的 1 条" in page
    assert "乙一有限公司" in page and "归其他单位管" in page
    assert _tags(session) == {"甲一": ["重点"], "甲二": ["重点"], "乙一": [], "无主": ["重点"]}
    again = client.get(_do(client, "tag", list(firms.values()), tag="重点").headers["Location"])
    assert "改了 0 条，本来就是这样的 3 条" in again.get_data(as_text=True)
    deeds = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq.desc()).limit(8)).all()
    assert deeds.count("enterprises.changed") == 3 and "lists.bulk_done" in deeds


def test_undo_takes_back_what_nobody_has_touched_since(
    client_as: ClientAs, firms: dict[str, str], session: Session
) -> None:
    client = client_as("spec_a")
    both, soon = [firms["甲一"], firms["甲二"]], (clock.today() + timedelta(days=5)).isoformat()
    past = _do(client, "plan", both, on=(clock.today() - timedelta(days=1)).isoformat())
    assert past.status_code == 422 and "不能早于今天" in past.get_data(as_text=True)
    place = _do(client, "plan", both, on=soon).headers["Location"]
    session.rollback()
    with unit_of_work() as writing:
        touched = writing.scalars(select(Enterprise).where(Enterprise.public_id == firms["甲二"])).one()
        touched.next_contact_on = None
    back = client.post(f"{place}/undo", data={"csrf_token": _token(client)})
    page = client.get(back.headers["Location"]).get_data(as_text=True)
    assert "改了 1 条" in page and "之后又有人改过" in page
    session.rollback()
    session.expire_all()
    days = session.scalars(select(Enterprise.next_contact_on)).all()
    assert set(days) == {None}
    assert client.post(f"{place}/undo", data={"csrf_token": _token(client)}).status_code == 409


def test_a_tag_is_taken_off_those_who_bear_it_and_put_back(
    client_as: ClientAs, firms: dict[str, str], session: Session
) -> None:
    client, mine = client_as("spec_a"), [firms["甲一"], firms["甲二"]]
    _do(client, "tag", mine, tag="重点")
    _do(client, "tag", [firms["甲一"]], tag="链主")
    place = _do(client, "untag", [*mine, firms["无主"]], tag="重点").headers["Location"]
    assert "改了 2 条，本来就是这样的 1 条" in client.get(place).get_data(as_text=True)
    assert _tags(session) == {"甲一": ["链主"], "甲二": [], "乙一": [], "无主": []}
    session.rollback()
    client.post(f"{place}/undo", data={"csrf_token": _token(client)})
    assert _tags(session) == {"甲一": ["重点", "链主"], "甲二": ["重点"], "乙一": [], "无主": []}


def test_the_specialist_of_the_former_unit_is_let_go_and_comes_back(
    client_as: ClientAs, firms: dict[str, str], session: Session, world: World
) -> None:
    number, unit, former = world.account("spec_a").id, world.unit("JKQ").id, world.account("spec_a").unit_id
    session.rollback()
    with unit_of_work() as writing:
        writing.scalars(
            select(Enterprise).where(Enterprise.name == "甲一有限公司")
        ).one().specialist_id = number
    client = client_as("office")
    place = _do(client, "assign", [firms["甲一"]], unit_id=str(unit)).headers["Location"]
    charge = select(Enterprise.unit_id, Enterprise.specialist_id).where(Enterprise.name == "甲一有限公司")
    session.rollback()
    assert tuple(session.execute(charge).one()) == (unit, None)
    session.rollback()
    client.post(f"{place}/undo", data={"csrf_token": _token(client)})
    session.rollback()
    assert tuple(session.execute(charge).one()) == (former, number)


def test_another_unit_takes_charge_and_gives_it_back(
    client_as: ClientAs, firms: dict[str, str], session: Session, world: World
) -> None:
    client, unit = client_as("office"), world.unit("JKQ").id
    before = dict(session.execute(select(Enterprise.public_id, Enterprise.unit_id)).all())
    session.rollback()
    refused = _do(client, "assign", [firms["甲一"]], unit_id="999999")
    assert refused.status_code == 422
    place = _do(client, "assign", [firms["甲一"], firms["无主"]], unit_id=str(unit)).headers["Location"]
    session.rollback()
    now = dict(session.execute(select(Enterprise.public_id, Enterprise.unit_id)).all())
    assert now == {**before, firms["甲一"]: unit, firms["无主"]: unit}
    session.rollback()
    client.post(f"{place}/undo", data={"csrf_token": _token(client)})
    assert dict(session.execute(select(Enterprise.public_id, Enterprise.unit_id)).all()) == before


def test_all_that_meet_the_conditions_are_chosen_not_only_the_page(
    client_as: ClientAs, firms: dict[str, str], session: Session, world: World
) -> None:
    park = world.park("Z1").id
    client = client_as("head_a")
    page = client.get(f"/enterprises?park={park}").get_data(as_text=True)
    link = re.search(r'href="([^"]*all=1[^"]*)"', page)
    assert link is not None and "选中全部 2" in page
    chosen = client.get(link[1].replace("&amp;", "&")).get_data(as_text=True)
    assert chosen.count('name="id"') == chosen.count("checked>") - 1 and 'name="all" value="1"' in chosen
    _do(client, "tag", [], tag="片区", all="1", q=f"park={park}")
    assert _tags(session) == {"甲一": ["片区"], "甲二": ["片区"], "乙一": [], "无主": []}


def test_many_are_done_in_the_background_and_a_second_run_doubles_nothing(
    app: Flask, client_as: ClientAs, firms: dict[str, str], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    monkeypatch.setattr(bulk, "BATCH", 2)
    client = client_as("spec_a")
    place = _do(client, "tag", list(firms.values()), tag="重点").headers["Location"]
    assert "已做 0 条" in client.get(place).get_data(as_text=True)
    job_id = session.scalars(select(Job.id).where(Job.kind == bulk.JOB)).one()
    session.rollback()
    runner.run(job_id, app.app_context)
    run_id = session.scalars(select(BulkRun.id)).one()
    session.rollback()
    bulk.work(run_id, actor=world_actor(session, "spec_a"))
    assert "改了 3 条" in client.get(place).get_data(as_text=True)
    changed = select(func.count()).where(AuditEntry.action == "enterprises.changed")
    assert session.scalar(changed) == 3
    states = session.scalars(select(BulkItem.state)).all()
    assert sorted(states) == ["changed", "changed", "changed", "refused"]


def world_actor(session: Session, name: str) -> Any:
    found = World(session).actor(name)
    db.session.rollback()
    return found


def test_nobody_may_who_may_not_and_nothing_chosen_is_said(
    client_as: ClientAs, firms: dict[str, str]
) -> None:
    leader = client_as("leader")
    assert "打勾后操作" not in leader.get("/enterprises").get_data(as_text=True)
    data = {"csrf_token": _token(leader), "do": "tag", "id": list(firms.values()), "tag": "x", "go": "1"}
    assert leader.post("/lists/enterprises/bulk", data=data).status_code == 403
    client = client_as("spec_a")
    assert _do(client, "tag", [], tag="重点").status_code == 422
    unknown = {"csrf_token": _token(client), "do": "drop", "id": []}
    assert client.post("/lists/enterprises/bulk", data=unknown).status_code == 404


def test_a_run_is_seen_by_its_owner_alone(client_as: ClientAs, firms: dict[str, str]) -> None:
    place = _do(client_as("spec_a"), "tag", [firms["甲一"]], tag="重点").headers["Location"]
    assert client_as("spec_a2").get(place).status_code == 404
