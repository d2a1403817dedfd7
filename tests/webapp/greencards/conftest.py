"""The desk that applies and reviews, and a counter of statements."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.support.greencards import desk, edit_project

__all__ = ["count_statements", "desk", "edit_project"]


@pytest.fixture
def count_statements() -> Callable[[], object]:
    """`with count_statements() as seen:` collects the SELECTs sent to the database."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection, cursor, statement, parameters, context, executemany) -> None:
            if statement.startswith("SELECT"):
                seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counting
