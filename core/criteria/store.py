"""One store for every standard: what ships with the product, and the versions that the city has entered.

A book is a set of standards that are read alike. It ships as a file; at the first start its versions become
rows, later ones are drafted, tried, approved and published as rows. Readers ask `library(book)`; outside an
application, or before the first start, they get what ships.
"""

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import has_app_context
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import settings
from core.criteria.model import Library, Version
from core.criteria.models import RuleVersion
from core.criteria.values import Values
from core.db import db

CONFIRMED = "criteria.confirmed"
"""Setting: ids of the lines of source M that an administrator has confirmed."""

Subjects = Callable[[Session, int, int], Sequence[tuple[int, str, str]]]
Batch = Callable[[Session, Sequence[int], date], Mapping[int, Values]]
Find = Callable[[Session, str], Sequence[tuple[int, str, str]]]


@dataclass(frozen=True)
class Book:
    """A file of standards that ships with the product."""

    code: str
    label: Any
    path: Path


@dataclass(frozen=True)
class Trial:
    """On whom the standards of a book are tried.

    `subjects(session, after_id, limit)` lists (id, public id, name) of everybody in order of id, `find` some
    by name, `values(session, ids, on)` gathers what is known of some of them on a day.
    """

    subjects: Subjects
    find: Find
    values: Batch


_trials: dict[str, Trial] = {}
_books: dict[str, Book] = {}
_shipped: dict[str, Library] = {}
_cache: dict[str, tuple[Any, Library]] = {}
_lock = threading.Lock()


def register(book: Book) -> Book:
    _books[book.code] = book
    return book


def try_on(code: str, trial: Trial) -> None:
    """Say on whom a book is tried; registered by the area above its standards."""
    _trials[code] = trial


def trial(code: str) -> Trial:
    return _trials[code]


def books() -> Sequence[Book]:
    return tuple(_books.values())


def book(code: str) -> Book:
    """Raises KeyError on an unknown code."""
    return _books[code]


def shipped(code: str) -> Library:
    """The book as it ships, read once."""
    if code not in _shipped:
        _shipped[code] = read(book(code).path.read_text(encoding="utf-8"), book(code).path.name)
    return _shipped[code]


def read(text: str, name: str) -> Library:
    """Raises ValueError that names the file and every fault in it."""
    try:
        return Library.model_validate(json.loads(text, parse_float=Decimal, parse_int=Decimal))
    except (ValidationError, json.JSONDecodeError) as error:
        raise ValueError(f"{name}: {error}") from error


def library(code: str) -> Library:
    """The book as it stands now: every published version of every standard."""
    if not has_app_context():
        return shipped(code)
    session = db.session()
    memo: dict[str, Library] = session.info.setdefault("rule_books", {})
    if code not in memo:
        memo[code] = _current(session, code)
    return memo[code]


def _current(session: Session, code: str) -> Library:
    published = (RuleVersion.book == code, RuleVersion.state == "published")
    with session.no_autoflush:
        stamp = tuple(
            session.execute(
                select(func.count(), func.max(RuleVersion.id), func.sum(RuleVersion.version)).where(
                    *published
                )
            ).one()
        )
        kept = _cache.get(code)
        if kept is not None and kept[0] == (stamp, str(session.get_bind().engine.url)):
            return kept[1]
        rows = session.scalars(select(RuleVersion).where(*published)).all()
    found = assembled(code, rows) if rows else shipped(code)
    with _lock:
        _cache[code] = ((stamp, str(session.get_bind().engine.url)), found)
    return found


def assembled(code: str, rows: Iterable[RuleVersion]) -> Library:
    """The book's metrics and names with these versions in place of those that ship.

    A version ends the day before the next one begins, where its own end says nothing earlier.
    """
    base = shipped(code)
    of: dict[str, list[Version]] = {}
    for row in sorted(rows, key=lambda each: (each.effective_from, each.id)):
        of.setdefault(row.standard, []).append(version_of(row))
    standards = [
        standard.model_copy(update={"versions": _in_turn(of[standard.code])})
        if standard.code in of
        else standard
        for standard in base.standards
    ]
    return Library.model_validate(base.model_copy(update={"standards": tuple(standards)}).model_dump())


def _in_turn(versions: Sequence[Version]) -> tuple[Version, ...]:
    ended = []
    for version, following in zip(versions, [*versions[1:], None], strict=True):
        end = version.effective_to
        if following is not None:
            before = date.fromordinal(following.effective_from.toordinal() - 1)
            end = before if end is None or end > before else end
        ended.append(version.model_copy(update={"effective_to": end}))
    return tuple(ended)


def version_of(row: RuleVersion) -> Version:
    """A row as the engine reads it. Raises pydantic's ValidationError when the body contradicts itself."""
    exact = json.loads(json.dumps(row.body), parse_float=Decimal, parse_int=Decimal)
    return Version.model_validate(
        {**exact, "code": row.code, "effective_from": row.effective_from, "effective_to": row.effective_to}
    )


def body_of(version: Version) -> dict[str, Any]:
    """What a row keeps of a version: plain data. Numbers have at most 15 digits, which JSON keeps exactly."""
    kept: dict[str, Any] = plain(version.model_dump(exclude={"code", "effective_from", "effective_to"}))
    return kept


def plain(value: Any) -> Any:
    """Nested values as JSON keeps them."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def confirmed(session: Session) -> list[str]:
    """Lines of source M that bind since an administrator has compared them with the text."""
    found: list[str] = settings.get(session, CONFIRMED, [])
    return found


def forget(session: Session) -> None:
    """Read the books anew in this session: a version has just been published."""
    session.info.pop("rule_books", None)


def seed(session: Session) -> int:
    """Make rows of the versions that ship, for books that have none yet. Returns how many were made."""
    made = 0
    for each in books():
        if session.scalar(select(RuleVersion.id).where(RuleVersion.book == each.code).limit(1)) is not None:
            continue
        for standard in shipped(each.code).standards:
            for version in standard.versions:
                session.add(
                    RuleVersion(
                        book=each.code, standard=standard.code, code=version.code, state="published",
                        effective_from=version.effective_from, effective_to=version.effective_to,
                        body=body_of(version), drafted_by=0, drafted_by_name="", reason="",
                    )
                )  # fmt: skip
                made += 1
    session.flush()
    forget(session)
    return made
