"""An import survives kill -9: a worker process is killed in the middle, again and again (SECURITY R5)."""

import io
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

import config
from core import audit, audit_chain, clock
from core.db import db, unit_of_work
from core.dirty import SearchDoc
from core.imports import checking, choosing, intake, running, service, undoing
from core.imports.handlers import handler_for
from core.imports.models import Import, ImportRow
from core.jobs import runner
from core.jobs.models import Job
from core.permissions import Actor
from crm.enterprises import service as enterprises
from crm.enterprises.models import Enterprise
from tests.support.sheets import HEAD, code, firm, workbook

ROWS = 6000
FAULTS = 7
KILLS = 3
UNDONE = 3000


def worker(settings: config.Settings, job_id: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.support.job_worker"]
    return subprocess.Popen(
        [*command, str(settings.data_dir), settings.database_url, str(job_id)],
        cwd=Path(__file__).parents[3],
    )


def standing(import_id: int) -> Import:
    session = db.session()
    session.rollback()
    session.expire_all()
    return session.get_one(Import, import_id)


def wait_for_rows(import_id: int, more_than: int, process: "subprocess.Popen[bytes]") -> int:
    """Until the worker has done some more rows."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        done = standing(import_id).done
        if done > more_than:
            return done
        time.sleep(0.02)
    return standing(import_id).done


def end_lease(job_id: int) -> None:
    """A minute later the dead worker's lease is over; the test does not wait for it."""
    with unit_of_work() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(lease_until=clock.now() - timedelta(seconds=1), attempts=0)
        )


def _confirmed(me: Actor, tmp_path: Path) -> tuple[int, int]:
    """An import of many rows, some of them wrong, and the job that waits to run it."""
    rows = [firm(number) for number in range(1, ROWS + 1)]
    for number in range(FAULTS):
        rows[number * 700][1] = code(number)[:15]
    data = workbook(tmp_path / "many.xlsx", [HEAD, *rows]).read_bytes()
    draft = intake.take(io.BytesIO(data), "many.xlsx", handler_for("enterprises").columns)
    with unit_of_work() as session:
        import_id = service.open_import(session, "enterprises", draft, actor=me).id
    checking.check_file(import_id, actor=me)
    with unit_of_work() as session:
        public_id = session.get_one(Import, import_id).public_id
        record = service.confirm(session, public_id, existing="overwrite", only_correct=True, actor=me)
        return import_id, record.job_id or 0


@pytest.mark.slow
def test_a_killed_import_goes_on_and_every_row_is_accounted_for_once(
    app: Flask, actor: Callable[[str], Actor], settings: config.Settings, tmp_path: Path
) -> None:
    import_id, job_id = _confirmed(actor("spec_a"), tmp_path)
    at_kill: list[int] = []
    for _kill in range(KILLS):
        process = worker(settings, job_id)
        done = wait_for_rows(import_id, at_kill[-1] if at_kill else 0, process)
        time.sleep(random.random() * 0.2)
        process.kill()
        process.wait()
        at_kill.append(done)
        assert standing(import_id).state == "running", at_kill
        end_lease(job_id)
    assert worker(settings, job_id).wait(timeout=120) == 0

    record = standing(import_id)
    session = db.session()
    assert record.state == "done" and session.get_one(Job, job_id).state == "done", at_kill
    assert 0 < at_kill[0] < at_kill[-1] < ROWS
    assert running.accounts(session, import_id) == {"created": ROWS - FAULTS, "rejected": FAULTS}
    assert record.done == record.total == ROWS
    assert session.scalar(select(func.count(Enterprise.id))) == ROWS - FAULTS
    assert session.scalar(select(func.count(func.distinct(Enterprise.uscc)))) == ROWS - FAULTS
    linked = select(func.count(func.distinct(ImportRow.record_id))).where(ImportRow.import_id == import_id)
    assert session.scalar(linked) == ROWS - FAULTS
    assert session.scalar(select(func.count()).where(SearchDoc.kind == "enterprise")) == ROWS - FAULTS
    assert list(audit_chain.verify(session)) == []
    batches = session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "imports.batch"))
    assert sum(entry.changes.get("created", [0, 0])[1] for entry in batches) == ROWS - FAULTS


def _imported(me: Actor, tmp_path: Path, count: int) -> int:
    rows = [firm(number) for number in range(1, count + 1)]
    data = workbook(tmp_path / "back.xlsx", [HEAD, *rows]).read_bytes()
    draft = intake.take(io.BytesIO(data), "back.xlsx", handler_for("enterprises").columns)
    with unit_of_work() as session:
        import_id = service.open_import(session, "enterprises", draft, actor=me).id
    checking.check_file(import_id, actor=me)
    with unit_of_work() as session:
        pid = session.get_one(Import, import_id).public_id
        service.confirm(session, pid, existing="overwrite", only_correct=True, queue=False, actor=me)
    running.run(import_id, actor=me)
    db.session.remove()
    return import_id


@pytest.mark.slow
def test_a_killed_undo_goes_on_and_every_row_is_in_one_group(
    app: Flask, actor: Callable[[str], Actor], settings: config.Settings, tmp_path: Path
) -> None:
    me, edited = actor("spec_a"), (1, 1500, 2999, 3000)
    import_id = _imported(me, tmp_path, UNDONE)
    for number in edited:
        with unit_of_work() as session:
            found = session.scalars(select(Enterprise).where(Enterprise.uscc == code(number))).one()
            values = {"reg_address": "甲路1号"}
            enterprises.update(session, found.public_id, values, version=found.version, actor=me)
    with unit_of_work() as session:
        pid = session.get_one(Import, import_id).public_id
        job_id = undoing.ask(session, pid, actor=me).job_id or 0

    at_kill: list[int] = []
    for _kill in range(KILLS):
        process, deadline = worker(settings, job_id), time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            if undoing.taken_back(standing(import_id)) > (at_kill[-1] if at_kill else 0):
                break
            time.sleep(0.01)
        process.kill()
        process.wait()
        at_kill.append(undoing.taken_back(standing(import_id)))
        if standing(import_id).state != "undoing":
            break
        end_lease(job_id)
    if standing(import_id).state == "undoing":
        assert worker(settings, job_id).wait(timeout=120) == 0

    record, session = standing(import_id), db.session()
    assert 0 < at_kill[0] < UNDONE, at_kill
    assert record.state == "undone"
    assert (record.reversed, record.kept, record.stuck) == (UNDONE - len(edited), len(edited), 0)
    groups = select(ImportRow.undone, func.count()).where(ImportRow.import_id == import_id)
    found_groups = dict(session.execute(groups.group_by(ImportRow.undone)).all())
    assert found_groups == {"reversed": UNDONE - len(edited), "kept": len(edited)}
    left = session.scalars(select(Enterprise.uscc)).all()
    assert sorted(left) == sorted(code(number) for number in edited)
    assert list(audit_chain.verify(session)) == []


@pytest.mark.slow
def test_what_a_person_keeps_is_kept_by_a_killed_import_and_by_its_undo(
    app: Flask, actor: Callable[[str], Actor], settings: config.Settings, tmp_path: Path
) -> None:
    """Every capital stays the register's, and one name; all other names are the file's, and come back."""
    me, kept = actor("spec_a"), 2500
    _imported(me, tmp_path, UNDONE)
    rows = [[f"示例市第{number}更名有限公司", code(number), None, 7] for number in range(1, UNDONE + 1)]
    data = workbook(tmp_path / "news.xlsx", [HEAD[:4], *rows]).read_bytes()
    draft = intake.take(io.BytesIO(data), "news.xlsx", handler_for("enterprises").columns)
    with unit_of_work() as session:
        record = service.open_import(session, "enterprises", draft, actor=me)
        import_id, pid = record.id, record.public_id
    checking.check_file(import_id, actor=me)
    assert choosing.choose_all(pid, "reg_capital_wan", True, actor=me) == UNDONE
    with unit_of_work() as session:
        assert choosing.choose(session, pid, {kept + 1: {"name": True}}, actor=me) == 1
        job_id = service.confirm(session, pid, existing="overwrite", only_correct=True, actor=me).job_id or 0
    process = worker(settings, job_id)
    done = wait_for_rows(import_id, 0, process)
    process.kill()
    process.wait()
    assert 0 < done <= UNDONE and standing(import_id).state == "running"
    end_lease(job_id)
    assert worker(settings, job_id).wait(timeout=120) == 0
    assert (standing(import_id).updated, standing(import_id).unchanged) == (UNDONE - 1, 1)
    assert _names() == {
        code(number): firm(number)[0] if number == kept else f"示例市第{number}更名有限公司"
        for number in range(1, UNDONE + 1)
    }
    with unit_of_work() as session:
        undoing.ask(session, pid, queue=False, actor=me)
    undone = undoing.undo(import_id, actor=me)
    assert (undone.reversed, undone.kept, undone.stuck) == (UNDONE - 1, 0, 0)
    assert _names() == {code(number): firm(number)[0] for number in range(1, UNDONE + 1)}


def _names() -> dict[str | None, str]:
    """Names by code; nobody's capital is another one."""
    session = db.session()
    session.rollback()
    session.expire_all()
    found = session.execute(select(Enterprise.uscc, Enterprise.name, Enterprise.reg_capital_wan)).all()
    assert {row.reg_capital_wan for row in found} == {Decimal("5000.5")}
    return {row.uscc: row.name for row in found}


@pytest.fixture
def confirmed(actor: Callable[[str], Actor], tmp_path: Path) -> tuple[int, int]:
    """(import id, job id) of a confirmed import of three rows."""
    me = actor("spec_a")
    data = workbook(tmp_path / "few.xlsx", [HEAD, firm(1), firm(2), firm(3)]).read_bytes()
    draft = intake.take(io.BytesIO(data), "few.xlsx", handler_for("enterprises").columns)
    with unit_of_work() as session:
        import_id = service.open_import(session, "enterprises", draft, actor=me).id
    checking.check_file(import_id, actor=me)
    with unit_of_work() as session:
        public_id = session.get_one(Import, import_id).public_id
        record = service.confirm(session, public_id, existing="overwrite", only_correct=True, actor=me)
        return import_id, record.job_id or 0


def test_a_crash_between_the_last_row_and_the_end_of_the_job_is_no_failure(
    app: Flask, actor: Callable[[str], Actor], confirmed: tuple[int, int]
) -> None:
    import_id, job_id = confirmed
    running.run(import_id, actor=actor("spec_a"))
    runner.run(job_id, app.app_context)
    assert standing(import_id).state == "done" and standing(import_id).created == 3
    assert db.session().get_one(Job, job_id).state == "done"


def test_a_worker_whose_lease_was_lost_leaves_the_import_to_the_other_one(
    app: Flask, confirmed: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id, job_id = confirmed

    def overtaken(record_id: int, **_options: object) -> None:
        with unit_of_work() as session:
            session.execute(update(Job).where(Job.id == job_id).values(fence=Job.fence + 1))
            session.execute(update(Import).where(Import.id == record_id).values(state="running"))
        raise runner.Cancelled

    with monkeypatch.context() as patch:
        patch.setattr(running, "run", overtaken)
        runner.run(job_id, app.app_context)
    assert standing(import_id).state == "running"
    end_lease(job_id)
    runner.run(job_id, app.app_context)
    assert (standing(import_id).state, standing(import_id).created) == ("done", 3)


def test_a_crash_while_stopping_is_made_good(
    app: Flask, actor: Callable[[str], Actor], confirmed: tuple[int, int]
) -> None:
    import_id, job_id = confirmed
    with unit_of_work() as session:
        session.execute(update(Import).where(Import.id == import_id).values(state="cancelled"))
    runner.run(job_id, app.app_context)
    assert running.accounts(db.session(), import_id) == {"skipped": 3}
    assert standing(import_id).skipped == 3
