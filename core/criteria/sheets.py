"""Sheets: terms, thresholds and weights of an area as versions with effective days, like the standards.

A sheet ships as a file; its versions are rows beside those of the standards, drafted, tried and approved the same
way. `Sheet.on(day)` gives the area its own value of the version in force: inside a unit of work as it stands this
moment, on pages as it stood a few seconds ago at most.
"""

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from flask import has_app_context
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.criteria import words
from core.criteria.models import RuleVersion
from core.criteria.store import Find, Subjects, plain
from core.db import db
from core.deadlines import Term
from core.i18n import _
from core.i18n import lazy as _l
from core.kept import kept

T = TypeVar("T")
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One value of a sheet: its place in the body (`terms.respond.term`), its kind, unit and bounds.

    A `term` is a number with its unit (days, working days, hours); bounds hold for its number.
    """

    path: str
    label: Any
    kind: Literal["whole", "number", "term"] = "whole"
    unit: Any = ""
    least: int = 0
    most: int = 1_000_000_000

    def said(self, value: Any) -> str:
        """The value in words; empty when there is none."""
        if value is None:
            return ""
        if self.kind == "term":
            return Term.parse(value).words()
        return f"{words.plain(Decimal(str(value)))} {self.unit}".rstrip()

    def fault(self, value: Any) -> Any | None:
        """Why a value does not fit, in words; None when it does."""
        number = next(iter(value.values()), None) if isinstance(value, Mapping) else value
        try:
            exact = Decimal(str(number))
        except ArithmeticError:
            return _l("“%(label)s”要填数字。", label=self.label)
        if self.kind != "number" and exact != exact.to_integral_value():
            return _l("“%(label)s”要填整数。", label=self.label)
        if not max(self.least, 1 if self.kind == "term" else 0) <= exact <= self.most:
            return _l(
                "“%(label)s”要在 %(least)s 到 %(most)s 之间。",
                label=self.label,
                least=self.least,
                most=self.most,
            )
        return None


@dataclass(frozen=True)
class Trial(Generic[T]):
    """On whom a draft is tried: every subject has an outcome by a version; `labels` says it in words and tone.

    Names of subjects are numbers of records: whoever drafts a sheet need not see the records themselves.
    """

    labels: Mapping[str, tuple[Any, str]]
    subjects: Subjects
    find: Find
    outcomes: Callable[[Session, Sequence[int], T, date], Mapping[int, str]]


@dataclass(frozen=True)
class Sheet(Generic[T]):
    """`parse` makes the area's value from {version, effective_from, **body} and raises KeyError or ValueError on
    what is missing; `rules` names what contradicts itself in it; `scope` says what a new version reaches."""

    code: str
    label: Any
    scope: Any
    path: Path
    entries: tuple[Entry, ...]
    parse: Callable[[dict[str, Any]], T]
    pick: Callable[[Any], Sequence[dict[str, Any]]] = lambda data: data["versions"]
    rules: Callable[[T], Sequence[Any]] = lambda value: ()

    def shipped(self) -> list[tuple[str, date, dict[str, Any]]]:
        """(version, effective day, body) of what comes with the product."""
        found = []
        for each in self.pick(json.loads(self.path.read_text("utf-8"))):
            body = {
                name: value
                for name, value in each.items()
                if name not in ("version", "effective_from", "effective_to")
            }
            found.append((each["version"], date.fromisoformat(each["effective_from"]), body))
        return sorted(found, key=lambda item: item[1])

    def made(self, version: str, effective_from: date, body: Body) -> T:
        return self.parse({**body, "version": version, "effective_from": effective_from.isoformat()})

    def on(self, day: date) -> T:
        """The version in force on a day; before the first one, the first."""
        known = self.versions()
        return next((value for since, value in reversed(known) if since <= day), known[0][1])

    def versions(self) -> list[tuple[date, T]]:
        """Every published version with its first day, oldest first."""
        if not has_app_context():
            return [(since, self.made(version, since, body)) for version, since, body in self.shipped()]
        return kept(db.session(), (Sheet, self.code), self._published)

    def _published(self, session: Session) -> list[tuple[date, T]]:
        statement = (
            select(RuleVersion.code, RuleVersion.effective_from, RuleVersion.body)
            .where(RuleVersion.book == self.code, RuleVersion.state == "published")
            .order_by(RuleVersion.effective_from, RuleVersion.id)
        )
        with session.no_autoflush:
            rows = [(row[0], row[1], row[2]) for row in session.execute(statement)]
        return [(since, self.made(version, since, body)) for version, since, body in rows or self.shipped()]

    def fault(self, row: RuleVersion) -> str:
        """Everything that keeps this version from holding, in one sentence; empty when nothing does."""
        faults = [entry.fault(at(row.body, entry.path)) for entry in self.entries]
        said = [str(fault) for fault in faults if fault is not None]
        if not said:
            said = [str(each) for each in self.rules(self.made(row.code, row.effective_from, row.body))]
        return "".join(said)


def at(body: Any, path: str) -> Any:
    """The value at a dotted path; a step of digits counts in a list. None where the path ends early."""
    for step in path.split("."):
        if isinstance(body, list):
            body = body[int(step)] if step.isdecimal() and int(step) < len(body) else None
        else:
            body = body.get(step) if isinstance(body, Mapping) else None
    return body


def with_values(body: Body, values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the body with other values at these paths, numbers as JSON keeps them."""
    made = copy.deepcopy(dict(body))
    for path, value in values.items():
        *steps, last = path.split(".")
        node: Any = made
        for step in steps:
            node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
        before = node[int(last)] if isinstance(node, list) else node.get(last)
        kept_as_text = isinstance(before, str) and isinstance(value, Decimal)
        fresh = format(value, "f") if kept_as_text else plain(value)
        if isinstance(node, list):
            node[int(last)] = fresh
        else:
            node[last] = fresh
    return made


def source_path(body: Body, entry: Entry) -> str | None:
    """Where the source of a value is written: beside it, in the same node; None where the body has none."""
    beside = entry.path.rpartition(".")[0]
    node = at(body, beside) if beside else None
    return f"{beside}.source" if isinstance(node, Mapping) and "source" in node else None


_sheets: dict[str, Sheet[Any]] = {}
_trials: dict[str, Trial[Any]] = {}


def register(sheet: Sheet[T]) -> Sheet[T]:
    _sheets[sheet.code] = sheet
    return sheet


def try_on(code: str, trial: Trial[Any]) -> None:
    """Say on whom a sheet is tried; registered by the area above its terms."""
    _trials[code] = trial


def trial(code: str) -> Trial[Any]:
    return _trials[code]


def sheets() -> Sequence[Sheet[Any]]:
    return tuple(_sheets.values())


def find(code: str) -> Sheet[Any] | None:
    return _sheets.get(code)


def seed(session: Session) -> int:
    """Make rows of the versions that ship, for sheets that have none yet. Returns how many were made."""
    made = 0
    for sheet in unseeded(session):
        for version, since, body in sheet.shipped():
            session.add(
                RuleVersion(
                    book=sheet.code, standard=sheet.code, code=version, state="published", effective_from=since,
                    body=body, drafted_by=0, drafted_by_name="", reason="",
                )
            )  # fmt: skip
            made += 1
    session.flush()
    return made


def unseeded(session: Session) -> list[Sheet[Any]]:
    known = set(session.scalars(select(RuleVersion.book).distinct()))
    return [sheet for sheet in sheets() if sheet.code not in known]


def differences(sheet: Sheet[Any], before: Body | None, after: Body) -> list[tuple[Any, str, str]]:
    """(label, before, after) of every value that is not the same."""
    pairs = [
        (entry.label, entry.said(at(before, entry.path)), entry.said(at(after, entry.path)))
        for entry in sheet.entries
    ]
    return [pair for pair in pairs if pair[1] != pair[2]]


def dry_run(session: Session, row: RuleVersion, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Whose outcome the draft would change, by today's records. In the form of the standards' dry run."""
    sheet = _sheets[row.book]
    tried, day = trial(row.book), row.effective_from
    standing, drafted = sheet.on(day), sheet.made(row.code, row.effective_from, row.body)
    found: dict[str, Any] = {"tried": 0, "counts": {}, "up": 0, "down": 0, "movers": []}
    last = 0
    while batch := tried.subjects(session, last, 500):
        ids = [each[0] for each in batch]
        before, after = (tried.outcomes(session, ids, terms, day) for terms in (standing, drafted))
        for number, public_id, name in batch:
            _count(found, public_id, name, before.get(number, ""), after.get(number, ""))
        last = batch[-1][0]
        session.rollback()
        progress(found["tried"], found["tried"])
    return found


def _count(found: dict[str, Any], public_id: str, name: str, before: str, after: str) -> None:
    found["tried"] += 1
    pair = f"{before}>{after}"
    found["counts"][pair] = found["counts"].get(pair, 0) + 1
    if before != after and len(found["movers"]) < 5000:
        mover = {
            "pid": public_id,
            "name": name,
            "before": before,
            "after": after,
            "direction": 0,
            "lines": "",
        }
        found["movers"].append(mover)


def outcome_words(sheet: Sheet[Any], code: str) -> Any:
    label = trial(sheet.code).labels.get(code)
    return label[0] if label else _("不适用")
