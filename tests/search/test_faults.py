"""Elasticsearch refused, silent, slow, busy, cut off, wiped: no error page, a notice, caught up afterwards."""

import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import config
from core.db import unit_of_work
from core.dirty import SearchDoc, touch
from core.jobs import runner
from core.jobs.models import Job
from core.permissions import Actor
from crm.enterprises.models import Enterprise
from search import desk, upkeep
from search.elastic.engine import ElasticEngine, connect
from tests.search.proxied import Proxied, proxied
from webapp.web import searching

pytestmark = pytest.mark.elasticsearch

Register = Callable[..., int]
ClientAs = Callable[[str], FlaskClient]
CAUGHT_UP_SECONDS = 60


@pytest.fixture
def proxy(tmp_path: Path, app: Flask, settings: config.Settings) -> Iterator[Proxied]:
    """The product's finder on an index of its own behind the proxy."""
    with proxied(tmp_path) as made:
        alias = f"lzfault-{secrets.token_hex(5)}"
        desk.configure(lambda: ElasticEngine(connect(made.url), alias))
        yield made
        made.mode("pass")
        cleaner = ElasticEngine(connect(made.url), alias)
        cleaner.remove()
        cleaner.close()
        searching.init_app(settings)


def page(client: FlaskClient, typed: str) -> tuple[str, float]:
    began = time.monotonic()
    answer = client.get(f"/search?q={typed}")
    assert answer.status_code == 200
    assert client.get(f"/search/suggest?q={typed}").status_code == 200
    return answer.get_data(as_text=True), time.monotonic() - began


def remove(number: int) -> None:
    with unit_of_work() as session:
        session.delete(session.get_one(Enterprise, number))
        session.flush()
        touch("enterprise", [number])


def dirty(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(SearchDoc.version > SearchDoc.indexed)) or 0


def catch_up(session: Session) -> float:
    """As the feeding thread does, once a second; how long it took."""
    began = time.monotonic()
    while time.monotonic() - began < CAUGHT_UP_SECONDS:
        desk.drain_all()
        if not dirty(session):
            return time.monotonic() - began
        time.sleep(1)
    raise AssertionError(f"{dirty(session)} documents still wait after {CAUGHT_UP_SECONDS} s")


def difference() -> upkeep.Difference:
    finder = desk.finder()
    finder.engine.refresh()
    return upkeep.compare(finder.engine, finder.sources)


@pytest.mark.parametrize("fault", ["refuse", "hang", "latency:3000", "http:503", "http:429", "cut:10"])
def test_no_page_fails_and_everything_is_caught_up(
    session: Session, proxy: Proxied, people: int, register: Register, client_as: ClientAs, fault: str
) -> None:
    register("示例市甲材料有限公司")
    gone = register("示例市乙材料有限公司")
    desk.drain_all()
    desk.finder().engine.refresh()
    client = client_as("spec_a")
    assert "检索服务暂时不可用" not in page(client, "示例市")[0]

    proxy.mode(fault)
    register("示例市丙材料有限公司")
    remove(gone)
    desk.drain_all()
    assert dirty(session) == 2
    times = []
    for _turn in range(4):
        html, seconds = page(client, "示例市")
        times.append(seconds)
        assert "检索服务暂时不可用" in html
        assert "甲材料" in html and "乙材料" not in html
    assert times[0] < 5 and times[-1] < 1, times  # a page and its suggestions; then the breaker is open

    proxy.mode("pass")
    assert catch_up(session) < CAUGHT_UP_SECONDS
    found = difference()
    assert (len(found), found.documents) == (0, 2 + people)
    deadline = time.monotonic() + 30
    while "检索服务暂时不可用" in page(client, "示例市")[0] and time.monotonic() < deadline:
        time.sleep(0.5)
    html, _seconds = page(client, "丙材料")
    assert "检索服务暂时不可用" not in html and "示例市" in html


def test_a_wiped_index_comes_back_by_itself(
    app: Flask, session: Session, proxy: Proxied, people: int, register: Register, client_as: ClientAs
) -> None:
    for name in ("甲", "乙", "丙"):
        register(f"示例市{name}材料有限公司")
    desk.ensure()
    _run_jobs(app, session)
    client = client_as("spec_a")
    assert "3 条" in page(client, "示例市")[0]

    engine = desk.finder().engine
    assert isinstance(engine, ElasticEngine)
    engine.remove()
    html, _seconds = page(client, "示例市")
    assert "检索服务暂时不可用" in html and "甲材料" in html
    register("示例市丁材料有限公司")
    began = time.monotonic()
    catch_up(session)
    desk.ensure()
    _run_jobs(app, session)
    assert time.monotonic() - began < CAUGHT_UP_SECONDS
    assert (len(difference()), difference().documents) == (0, 4 + people)
    assert "4 条" in page(client, "示例市")[0]


def _run_jobs(app: Flask, session: Session) -> None:
    session.rollback()
    for job in session.scalars(select(Job).where(Job.state == "queued")).all():
        with unit_of_work() as writing:
            writing.get_one(Job, job.id).key = f"done-{job.id}"  # the next one may be asked for at once
        runner.run(job.id, app.app_context)
    session.rollback()


def test_what_the_index_holds_and_nobody_may_see_stays_unseen_while_it_is_down(
    proxy: Proxied, register: Register, session: Session, actor: Callable[[str], Actor]
) -> None:
    register("示例市甲材料有限公司")
    proxy.mode("refuse")
    results = desk.finder().find(session, "示例市", actor=Actor(7, "甲", "staff"))
    assert (results.hits, results.total) == ((), 0)
    seen = desk.finder().find(session, "示例市", actor=actor("spec_a"))
    assert (seen.limited, len(seen.hits)) == (True, 1)
