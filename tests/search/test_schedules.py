"""Random schedules: writers, two drains, a rebuild, crashes between any two steps. The index is right in the end.

The first test drives the product's own steps on a real database and the embedded engine; the second is a
model of the same steps in memory, in which each safeguard can be left out, to show that it is needed.
"""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.dirty import SearchDoc, touch
from crm.activity.models import Note
from search import drain, rebuilding
from search.document import Document
from search.embedded.engine import EmbeddedEngine
from search.engine import Target
from search.sources import Source

KIND = "note"
DOCUMENTS = range(1, 7)
STEPS = 30
REAL = int(os.environ.get("SCHEDULES", "80"))


def _build(session: Session, ids: object) -> dict[int, Document]:
    """What stands in the database now, as documents."""
    rows = session.scalars(select(Note).where(Note.id.in_(ids)))  # type: ignore[arg-type]  # a sequence
    return {row.id: Document(KIND, row.id, f"P{row.id}", "/", row.text, ("pub",)) for row in rows}


SOURCES = {KIND: Source(KIND, "x", Note, "x:x:view", lambda actor: Note.id > 0, _build)}


class _Real:
    """One schedule on the product's own code."""

    def __init__(self, session: Session, folder: Path, chance: random.Random) -> None:
        self.session, self.chance, self.count = session, chance, 0
        self.engine = EmbeddedEngine(folder / "search.db")
        self.running: list[Iterator[object]] = []

    def write(self) -> None:
        number = self.chance.choice(DOCUMENTS)
        self.count += 1
        with unit_of_work() as session:
            found = session.get(Note, number)
            if found is not None and self.chance.random() < 0.3:
                session.delete(found)
            elif found is not None:
                found.text = f"第{self.count}版电池"
            else:
                made = Note(id=number, kind="x", record_id=1, account_id=1, account_name="甲")
                made.text = f"第{self.count}版电池"
                session.add(made)
            touch(KIND, [number])

    def begin(self) -> None:
        self.running.append(drain.phases(self.engine, SOURCES, 3, newest=self.chance.random() < 0.5))

    def begin_rebuild(self) -> None:
        if not any(getattr(one, "rebuilds", False) for one in self.running):
            self.running.append(_Rebuild(self.engine))

    def go_on(self) -> None:
        if self.running:
            one = self.chance.choice(self.running)
            if next(one, None) is None:
                self.running.remove(one)

    def crash(self) -> None:
        if self.running:
            one = self.running.pop(self.chance.randrange(len(self.running)))
            if isinstance(one, _Rebuild):
                one.kill()

    def settle(self) -> None:
        """Everybody who still runs finishes, late writes and all; then the drain alone until nothing waits."""
        while self.running:
            self.go_on()
        while drain.drain(self.engine, SOURCES).taken:
            pass

    def wrong(self) -> list[str]:
        self.session.rollback()
        wanted = {row.id: row.text for row in self.session.scalars(select(Note))}
        with self.engine._store.reading() as (cursor, slot):
            held = {row[0]: row[1] for row in cursor.execute(f"SELECT id, title FROM card_{slot}")}
        return [
            f"{key}: {held.get(key)} for {wanted.get(key)}"
            for key in {*wanted, *held}
            if held.get(key) != wanted.get(key)
        ]


class _Rebuild:
    """The steps of a rebuild, one batch of two documents at a time."""

    rebuilds = True

    def __init__(self, engine: EmbeddedEngine) -> None:
        self._context = engine.rebuild()
        self._target: Target | None = None
        self._written = rebuilding._Written()
        self._batches = rebuilding._batches(SOURCES[KIND], self._written)
        self._held: list[object] | None = None
        self._buried = False

    def __iter__(self) -> "_Rebuild":
        return self

    def __next__(self) -> str:
        if self._target is None:
            self._target = self._context.__enter__()
            return "begun"
        if self._held is not None:  # read at the step before, written at this one: others came between
            self._target.index(self._held)  # type: ignore[arg-type]
            self._held = None
            return "written"
        self._held = next(self._batches, None)  # type: ignore[assignment]
        if self._held is None and not self._buried:
            self._buried = True
            rebuilding._bury(self._target, SOURCES[KIND])
            return "buried"
        if self._held is not None:
            return "read"
        self._context.__exit__(None, None, None)
        self._written.acknowledge({})
        raise StopIteration

    def kill(self) -> None:
        if self._target is not None:
            error = KeyboardInterrupt()
            with pytest.raises(KeyboardInterrupt):
                self._context.__exit__(KeyboardInterrupt, error, None)
                raise error


def _schedule(session: Session, folder: Path, seed: int) -> list[str]:
    with unit_of_work() as writing:
        writing.execute(delete(Note))
        writing.execute(delete(SearchDoc))
    run = _Real(session, folder, random.Random(seed))
    moves: list[tuple[Callable[[], None], float]] = [
        (run.write, 5), (run.begin, 4), (run.go_on, 14), (run.crash, 1), (run.begin_rebuild, 0.5),
    ]  # fmt: skip
    try:
        for _step in range(STEPS):
            run.chance.choices([move for move, _often in moves], [often for _move, often in moves])[0]()
        run.settle()
        return run.wrong()
    finally:
        run.engine.close()


def test_the_index_is_right_after_every_schedule(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "CHUNK", 2)
    monkeypatch.setattr(drain, "_CLAIMED_FOR", timedelta(0))  # what a dead one had claimed is due at once
    wrong: dict[int, list[str]] = {}
    for seed in range(REAL):
        folder = tmp_path / str(seed)
        folder.mkdir()
        if found := _schedule(session, folder, seed):
            wrong[seed] = found
    assert wrong == {}


@dataclass
class _Model:
    """The same steps in memory. Switches leave a safeguard out."""

    chance: random.Random
    external: bool = True
    late_acknowledge: bool = True
    dual_write: bool = True
    buries: bool = True
    content: dict[int, int] = field(default_factory=dict)
    version: dict[int, int] = field(default_factory=dict)
    indexed: dict[int, int] = field(default_factory=dict)
    live: dict[int, tuple[int, int | None]] = field(default_factory=dict)
    building: dict[int, tuple[int, int | None]] | None = None
    running: list[Iterator[None]] = field(default_factory=list)
    count: int = 0

    def write(self) -> None:
        number = self.chance.choice(DOCUMENTS)
        self.count += 1
        if number in self.content and self.chance.random() < 0.3:
            del self.content[number]
        else:
            self.content[number] = self.count
        self.version[number] = self.version.get(number, 0) + 1

    def put(
        self, index: dict[int, tuple[int, int | None]], number: int, version: int, content: int | None
    ) -> None:
        if not self.external or index.get(number, (0, None))[0] < version:
            index[number] = (version, content)

    def drain(self) -> Iterator[None]:
        dirty = [one for one, version in self.version.items() if version > self.indexed.get(one, 0)][:3]
        yield
        sent = [(one, self.version[one], self.content.get(one)) for one in dirty]
        if not self.late_acknowledge:
            self.acknowledge(sent)
        yield
        for one, version, content in sent:
            self.put(self.live, one, version, content)
            if self.building is not None and self.dual_write:
                self.put(self.building, one, version, content)
        yield
        if self.late_acknowledge:
            self.acknowledge(sent)

    def acknowledge(self, sent: list[tuple[int, int, int | None]]) -> None:
        for one, version, _content in sent:
            self.indexed[one] = max(self.indexed.get(one, 0), version)

    def rebuild(self) -> Iterator[None]:
        self.building = {}
        yield
        for one in DOCUMENTS:
            if one in self.content:
                read = (one, self.version[one], self.content[one])
                yield
                self.put(self.building, *read)
                yield
        for one in DOCUMENTS:
            if self.buries and one in self.version and one not in self.content:
                version = self.version[one]
                yield
                self.put(self.building, one, version, None)
        self.live, self.building = self.building, None

    def step(self) -> None:
        move = self.chance.choices(("write", "drain", "go on", "crash", "rebuild"), (5, 4, 14, 1, 0.5))[0]
        if move == "write":
            self.write()
        elif move == "drain":
            self.running.append(self.drain())
        elif move == "rebuild" and not any(map(_rebuilds, self.running)):
            self.running.append(self.rebuild())
        elif self.running and move == "go on":
            one = self.chance.choice(self.running)
            if next(one, "end") == "end":
                self.running.remove(one)
        elif self.running and move == "crash":
            one = self.running.pop(self.chance.randrange(len(self.running)))
            if _rebuilds(one):
                self.building = None

    def wrong(self) -> bool:
        while self.running:
            one = self.chance.choice(self.running)
            if next(one, "end") == "end":
                self.running.remove(one)
        for _turn in range(10):
            for _step in self.drain():
                pass
        held = {one: content for one, (_version, content) in self.live.items() if content is not None}
        return held != self.content


def _rebuilds(one: Iterator[None]) -> bool:
    return one.gi_code.co_name == "rebuild"  # type: ignore[attr-defined]  # a generator


def _wrong(schedules: int, **without: bool) -> int:
    count = 0
    for seed in range(schedules):
        model = _Model(random.Random(seed), **without)  # type: ignore[arg-type]
        for _step in range(60):
            model.step()
        count += model.wrong()
    return count


def test_twenty_thousand_schedules_of_the_model_end_right() -> None:
    assert _wrong(20_000) == 0


@pytest.mark.parametrize("safeguard", ["external", "late_acknowledge", "dual_write", "buries"])
def test_without_a_safeguard_schedules_end_wrong(safeguard: str) -> None:
    assert _wrong(20_000, **{safeguard: False}) > 0
