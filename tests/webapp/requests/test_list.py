"""Requests as a list and as a board: conditions, what is late, who may take them out, the call of a program."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.lists import boards, reading
from core.lists.query import ListQuery
from crm.service_requests import listing
from tests.support.requests import Scene, at

ClientAs = Callable[..., FlaskClient]


def _found(session: Session, scene: Scene, username: str = "desk_a", **filters: str) -> list[str]:
    query = ListQuery(filters={name: (value,) for name, value in filters.items()})
    page = reading.page(session, listing.LIST, query, actor=scene.actor(username))
    return [row.title for row in page.rows]


def _two(scene: Scene) -> None:
    """One handled in zone A, one just submitted there, one of zone B."""
    scene.handling()
    scene.submit(title="用工缺口三百人", category="staff", nature="help")
    scene.submit("b", title="别的园区的事")


def test_conditions_narrow_the_list_and_another_zone_is_never_in_it(session: Session, scene: Scene) -> None:
    _two(scene)
    handled, new = "110 kV 接入方案久未答复", "用工缺口三百人"
    assert _found(session, scene) == [new, handled]
    assert _found(session, scene, status="handling") == [handled]
    assert _found(session, scene, category="staff") == [new]
    assert _found(session, scene, q="缺口") == [new]
    assert _found(session, scene, host=str(scene.unit_id("GXQ-QF"))) == [handled]
    assert _found(session, scene, "desk_b") == ["别的园区的事"]
    enterprise = scene.request(scene.submit()).enterprise.name
    assert len(_found(session, scene, enterprise=enterprise[:4])) == 3


def test_late_is_what_ran_out_and_not_what_stands_still(session: Session, scene: Scene) -> None:
    _two(scene)
    with unit_of_work() as writing:
        for row in writing.query(listing.ServiceRequest):
            row.queue_due_at = at("2020-01-02 09:00")
            if row.status == "handling":
                row.status = "waiting_enterprise"
    assert _found(session, scene, late="yes") == ["用工缺口三百人"]
    assert _found(session, scene, late="no") == ["110 kV 接入方案久未答复"]
    columns = boards.read(session, listing.LIST, listing.BOARD, ListQuery(), actor=scene.actor("desk_a"))
    counts = {column.code: (column.count, column.late) for column in columns if column.count}
    assert counts == {"submitted": (1, 1), "waiting_enterprise": (1, 0)}


def test_the_desk_leads_to_list_and_board_and_the_list_shows_its_rows(
    scene: Scene, client_as: ClientAs
) -> None:
    _two(scene)
    desk = client_as("desk_a")
    start = desk.get("/requests").get_data(as_text=True)
    assert 'href="/requests/list"' in start and 'href="/requests/board"' in start
    rows = desk.get("/requests/list?status=submitted").get_data(as_text=True)
    assert "用工缺口三百人" in rows and "110 kV" not in rows and "/lists/exports/new/requests" in rows
    cards = desk.get("/requests/board").get_data(as_text=True)
    assert "用工缺口三百人" in cards and "别的园区的事" not in cards


def test_who_only_looks_on_sees_requests_but_may_not_take_them_out(scene: Scene, client_as: ClientAs) -> None:
    _two(scene)
    handler = client_as("leader")
    assert handler.get("/requests/list").status_code == 200
    assert handler.get("/lists/exports/new/requests").status_code == 403
    assert client_as("desk_a").get("/lists/exports/new/requests").status_code == 200
    assert client_as("user_a").get("/requests/list").status_code in (403, 404)
