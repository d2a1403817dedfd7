"""今天: areas add their panels and their rows of work here; the page only arranges them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from core import clock
from core.permissions import Actor

Context = dict[str, Any]
Builder = TypeVar("Builder", bound=Callable[[Session, Actor], Context | None])


@dataclass(frozen=True)
class Todo:
    """One piece of work: until when, what, about which record, where, and the word on its button.

    `behalf` is the absent colleague whose work it is. `task`: one of the list of tasks, not a step of a record.
    """

    due_on: date | None
    title: Any
    subject: str
    url: str
    verb: Any
    due_at: datetime | None = None
    behalf: str = ""
    task: bool = False

    @property
    def late(self) -> bool:
        if self.due_at is not None:
            return self.due_at < clock.now()
        return self.due_on is not None and self.due_on < clock.today()


@dataclass(frozen=True)
class Section:
    key: str
    template: str
    permission: str | None
    order: int
    column: str
    build: Callable[[Session, Actor], Context | None]


@dataclass(frozen=True)
class Panel:
    """A section with what it shows today."""

    key: str
    template: str
    column: str
    context: Context


_sections: dict[str, Section] = {}
_todos: list[Callable[[Session, Actor], Sequence[Todo]]] = []


def section(
    key: str, *, template: str, permission: str | None = None, order: int = 50, column: str = "main"
) -> Callable[[Builder], Builder]:
    """Add a panel. The function returns what its template finds as `panel`, or None to stay away."""

    def add(build: Builder) -> Builder:
        _sections[key] = Section(key, template, permission, order, column, build)
        return build

    return add


def todo(source: Callable[[Session, Actor], Sequence[Todo]]) -> Callable[[Session, Actor], Sequence[Todo]]:
    """Add a source of rows for 先办这些."""
    _todos.append(source)
    return source


def panels(session: Session, actor: Actor) -> list[Panel]:
    found = []
    for each in sorted(_sections.values(), key=lambda one: (one.order, one.key)):
        if each.permission is not None and not actor.can(each.permission):
            continue
        context = each.build(session, actor)
        if context is not None:
            found.append(Panel(each.key, each.template, each.column, context))
    return found


def todos(session: Session, actor: Actor) -> list[Todo]:
    """All work of this person and of those he stands in for, the most overdue first; without a day last."""
    rows = [row for source in _todos for row in source(session, actor)]
    for absent_id, name in actor.stands_in_for.items():
        absent = actor.as_absent(absent_id)
        rows += [replace(row, behalf=name) for source in _todos for row in source(session, absent)]
    return sorted(rows, key=lambda row: (row.due_on is None, row.due_on or date.max, str(row.title)))
