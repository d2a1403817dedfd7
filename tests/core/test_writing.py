"""Units of work: one way to write, nothing half-done, no lost update."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import audit, audit_chain, dirty, numbering, writing
from core.db import after_rollback, db, load, new_ulid, unit_of_work
from core.errors import Conflict, NotFound
from core.permissions import SYSTEM
from core.places import Park


def _park(session: Session, code: str = "P1") -> Park:
    park = Park(code=code, name="试验园")
    session.add(park)
    session.flush()
    return park


def test_a_write_outside_a_unit_of_work_is_refused_by_the_database(session: Session) -> None:
    session.add(Park(code="X", name="x"))
    with pytest.raises(DBAPIError):
        session.flush()
    session.rollback()


def test_change_audit_and_dirty_mark_commit_together(session: Session) -> None:
    with unit_of_work() as writing:
        park = _park(writing)
        audit.record("parks.created", "park", park.id, actor=SYSTEM)
        dirty.touch("park", [park.id])
    assert session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "parks.created")).one()
    mark = session.get_one(dirty.SearchDoc, ("park", park.id))
    assert (mark.version, mark.indexed) == (1, 0)


def test_an_error_leaves_nothing_behind(session: Session) -> None:
    undone: list[str] = []
    with pytest.raises(ZeroDivisionError), unit_of_work() as writing:
        park = _park(writing)
        audit.record("parks.created", "park", park.id, actor=SYSTEM)
        dirty.touch("park", [park.id])
        after_rollback(writing, lambda: undone.append("file removed"))
        raise ZeroDivisionError
    assert undone == ["file removed"]
    assert session.scalars(select(Park).where(Park.code == "P1")).all() == []
    assert session.scalars(select(dirty.SearchDoc).where(dirty.SearchDoc.kind == "park")).all() == []
    with unit_of_work() as writing:
        _park(writing, "P2")
    assert (
        session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "parks.created")).all()
        == []
    )


def test_units_of_work_do_not_nest(app: Flask) -> None:
    with unit_of_work(), pytest.raises(RuntimeError), unit_of_work():
        pass


def test_touching_twice_bumps_the_version_once_per_transaction(session: Session) -> None:
    for _round in range(3):
        with unit_of_work():
            dirty.touch("park", [7, 7])
            dirty.touch("park", [7])
    assert session.get_one(dirty.SearchDoc, ("park", 7)).version == 3


def test_a_stale_version_is_a_conflict_and_a_wrong_id_is_not_found(app: Flask) -> None:
    with unit_of_work() as writing:
        public_id = _park(writing).public_id
    with unit_of_work() as writing:
        load(writing, Park, public_id, 1).name = "新名"
    with pytest.raises(Conflict), unit_of_work() as writing:
        load(writing, Park, public_id, 1)
    with pytest.raises(NotFound), unit_of_work() as writing:
        load(writing, Park, new_ulid())


def test_eight_writers_lose_no_update_and_no_number_is_used_twice(app: Flask) -> None:
    with unit_of_work() as writing:
        public_id = _park(writing).public_id
    taken: list[str] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _round in range(50):
                with app.app_context(), unit_of_work() as writing:
                    park = load(writing, Park, public_id)
                    park.level = str(int(park.level or 0) + 1)
                    taken.append(numbering.take(writing, "XM", "GXQ", 2026))
                    audit.record("parks.changed", "park", park.id, actor=SYSTEM)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    db.session.rollback()
    park = db.session.scalars(select(Park).where(Park.public_id == public_id)).one()
    assert park.level == "400"
    assert len(set(taken)) == 400
    assert "XM-GXQ-2026-0400" in taken
    assert list(audit_chain.verify(db.session())) == []


def test_a_long_write_ends_with_the_part_in_which_somebody_began_to_wait() -> None:
    done: list[int] = []
    waiter = threading.Thread(target=lambda: _in_turn(done))
    with writing.locked("sqlite"):
        for part in writing.unhindered(range(1000), 60.0):
            if part == 2:
                waiter.start()
                while not writing._waiting:
                    time.sleep(0.001)
            last = part
        assert done == [] and last == 2
    waiter.join()
    assert done == [1]


def test_a_long_write_ends_when_another_process_begins_to_wait(tmp_path: Path) -> None:
    file = str(tmp_path / "register.db")
    with writing.announced(file):
        pass
    assert list(writing.unhindered([1, 2], 60.0)) == [1, 2]
    script = "import sys\nfrom core.writing import announced\n"
    script += "with announced(sys.argv[1]):\n print(1, flush=True)\n input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "1\n"
        assert list(writing.unhindered([1, 2, 3], 60.0)) == [1]
        other.communicate("\n")
    assert list(writing.unhindered([1, 2], 60.0)) == [1, 2]


def _in_turn(done: list[int]) -> None:
    with writing.locked("sqlite"):
        done.append(1)


def test_a_long_write_ends_with_its_time_and_does_one_part_at_least() -> None:
    assert list(writing.unhindered([1, 2, 3], -1.0)) == [1]
    assert list(writing.unhindered([1, 2, 3], 60.0)) == [1, 2, 3]


@pytest.mark.usefixtures("app")
def test_bulk_work_has_room_on_sqlite_and_gives_it_back() -> None:
    def room(session: Session) -> Any:
        return session.connection().exec_driver_sql("PRAGMA cache_size").scalar()

    with unit_of_work() as session:
        if session.get_bind().dialect.name != "sqlite":
            pytest.skip("PostgreSQL keeps its own room")
        before = room(session)
    with writing.in_bulk(), unit_of_work() as session:
        assert room(session) < before  # negative: KiB
    with unit_of_work() as session:
        assert room(session) == before
