"""Reference data kept in the process: read once, never older than a commit of this process or a few seconds."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from core import kept, places, settings
from core.db import db, unit_of_work
from core.permissions import SYSTEM
from core.places import Park


@pytest.fixture
def statements(session: Session) -> list[str]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "COMMIT")):
            said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    return said


def test_the_choices_are_read_once(session: Session, statements: list[str]) -> None:
    first = places.park_choices(session)
    assert first and places.park_choices(session) == first
    assert len(statements) == 1


def test_a_new_park_can_be_chosen_at_once(session: Session) -> None:
    before = places.park_choices(session)
    with unit_of_work() as writing:
        writing.add(Park(code="ZZ-NEW", name="新设园区"))
        writing.flush()
        assert "新设园区" in [label for _key, label in places.park_choices(writing)]
    assert len(places.park_choices(db.session())) == len(before) + 1


def test_what_was_rolled_back_was_never_kept(session: Session) -> None:
    before = places.park_choices(session)
    with pytest.raises(RuntimeError), unit_of_work() as writing:
        writing.add(Park(code="ZZ-NOT", name="没有设成的园区"))
        writing.flush()
        assert len(places.park_choices(writing)) == len(before) + 1
        raise RuntimeError
    assert places.park_choices(db.session()) == before


def test_another_process_is_heard_of_after_a_few_seconds(
    session: Session, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "SECONDS", 0.0)
    places.park_choices(session)
    places.park_choices(session)
    assert len(statements) == 2


def test_a_setting_at_a_glance_follows_its_change(session: Session) -> None:
    assert settings.glance(session, "glanced.at", "nothing") == "nothing"
    with unit_of_work() as writing:
        settings.put(writing, "glanced.at", "something", actor=SYSTEM)
    assert settings.glance(db.session(), "glanced.at", "nothing") == "something"
