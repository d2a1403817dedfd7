"""A planned batch into the register with a handful of statements, whatever its size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from sqlalchemy import JSON, Row, Table, Update, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from chains.matching import Matcher
from core import clock
from core.bulk import insert_rows, write_rows
from core.db import new_ulid
from core.dirty import touch
from core.imports.handlers import Options, Outcome, Result
from core.text import forms
from crm.enterprises import cutting, name_grams, placing, tags
from crm.enterprises.cutting import DERIVED, Cuts, Names, derived_names
from crm.enterprises.duplicates import suspects
from crm.enterprises.import_match import COMPARED
from crm.enterprises.models import Enterprise, FormerName
from crm.enterprises.service import KIND

_TABLE = cast(Table, Enterprise.__table__)
_FORMER = cast(Table, FormerName.__table__)
_COLUMN = {column.key: column.columns[0].name for column in Enterprise.__mapper__.column_attrs}
"""Attribute → column: bulk statements pass the ORM by."""

FORMER_NAMES_ADDED = "former_names_added"
_TRADE = {"main_products", "industry_code", "industry_text"}
_LISTS = [
    column.key for column in Enterprise.__mapper__.column_attrs if isinstance(column.columns[0].type, JSON)
]
_BLANK: Mapping[str, Any] = {
    **dict.fromkeys(COMPARED, None),
    **{
        column.key: column.columns[0].default.arg
        for column in Enterprise.__mapper__.column_attrs
        if column.columns[0].default is not None and column.columns[0].default.is_scalar
    },
    **{key: [] for key in _LISTS},
}


def names_of(row_no: int, values: Mapping[str, Any], former: Sequence[str]) -> Names:
    return row_no, values["name"], values.get("short_name") or "", list(former)


@dataclass(frozen=True)
class Change:
    """What one line does: `fields` of a new record, or `pairs` (before, after) of an old one."""

    row_no: int
    result: Result
    record_id: int | None = None
    record: Row[Any] | None = None
    pairs: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    former_names: Sequence[str] = ()
    reason: Any = ""


def write(
    session: Session,
    changes: Sequence[Change],
    cuts: Cuts,
    options: Options,
    matcher: Matcher,
) -> list[Outcome]:
    """Insert, update, match products with the maps' words, mark as changed; one outcome for each change.

    `cuts` are of the rows that were to be new. Where the register has changed since, they are made again.
    """
    created = [change for change in changes if change.result == "created"]
    if cuts.derived.keys() != {change.row_no for change in created}:
        cuts = cutting.cut(names_of(each.row_no, each.fields, each.former_names) for each in created)
    numbers = _insert(session, created, cuts, options)
    added = _add_former_names(session, changes, numbers)
    renamed = {change.row_no for change in changes if change.pairs.keys() & {"name", "short_name"}}
    touched = [
        change
        for change in changes
        if change.result == "updated" and (change.pairs or added.get(change.row_no))
    ]
    _update(session, [change for change in touched if change.pairs], renamed)
    tags.renew(session, [change.record_id or 0 for change in touched if change.row_no in renamed])
    name_grams.enter(session, cuts, numbers)
    _enter_products(session, created, numbers, matcher)
    renewed = [
        change.record_id or 0
        for change in touched
        if change.pairs.keys() & {"name", "short_name"} or added.get(change.row_no)
    ]
    name_grams.renew(session, renewed)
    suspects.look(session, [*numbers.values(), *renewed])
    touch(KIND, [*numbers.values(), *(change.record_id or 0 for change in touched)])
    products = [change.record_id or 0 for change in touched if change.pairs.keys() & _TRADE]
    placing.refresh_matches(session, products, matcher)
    kept = {change.row_no for change in touched}
    return [_outcome(change, numbers, added, kept) for change in changes]


def _enter_products(
    session: Session, created: Sequence[Change], numbers: Mapping[int, int], matcher: Matcher
) -> None:
    """What follows from the products of new records, without reading them again."""
    products = {
        numbers[change.row_no]: (
            change.fields["main_products"],
            change.fields.get("industry_code"),
            change.fields.get("industry_text") or "",
        )
        for change in created
        if change.fields.get("main_products")
    }
    placing.enter_matches(session, products, matcher)


def _outcome(
    change: Change, numbers: Mapping[int, int], added: Mapping[int, list[str]], kept: set[int]
) -> Outcome:
    if change.result == "created":
        return Outcome(change.row_no, "created", numbers[change.row_no])
    if change.result == "updated":
        if change.row_no not in kept:
            return Outcome(change.row_no, "unchanged", change.record_id)
        before: dict[str, Any] = {name: old for name, (old, _new) in change.pairs.items()}
        after: dict[str, Any] = {name: new for name, (_old, new) in change.pairs.items()}
        if added.get(change.row_no):
            after[FORMER_NAMES_ADDED] = added[change.row_no]
        return Outcome(change.row_no, "updated", change.record_id, before, after)
    return Outcome(change.row_no, change.result, change.record_id, reason=change.reason)


def _insert(
    session: Session,
    created: Sequence[Change],
    cuts: Cuts,
    options: Options,
) -> dict[int, int]:
    """Ids of the new records by row."""
    if not created:
        return {}
    now = clock.now()
    same = {
        **_BLANK,
        "country": "CN",
        "tags": [],
        "source": options.source[:120],
        "invented": False,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    blank = {_COLUMN[name]: value for name, value in same.items()}
    rows: list[dict[str, Any]] = []
    for change in created:
        row = {
            **blank,
            **dict(zip(DERIVED, cuts.derived[change.row_no], strict=True)),
            "public_id": new_ulid(),
        }
        for name, value in change.fields.items():
            row[_COLUMN[name]] = value
        rows.append(row)
    last = session.scalar(select(func.max(Enterprise.id))) or 0
    insert_rows(session.connection(), _TABLE, rows)
    found = session.execute(select(Enterprise.public_id, Enterprise.id).where(Enterprise.id > last))
    ids = {row.public_id: row.id for row in found}
    return {change.row_no: ids[row["public_id"]] for change, row in zip(created, rows, strict=True)}


def _update(session: Session, changes: Sequence[Change], renamed: set[int]) -> None:
    """One statement for all: every column gets its new value or the one that it has (the rows are locked)."""
    if not changes:
        return
    _write(session, [change for change in changes if change.row_no not in renamed], COMPARED)
    _write(session, [change for change in changes if change.row_no in renamed], (*COMPARED, *DERIVED))


def _write(session: Session, changes: Sequence[Change], names: Sequence[str]) -> None:
    if not changes:
        return
    now = clock.now()
    rows = []
    for change in changes:
        assert change.record is not None
        present = change.record._mapping
        values = {name: present[name] for name in COMPARED}
        values |= {name: new for name, (_old, new) in change.pairs.items()}
        if change.pairs.keys() & {"name", "short_name"}:
            values |= derived_names(values["name"], values["short_name"])
        bound = {f"b_{name}": value for name, value in values.items()}
        rows.append({"b_id": change.record_id, "b_updated_at": now, **bound})
    write_rows(session.connection(), _update_of(tuple(names)), rows)


@cache
def _update_of(names: tuple[str, ...]) -> Update:
    columns: dict[str, Any] = {_COLUMN[name]: bindparam(f"b_{name}") for name in names}
    return (
        update(_TABLE)
        .where(_TABLE.c.id == bindparam("b_id"))
        .values(version=_TABLE.c.version + 1, updated_at=bindparam("b_updated_at"), **columns)
    )


def _add_former_names(
    session: Session, changes: Sequence[Change], numbers: Mapping[int, int]
) -> dict[int, list[str]]:
    """Former names of the sheet, and the present name of a record that gets another one; each once."""
    wanted: dict[int, tuple[int, list[str]]] = {}
    for change in changes:
        if change.result not in ("created", "updated"):
            continue
        names = list(change.former_names)
        if "name" in change.pairs:
            names.append(change.pairs["name"][0])
        if names:
            wanted[change.row_no] = (change.record_id or numbers[change.row_no], names)
    if not wanted:
        return {}
    have = {
        (row.enterprise_id, row.core_name)
        for row in session.execute(
            select(FormerName.enterprise_id, FormerName.core_name).where(
                FormerName.enterprise_id.in_({number for number, _names in wanted.values()})
            )
        )
    }
    added: dict[int, list[str]] = {}
    rows = []
    for row_no, (number, names) in wanted.items():
        for name in names:
            core_name = forms.normal_form(name)[:200]
            if (number, core_name) not in have:
                have.add((number, core_name))
                added.setdefault(row_no, []).append(name)
                rows.append(
                    {"public_id": new_ulid(), "enterprise_id": number, "name": name, "core_name": core_name}
                )
    if rows:
        session.connection().execute(insert(_FORMER), rows)
    return added
