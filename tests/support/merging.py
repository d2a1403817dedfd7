"""Enterprises that are entered, merged and taken apart again, as tests do it."""

from typing import Any

from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.permissions import Actor
from crm.enterprises import service
from crm.enterprises.duplicates import merging, undoing
from crm.enterprises.duplicates.merging import Choice
from crm.enterprises.duplicates.models import Merge
from crm.enterprises.models import Enterprise

Pair = tuple[Enterprise, Enterprise]


def add(actor: Actor, name: str, **values: Any) -> Enterprise:
    with unit_of_work() as session:
        return service.create(session, {"name": name, "reg_status": "active", **values}, actor=actor)


def present(session: Session, enterprise: Enterprise) -> Enterprise:
    """The record as it stands now."""
    session.rollback()
    return session.get_one(Enterprise, enterprise.id, populate_existing=True)


def change(session: Session, enterprise: Enterprise, actor: Actor, **values: Any) -> None:
    version = present(session, enterprise).version
    with unit_of_work() as writing:
        service.update(writing, enterprise.public_id, values, version=version, actor=actor)


def choice(keep: Enterprise, gone: Enterprise, **taken: bool) -> Choice:
    return Choice(keep.public_id, gone.public_id, keep.version, gone.version, taken, "同一家")


def merged(keep: Enterprise, gone: Enterprise, actor: Actor, **taken: bool) -> Merge:
    with unit_of_work() as session:
        return merging.merge(session, choice(keep, gone, **taken), actor=actor)


def merged_now(session: Session, keep: Enterprise, gone: Enterprise, actor: Actor, **taken: bool) -> Merge:
    """As both stand now."""
    return merged(present(session, keep), present(session, gone), actor, **taken)


def undone(made: Merge, actor: Actor) -> Merge:
    """Taken back, as the merge stands now."""
    with unit_of_work() as session:
        version = session.get_one(Merge, made.id, populate_existing=True).version
        return undoing.undo(session, made.public_id, version=version, actor=actor)
