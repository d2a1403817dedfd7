"""What a person has to do as an iCalendar file (RFC 5545): one all-day event for each piece of work with a day."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Final

from flask import url_for

from core import clock
from core.i18n import _
from crm.activity.models import Task
from crm.activity.service import task_url
from webapp.web.home import Todo

AHEAD_DAYS: Final = 366
MOST: Final = 500
LONGEST_LINE: Final = 75
"""Octets of a line; what is longer goes on after a blank (RFC 5545, 3.1)."""


@dataclass(frozen=True)
class Event:
    day: date
    title: str
    path: str


def written(todos: Iterable[Todo], tasks: Sequence[Task], *, named: bool) -> str:
    """The file, the earliest day first. Without `named` no enterprise and no project is named in it."""
    events = sorted(set(_events(todos, tasks, named)), key=lambda event: (event.day, event.path))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lianzhao//Work//ZH",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(str(_('链招待办')))}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for event in events[:MOST]:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _events(todos: Iterable[Todo], tasks: Sequence[Task], named: bool) -> Iterator[Event]:
    seen = {task_url(task) for task in tasks}
    for task in tasks:
        title = f"{task.title}（{task.subject}）" if named and task.subject else task.title
        yield Event(task.due_on, title, task_url(task))
    for todo in todos:
        tail = todo.url.rpartition("/")[2]
        if todo.due_on is None or f"/tasks/{tail}" in seen:
            continue
        title = f"{todo.title}（{todo.subject}）" if named and todo.subject else str(todo.title)
        yield Event(todo.due_on, title, todo.url)


def _event(event: Event) -> list[str]:
    stamp = f"{clock.now().astimezone(UTC):%Y%m%dT%H%M%SZ}"
    name = hashlib.sha256(f"{event.path} {event.title}".encode()).hexdigest()[:32]
    return [
        "BEGIN:VEVENT",
        f"UID:{name}@lianzhao",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(event.title)}",
        f"URL:{url_for('home.today', _external=True).rstrip('/')}{event.path}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(event.title)}",
        "TRIGGER:PT9H",
        "END:VALARM",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets, no character cut in two."""
    part, room = "", LONGEST_LINE
    for character in line:
        size = len(character.encode())
        if size > room:
            yield part
            part, room = " ", LONGEST_LINE - 1
        part += character
        room -= size
    yield part
