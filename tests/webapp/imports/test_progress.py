"""While a run is under way: how far it is, when it will be done, that it stops; and when it fails for good."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from core import clock
from core.db import db, unit_of_work
from core.imports.handlers import Line
from core.imports.models import Import
from core.jobs import service as jobs
from core.jobs.models import Job
from crm.enterprises.import_handler import EnterpriseImport
from crm.enterprises.models import Enterprise
from tests.conftest import csrf_of
from tests.support.importing import adds_up
from tests.support.imports import ClientAs, Upload, confirm, opened, work
from tests.support.sheets import HEAD, firm
from webapp.staff.imports.results import minutes_left

FIRMS = 3


@pytest.mark.parametrize(
    ("gone", "done", "total", "minutes"),
    [
        (2, 10, 100, None),
        (60, 0, 100, None),
        (60, 50, 100, 1),
        (60, 10, 100, 9),
        (30, 99, 100, 0),
        (60, 100, 100, 0),
    ],
)
def test_the_time_that_is_left_follows_from_the_pace_so_far(
    gone: int, done: int, total: int, minutes: int | None
) -> None:
    assert minutes_left(clock.now() - timedelta(seconds=gone), done, total) == minutes


def test_a_run_that_has_not_begun_has_no_pace() -> None:
    assert minutes_left(None, 0, 100) is None
    assert minutes_left(datetime(2020, 1, 1, tzinfo=UTC), 0, 100) is None


def test_a_run_under_way_says_how_far_it_is_and_that_it_was_asked_to_stop(
    app: Flask, client_as: ClientAs, upload: Upload
) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, *map(firm, range(1, FIRMS + 1))]))
    confirm(client, url)
    with unit_of_work() as session:
        session.execute(
            update(Import).values(state="running", started_at=clock.now() - timedelta(minutes=4), created=1)
        )
        session.execute(update(Job).values(state="running"))
    page = client.get(url).get_data(as_text=True)
    assert "已做 1 行，共 3 行，约还要 8 分钟" in page and "停止导入" in page
    client.post(f"{url}/stop", data={"csrf_token": csrf_of(page.split("<main")[1])})
    page = client.get(f"{url}/progress", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "已要求停止，做完手上这一批就停" in page and "约还要" not in page
    assert "停止导入" not in client.get(url).get_data(as_text=True)


def test_a_run_that_was_stopped_says_what_that_means(app: Flask, client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1)]))
    confirm(client, url)
    page = client.get(url).get_data(as_text=True)
    client.post(f"{url}/stop", data={"csrf_token": csrf_of(page.split("<main")[1])})
    work(app)
    assert "中途停止了：已写入的留着" in client.get(url).get_data(as_text=True)


def test_a_run_that_fails_for_good_can_go_on_or_be_taken_back(
    app: Flask, client_as: ClientAs, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_as("spec_a")
    url, page = opened(client, upload(client, [HEAD, *map(firm, range(1, FIRMS + 1))]))
    confirm(client, url)
    whole = EnterpriseImport.apply

    def broken(self: Any, session: Any, lines: Sequence[Line], *rest: Any, **more: Any) -> Any:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(EnterpriseImport, "apply", broken)
    for _attempt in range(jobs.MAX_ATTEMPTS):
        with unit_of_work() as session:
            session.execute(update(Job).where(Job.state == "queued").values(run_after=None))
        work(app)
    page = client.get(url).get_data(as_text=True)
    assert "多次重试都没有成功" in page and "写到第 0 行停下了，共 3 行" in page and "接着导入" in page
    token = {"csrf_token": csrf_of(page.split("<main")[1])}
    columns = client.get(f"{url}/columns").get_data(as_text=True)
    data = {"csrf_token": csrf_of(columns.split("<main")[1]), "c-name": "0"}
    assert client.post(f"{url}/columns", data=data).status_code == 409, "its rows are not read anew"

    monkeypatch.setattr(EnterpriseImport, "apply", whole)
    assert client.post(f"{url}/resume", data=token).status_code == 303
    assert client.post(f"{url}/resume", data=token).status_code == 409, "it runs already"
    work(app)
    record = db.session().scalars(select(Import)).one()
    assert (record.state, record.created) == ("done", FIRMS)
    adds_up(record)
    assert db.session().scalar(select(func.count(Enterprise.id))) == FIRMS


def test_a_dry_run_that_failed_does_not_go_on(app: Flask, client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    url, page = opened(client, upload(client, [HEAD, firm(1)]))
    with unit_of_work() as session:
        session.execute(update(Import).values(state="failed"))
    token = {"csrf_token": csrf_of(page.split("<main")[1])}
    assert "接着导入" not in client.get(url).get_data(as_text=True)
    assert client.post(f"{url}/resume", data=token).status_code == 409
