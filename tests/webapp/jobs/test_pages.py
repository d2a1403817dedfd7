"""The pages of background work: one's own, everybody's for the administrator, stop, retry, run now."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.db import unit_of_work
from core.jobs import service
from core.jobs.models import Job
from core.permissions import Actor
from tests.conftest import csrf_of
from tests.support.browser import fields

As = Callable[[str], FlaskClient]


@pytest.fixture
def jobs(session: Session, actor: Callable[[str], Actor]) -> dict[str, Job]:
    """One job each: of a specialist, of another one, and a dead one of his."""
    people = {name: actor(name) for name in ("spec_a", "spec_b")}
    with unit_of_work() as writing:
        made = {
            "mine": service.enqueue(writing, "imports.run", {}, actor=people["spec_a"], title="名录.xlsx"),
            "other": service.enqueue(writing, "imports.run", {}, actor=people["spec_b"], title="别人的.xlsx"),
            "dead": service.enqueue(writing, "imports.check", {}, actor=people["spec_a"], title="坏的.xlsx"),
        }
        writing.execute(
            update(Job)
            .where(Job.id == made["dead"].id)
            .values(state="dead", attempts=5, error="OSError: disk")
        )
    return made


def _post(client: FlaskClient, url: str, **values: str) -> int:
    token = csrf_of(client.get("/jobs").get_data(as_text=True))
    return client.post(url, data={"csrf_token": token, **values}).status_code


def test_everybody_sees_his_own_and_the_administrator_all(client_as: As, jobs: dict[str, Job]) -> None:
    mine = client_as("spec_a").get("/jobs").get_data(as_text=True)
    assert "导入文件：名录.xlsx" in mine and "别人的.xlsx" not in mine
    everything = client_as("admin").get("/jobs").get_data(as_text=True)
    assert "名录.xlsx" in everything and "别人的.xlsx" in everything and "OSError: disk" in everything
    assert "别人的.xlsx" not in client_as("admin").get("/jobs?state=dead").get_data(as_text=True)


def test_the_list_is_polled_only_while_something_runs(client_as: As, jobs: dict[str, Job]) -> None:
    client = client_as("spec_a")
    part = client.get("/jobs", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.startswith('<div id="jobs" hx-get="/jobs"') and "<html" not in part
    with unit_of_work() as session:
        session.execute(update(Job).where(Job.state == "queued").values(state="done"))
    assert "hx-trigger" not in client.get("/jobs", headers={"HX-Request": "true"}).get_data(as_text=True)


def test_one_s_own_job_can_be_stopped_another_s_is_not_found(
    client_as: As, jobs: dict[str, Job], session: Session
) -> None:
    client = client_as("spec_a")
    assert _post(client, f"/jobs/{jobs['other'].public_id}/cancel") == 404
    assert _post(client, f"/jobs/{jobs['mine'].public_id}/cancel") == 303
    assert _post(client, f"/jobs/{jobs['mine'].public_id}/cancel") == 422
    session.rollback()
    states = {row.title: row.state for row in session.execute(select(Job.title, Job.state))}
    assert (states["名录.xlsx"], states["别人的.xlsx"]) == ("cancelled", "queued")
    assert (
        session.scalar(select(AuditEntry.label).where(AuditEntry.action == "jobs.cancelled")) == "名录.xlsx"
    )


def test_only_the_administrator_tries_a_dead_one_again(
    client_as: As, jobs: dict[str, Job], session: Session
) -> None:
    url = f"/jobs/{jobs['dead'].public_id}/retry"
    assert _post(client_as("spec_a"), url) == 403
    admin = client_as("admin")
    assert _post(admin, url) == 303
    assert _post(admin, url) == 422
    session.rollback()
    found = session.execute(select(Job.state, Job.attempts, Job.error).where(Job.title == "坏的.xlsx")).one()
    assert tuple(found) == ("queued", 0, None)


def test_periodic_work_is_run_by_hand_once_per_form(client_as: As, session: Session) -> None:
    assert client_as("office").get("/jobs/periodic").status_code == 403
    admin = client_as("admin")
    page = admin.get("/jobs/periodic").get_data(as_text=True)
    assert "久未跟进的线索失效" in page and "每天 01:00" in page and "还没做过" in page
    for _click in range(2):
        assert _post(admin, "/jobs/periodic/leads-expire/run", form_key="K" * 26) == 303
    assert _post(admin, "/jobs/periodic/nothing/run") == 404
    session.rollback()
    assert session.scalars(select(Job.periodic)).all() == ["leads-expire"]
    assert "排队中" in admin.get("/jobs/periodic").get_data(as_text=True)


def test_a_result_leads_to_its_own_page_only(client_as: As, jobs: dict[str, Job], session: Session) -> None:
    for url, shown in (("/enterprises?x=1", True), ("//evil.example/", False)):
        with unit_of_work() as writing:
            writing.execute(
                update(Job).where(Job.id == jobs["mine"].id).values(state="done", result={"url": url})
            )
        assert (f'href="{url}"' in client_as("spec_a").get("/jobs").get_data(as_text=True)) is shown


def test_many_dead_ones_are_tried_again_at_once_and_what_is_not_dead_is_named(
    client_as: As, jobs: dict[str, Job], session: Session
) -> None:
    admin = client_as("admin")
    assert "lists/jobs/bulk" not in client_as("spec_a").get("/jobs").get_data(as_text=True)
    page = admin.get("/jobs").get_data(as_text=True)
    chosen = {
        "csrf_token": csrf_of(page), "do": "retry", "q": "",
        "id": [jobs["dead"].public_id, jobs["mine"].public_id],
    }  # fmt: skip
    asked = admin.post("/lists/jobs/bulk", data=chosen).get_data(as_text=True)
    done = admin.post("/lists/jobs/bulk", data={**fields(asked), **chosen, "go": "1"})
    assert done.status_code == 303
    result = admin.get(done.headers["Location"]).get_data(as_text=True)
    assert "这项任务没有失败，不用重试" in result
    session.rollback()
    states = {row.title: row.state for row in session.execute(select(Job.title, Job.state))}
    assert states["坏的.xlsx"] == "queued"


def test_only_the_administrator_does_many_at_once(client_as: As, jobs: dict[str, Job]) -> None:
    client = client_as("spec_a")
    data = {"csrf_token": csrf_of(client.get("/jobs").get_data(as_text=True)), "do": "cancel", "q": ""}
    answer = client.post("/lists/jobs/bulk", data={**data, "id": [jobs["other"].public_id]})
    assert answer.status_code == 403
