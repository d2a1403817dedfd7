"""Importing by its verbs, and what became of the rows."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.imports import queries, running, service
from core.imports.models import Import
from core.permissions import Actor
from crm.enterprises.models import Enterprise


def present(record: Import) -> Import:
    """As it stands in the database now."""
    session = db.session()
    session.rollback()
    session.expire_all()
    return session.get_one(Import, record.id)


def finish(record: Import, actor: Actor, existing: str = "overwrite") -> Import:
    """Confirm what is correct and write it; every row has one end."""
    with unit_of_work() as session:
        service.confirm(
            session, record.public_id, existing=existing, only_correct=True, queue=False, actor=actor
        )
    running.run(record.id, actor=actor)
    found = present(record)
    adds_up(found)
    return found


def faults(record: Import) -> list[tuple[int, str, str]]:
    """(row, column's letter, code) of every fault of the dry run."""
    return [(each.row, each.column, each.code) for each in queries.faults(db.session(), record)]


def known(session: Session, **values: Any) -> Enterprise:
    return session.scalars(select(Enterprise).filter_by(**values)).one()


def adds_up(record: Import) -> None:
    """No row without an end, and the counters say what the rows say."""
    accounts = running.accounts(db.session(), record.id)
    assert accounts.pop("open", 0) == 0
    assert sum(accounts.values()) == record.total == record.done
    for name, count in accounts.items():
        assert getattr(record, name) == count
