"""An index made with another mapping, other tokens or other tables is rebuilt; `search verify` says what differs."""

import argparse

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.dirty import SearchDoc
from core.jobs import runner
from core.jobs.models import Job
from search import desk, keeping
from search.document import Document
from search.elastic import mapping
from search.elastic.engine import ElasticEngine
from search.embedded import engine as embedded
from search.engine import Engine
from search.finder import Finder
from tests.search.conftest import Register
from webapp.cli import search as command


def _newer(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    """As after an update of the product that indexes differently."""
    if isinstance(engine, ElasticEngine):
        monkeypatch.setattr(mapping, "TOKEN_VERSION", mapping.TOKEN_VERSION + 1)
    else:
        monkeypatch.setattr(embedded, "FORM", "another")


def test_an_index_of_another_form_serves_until_it_has_been_rebuilt(
    app: Flask,
    session: Session,
    finder: Finder,
    people: int,
    register: Register,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rebuild() -> list[Job]:
        desk.ensure()
        session.rollback()
        jobs = list(session.scalars(select(Job).where(Job.kind == keeping.REBUILD, Job.state == "queued")))
        for job in jobs:
            with unit_of_work() as writing:
                writing.get_one(Job, job.id).key = f"done-{job.id}"  # the next one may be asked for at once
            runner.run(job.id, app.app_context)
        return jobs

    register("示例市甲材料有限公司")
    rebuild()
    assert not finder.engine.health().stale
    _newer(monkeypatch, finder.engine)
    health = finder.engine.health()
    assert (health.up, health.stale, health.documents) == (True, True, 1 + people)
    assert finder.engine.search("材料", ["enterprise:all"]).total == 1
    rebuild()
    assert not finder.engine.health().stale
    assert finder.engine.search("材料", ["enterprise:all"]).total == 1
    assert rebuild() == []


def test_verify_prints_what_is_missing_surplus_and_outdated_and_mends_it(
    app: Flask, finder: Finder, people: int, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    def verify(mend: bool = False) -> tuple[int, list[str]]:
        status = command.verify(argparse.Namespace(mend=mend), app)
        return status, capsys.readouterr().out.splitlines()

    kept = register("示例市甲材料有限公司")
    assert verify() == (0, ["missing: 0", "surplus: 0", "outdated: 0", f"documents: {1 + people}"])
    lost = register("示例市乙材料有限公司")
    with unit_of_work() as session:
        session.get_one(SearchDoc, ("enterprise", lost)).indexed = 1  # as if it had been sent
        outdated = session.get_one(SearchDoc, ("enterprise", kept))
        outdated.version = outdated.indexed = 9
    finder.engine.index(
        [(Document("enterprise", 999, "P", "/", "示例市多余有限公司", ("enterprise:all",)), 1)]
    )
    status, lines = verify(mend=True)
    assert (status, lines[:3]) == (
        1,
        [f"missing: 1 enterprise:{lost}", "surplus: 1 enterprise:999", f"outdated: 1 enterprise:{kept}"],
    )
    assert lines[-1] == "sent again: 3"
    assert verify()[0] == 0
