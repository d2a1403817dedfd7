"""The administrator's page of the index: what waits, what was refused, compare and rebuild as jobs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from core.audit import AuditEntry
from core.db import unit_of_work
from core.dirty import PARKED_AFTER, SearchDoc, lag_seconds, touch
from core.jobs import runner
from core.jobs.models import Job
from core.permissions import Actor
from crm.enterprises import service
from search import desk, drain
from search.document import Key
from search.engine import Failure
from search.opening import open_engine
from tests.conftest import csrf_of
from webapp.web import searching

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _index(app: object, tmp_path: Path, settings: config.Settings) -> Iterator[None]:
    desk.configure(lambda: open_engine(tmp_path, None))
    yield
    searching.init_app(settings)


def register(name: str, actor: Actor) -> int:
    with unit_of_work() as session:
        return service.create(session, {"name": name, "reg_status": "active"}, actor=actor).id


def press(client: FlaskClient, address: str, **fields: str) -> str:
    token = csrf_of(client.get("/search/index").get_data(as_text=True))
    answer = client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_only_the_administrator_enters(client_as: ClientAs) -> None:
    assert client_as("spec_a").get("/search/index").status_code == 403
    assert client_as("leader").get("/search/index").status_code == 403
    assert client_as("spec_a").post("/search/index/rebuild").status_code in (400, 403)
    assert client_as("admin").get("/search/index").status_code == 200


def test_what_waits_is_counted_with_its_age(
    client_as: ClientAs, session: Session, actor: Callable[[str], Actor]
) -> None:
    register("示例市甲材料有限公司", actor("spec_a"))
    assert 0 <= lag_seconds(session) < 30
    html = client_as("admin").get("/search/index").get_data(as_text=True)
    assert "最久的已等" in html
    desk.drain_all()
    session.rollback()
    assert lag_seconds(session) == 0.0
    assert "索引与数据库同步" in client_as("admin").get("/search/index").get_data(as_text=True)


def test_what_is_refused_again_and_again_is_parked_shown_and_sent_again(
    client_as: ClientAs, session: Session, actor: Callable[[str], Actor]
) -> None:
    bad, good = (
        register("示例市甲材料有限公司", actor("spec_a")),
        register("示例市乙材料有限公司", actor("spec_a")),
    )
    finder = desk.finder()
    source = finder.sources["enterprise"]

    def build(reading: Session, ids: list[int]) -> object:
        if bad in ids:
            raise ValueError("broken record")
        return source.build(reading, ids)

    broken = {**finder.sources, "enterprise": replace(source, build=build)}  # type: ignore[arg-type]  # a builder that fails
    for _turn in range(PARKED_AFTER + 2):
        with unit_of_work() as writing:
            for row in writing.scalars(select(SearchDoc)):
                row.next_try = None
        drain.drain(finder.engine, broken)
    session.rollback()
    row = session.get_one(SearchDoc, ("enterprise", bad))
    assert (row.attempts, row.version > row.indexed) == (PARKED_AFTER, True)
    assert session.get_one(SearchDoc, ("enterprise", good)).indexed == 1
    assert drain.drain(finder.engine, broken).taken == 0
    assert lag_seconds(session) == 0.0
    client = client_as("admin")
    html = client.get("/search/index").get_data(as_text=True)
    assert "broken record" in html and "已停下" in html
    assert "已重新送出 1 条" in press(client, "/search/index/retry", key=f"enterprise:{bad}")
    assert desk.drain_all() == 1
    assert "没有写入失败的条目" in client.get("/search/index").get_data(as_text=True)
    assert "search.retried" in session.scalars(select(AuditEntry.action)).all()


def test_a_busy_engine_parks_nothing_and_is_tried_again_within_half_a_minute(
    session: Session, actor: Callable[[str], Actor]
) -> None:
    number = register("示例市甲材料有限公司", actor("spec_a"))
    key = Key("enterprise", number)

    class Busy:
        name = "busy"

        def index(self, entries: object) -> dict[Key, Failure]:
            return {key: Failure("429", permanent=False)}

        def delete(self, keys: object) -> dict[Key, Failure]:
            return {}

    for _turn in range(PARKED_AFTER + 3):
        with unit_of_work() as writing:
            writing.get_one(SearchDoc, tuple(key)).next_try = None
        drain.drain(Busy(), desk.finder().sources)  # type: ignore[arg-type]  # only what the drain calls
    session.rollback()
    row = session.get_one(SearchDoc, tuple(key))
    assert row.attempts < PARKED_AFTER
    assert row.next_try is not None and row.touched_at is not None
    assert (row.next_try - row.touched_at).total_seconds() < 60


def test_rebuild_and_comparison_run_as_jobs_once_and_leave_their_result(
    app: Flask, client_as: ClientAs, people: int, session: Session, actor: Callable[[str], Actor]
) -> None:
    for name in ("示例市甲材料有限公司", "示例市乙材料有限公司"):
        register(name, actor("spec_a"))
    client = client_as("admin")
    assert "已开始重建" in press(client, "/search/index/rebuild")
    press(client, "/search/index/rebuild")
    (job,) = session.scalars(select(Job).where(Job.kind == "search.rebuild")).all()
    assert "every 2s" in client.get("/search/index").get_data(as_text=True)
    runner.run(job.id, app.app_context)
    session.rollback()
    assert session.get_one(Job, job.id).result == {"documents": 2 + people}
    with unit_of_work() as writing:
        writing.get_one(SearchDoc, ("enterprise", 1)).version = 5
        writing.get_one(SearchDoc, ("enterprise", 1)).indexed = 5
    press(client, "/search/index/verify")
    job = session.scalars(select(Job).where(Job.kind == "search.verify")).one()
    runner.run(job.id, app.app_context)
    session.rollback()
    html = client.get("/search/index").get_data(as_text=True)
    assert "补上 1 条" in html
    assert dict(desk.finder().engine.versions())[Key("enterprise", 1)] == 6


def test_an_index_that_is_ahead_of_a_restored_database_is_mended(
    app: Flask, people: int, session: Session, actor: Callable[[str], Actor]
) -> None:
    number = register("示例市甲材料有限公司", actor("spec_a"))
    for _turn in range(4):
        with unit_of_work():
            touch("enterprise", [number])
    desk.drain_all()
    with unit_of_work() as writing:
        row = writing.get_one(SearchDoc, ("enterprise", number))
        row.version = row.indexed = 2
    from_jobs = runner._handlers["search.verify"]

    class Run:
        def result(self, value: dict[str, int]) -> None:
            self.value = value

    run = Run()
    from_jobs(run)  # type: ignore[arg-type]  # only what the handler calls
    session.rollback()
    assert run.value == {"documents": 1 + people, "mended": 1}
    row = session.get_one(SearchDoc, ("enterprise", number))
    assert row.version == row.indexed == 6
    assert dict(desk.finder().engine.versions())[Key("enterprise", number)] == 6
