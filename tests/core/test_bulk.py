"""Rows inserted past SQLAlchemy come back as they went in, on both databases."""

from decimal import Decimal
from typing import Any, cast

import pytest
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from core.bulk import insert_rows, write_rows
from core.db import db, new_ulid, unit_of_work
from core.settings import Setting
from crm.enterprises.models import Enterprise

_SETTINGS = cast(Table, Setting.__table__)
_FIRMS = cast(Table, Enterprise.__table__)


def _rows(*values: Any) -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {"name": f"bulk.{at}", "value": value, "version": 1, "created_at": now, "updated_at": now}
        for at, value in enumerate(values)
    ]


def test_values_come_back_as_they_went_in(session: Session) -> None:
    values = ["字", 7, ["a", {"b": None}], {"c": "d'e%s?"}]
    rows = _rows(*values)
    with unit_of_work() as writing:
        insert_rows(writing.connection(), _SETTINGS, rows)
    found = (
        db.session()
        .scalars(select(Setting).where(Setting.name.startswith("bulk.")).order_by(Setting.name))
        .all()
    )
    assert [each.value for each in found] == values
    assert found[0].created_at == rows[0]["created_at"]


def test_no_rows_are_no_statement(session: Session) -> None:
    with unit_of_work() as writing:
        insert_rows(writing.connection(), _SETTINGS, [])


def test_a_default_that_is_not_given_is_named(session: Session) -> None:
    with unit_of_work() as writing, pytest.raises(ValueError, match="version must be given"):
        insert_rows(
            writing.connection(), _SETTINGS, [{k: v for k, v in _rows(1)[0].items() if k != "version"}]
        )


def test_the_database_still_refuses_what_it_refuses(session: Session) -> None:
    with pytest.raises(IntegrityError), unit_of_work() as writing:
        insert_rows(writing.connection(), _SETTINGS, [*_rows(1), *_rows(2)])


def test_a_number_that_does_not_fit_is_an_overflow(session: Session) -> None:
    row = {"public_id": new_ulid(), "reg_capital_fen": Decimal(10) ** 20}
    with pytest.raises((OverflowError, ValueError)), unit_of_work() as writing:
        insert_rows(writing.connection(), _FIRMS, [row])


_RENAMED = (
    update(_SETTINGS)
    .where(_SETTINGS.c.name == bindparam("b_name"))
    .values(value=bindparam("b_value"), version=_SETTINGS.c.version + 1, updated_at=_SETTINGS.c.updated_at)
)


def test_a_statement_for_many_rows_writes_each_of_them(session: Session) -> None:
    with unit_of_work() as writing:
        insert_rows(writing.connection(), _SETTINGS, _rows(1, 2, 3))
        changes = [{"b_name": f"bulk.{at}", "b_value": {"now": at}} for at in (0, 2)]
        write_rows(writing.connection(), _RENAMED, changes)
        write_rows(writing.connection(), _RENAMED, [])
    found = db.session().scalars(
        select(Setting).where(Setting.name.startswith("bulk.")).order_by(Setting.name)
    )
    assert [(each.value, each.version) for each in found] == [({"now": 0}, 2), (2, 1), ({"now": 2}, 2)]


def test_a_value_that_python_would_make_must_be_given(session: Session) -> None:
    silent = update(_SETTINGS).where(_SETTINGS.c.name == bindparam("b_name")).values(version=2)
    with unit_of_work() as writing, pytest.raises(ValueError, match="updated_at must be given"):
        write_rows(writing.connection(), silent, [{"b_name": "bulk.0"}])
