"""Every kind of record of the thread keeps follow-ups, tasks, notes and files, by one component."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from core import clock
from core.db import db, unit_of_work
from core.files import Attachment
from crm.activity.models import FollowUp, Note, Task
from crm.cultivation.models import RosterEntry
from crm.enterprises.models import Enterprise
from crm.greencards.models import ServiceCase
from tests.support.browser import fill
from tests.support.city import City
from tests.support.forms import PDF
from webapp.staff.activity.subjects import KINDS

PEOPLE = ("specialist", "desk", "head")


@pytest.fixture(autouse=True)
def _in_the_application(the_app: Flask) -> Any:
    with the_app.test_request_context():
        yield
        db.session.remove()


def _open(city: City, kind: str) -> tuple[str, Any, str]:
    """Somebody, and a record of this kind to which he may add; with the address of its page."""
    known = KINDS[kind]
    db.session.rollback()
    for record in db.session.scalars(select(known.model).order_by(known.model.id)).unique():
        if known.closed(record):
            continue
        page = known.url(record)
        for person in PEOPLE:
            if f"/activity/{kind}/{record.public_id}/tasks/new" in city.client(person).get(page).text:
                return person, record, page
    raise AssertionError(f"nobody of {PEOPLE} may add to a {kind}")


TALK = {
    "how": "visit",
    "their_people": "邵庭（部长）",
    "summary": "看了现场，谈了进度",
    "next_step": "下周送清单",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_record_keeps_all_four_and_shows_them(city: City, kind: str) -> None:
    person, record, page = _open(city, kind)
    client, at, number = city.client(person), f"/activity/{kind}/{record.public_id}", record.id
    day = clock.today() + timedelta(days=9)
    title, note = f"{kind} 的待办", f"{kind} 的备注"
    sent = (
        fill(client, f"{at}/follow-up", **TALK, next_on=day.isoformat()),
        fill(
            client, f"{at}/tasks/new", sort="problem", title=title, owner_text="园区", due_on=day.isoformat()
        ),
        fill(client, f"{at}/notes/new", text=note),
        fill(client, f"{at}/files/new", file=(io.BytesIO(PDF), f"{kind}.pdf")),
    )
    assert [answer.status_code for answer in sent] == [303] * 4
    assert all(answer.headers["Location"].split("#")[0] == page for answer in sent)
    shown = client.get(page).text
    assert all(text in shown for text in (title, note, f"{kind}.pdf", TALK["summary"]))
    db.session.rollback()
    for model in (FollowUp, Task, Note, Attachment):
        assert db.session.scalar(select(model.id).where(model.kind == kind, model.record_id == number))
    task = db.session.scalars(select(Task).where(Task.title == title)).one()
    assert (
        f"{record.public_id}/tasks/{task.public_id}"
        in client.get(f"/tasks/{task.public_id}").headers["Location"]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_only_reads_adds_nothing(city: City, kind: str) -> None:
    _person, record, page = _open(city, kind)
    leader = city.client("leader")
    assert f"/activity/{kind}/{record.public_id}/" not in leader.get(page).text
    for what in ("follow-up", "tasks/new", "notes/new", "files/new"):
        assert leader.get(f"/activity/{kind}/{record.public_id}/{what}").status_code == 403


@pytest.mark.parametrize("kind", ["service_case", "service_request", "green_card", "cultivation", "target"])
def test_who_speaks_about_a_part_speaks_with_the_enterprise(city: City, kind: str) -> None:
    person, record, _page = _open(city, kind)
    firm = record.enterprise_id
    db.session.rollback()
    with unit_of_work() as session:
        session.execute(update(Enterprise).where(Enterprise.id == firm).values(last_contact_on=None))
    answer = fill(city.client(person), f"/activity/{kind}/{record.public_id}/follow-up", **TALK)
    assert answer.status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(Enterprise.last_contact_on).where(Enterprise.id == firm)) == clock.today()


def test_what_has_ended_takes_nothing_more_but_its_open_tasks_can_be_finished(city: City) -> None:
    person, case, page = _open(city, "service_case")
    client, at = city.client(person), f"/activity/service_case/{case.public_id}"
    day = (clock.today() + timedelta(days=3)).isoformat()
    fill(client, f"{at}/tasks/new", sort="todo", title="结案前的事", owner_text="园区", due_on=day)
    db.session.rollback()
    with unit_of_work() as session:
        ended = {"status": "closed", "production_on": clock.today(), "satisfaction": 3}
        session.execute(update(ServiceCase).where(ServiceCase.id == case.id).values(**ended))
    try:
        assert f"{at}/tasks/new" not in client.get(page).text
        for what, values in (("follow-up", TALK), ("notes/new", {"text": "x"})):
            answer = fill(client, f"{at}/{what}", **values)
            assert answer.status_code == 422 and "已经结束" in answer.text
        task = db.session.scalars(select(Task).where(Task.title == "结案前的事")).one()
        assert fill(client, f"{at}/tasks/{task.public_id}", done="y", progress="办完了").status_code == 303
        db.session.rollback()
        assert db.session.get_one(Task, task.id).done_at is not None
    finally:
        db.session.rollback()
        with unit_of_work() as session:
            undone = {"status": "open", "production_on": None, "satisfaction": None}
            session.execute(update(ServiceCase).where(ServiceCase.id == case.id).values(**undone))


@pytest.mark.parametrize(
    ("address", "model"), [("/greencards/cases", ServiceCase), ("/cultivation", RosterEntry)]
)
def test_the_neglected_are_a_filter_of_the_list(city: City, address: str, model: Any) -> None:
    kind = {ServiceCase: "service_case", RosterEntry: "cultivation"}[model]
    person, record, page = _open(city, kind)
    client, number = city.client(person), record.id
    for days, light in ((1, "green"), (40, "amber"), (90, "red"), (None, "grey")):
        last = None if days is None else clock.today() - timedelta(days=days)
        db.session.rollback()
        with unit_of_work() as session:
            session.execute(update(model).where(model.id == number).values(last_contact_on=last))
        assert page in client.get(f"{address}?contact={light}&size=100").text
        silent = page in client.get(f"{address}?contact=silent&size=100").text
        assert silent is (light in ("red", "grey"))
