"""Enterprises and projects follow their park behind the administrator's back."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import case, func, select, update

from core import audit, place_following, places
from core.accounts import queries as people
from core.db import db, unit_of_work
from core.dirty import touch
from core.jobs import runner
from core.permissions import SYSTEM
from core.places import Park
from crm.enterprises.models import Enterprise
from crm.enterprises.service import KIND as ENTERPRISE
from crm.parks.rules import KIND
from crm.projects.facts import KIND as PROJECT
from crm.projects.models import Project

JOB = place_following.JOB
_BATCH = 1000


@runner.handler(JOB)
def follow(job: runner.JobRun) -> None:
    """May run twice: who has followed already is not found again."""
    told = job.payload
    moved = 0
    for done, park_id in enumerate(told["parks"]):
        job.progress(done, len(told["parks"]))
        moved += _move(job, park_id, told["left"])
    shown = _show_anew(told["parks"]) if told["renamed"] else 0
    job.result({"enterprises": moved, "projects": shown})


def _move(job: runner.JobRun, park_id: int, left: Collection[int | None]) -> int:
    """Give a park's enterprises to its committee; those that somebody has given to another unit stay there.

    A specialist who is not of the committee looks after them no longer, as when one enterprise changes its park.
    """
    theirs = func.coalesce(Enterprise.unit_id, 0).in_([number or 0 for number in left])
    found = list(db.session.scalars(select(Enterprise.id).where(Enterprise.park_id == park_id, theirs)))
    db.session.rollback()
    moved = 0
    for start in range(0, len(found), _BATCH):
        job.progress(start, len(found))
        with unit_of_work() as session:
            unit_id = places.unit_of_park(session, park_id)
            staff = [each.id for each in people.staff_below(session, unit_id)] if unit_id else []
            statement = (
                update(Enterprise)
                .where(
                    Enterprise.id.in_(found[start : start + _BATCH]), Enterprise.park_id == park_id, theirs
                )
                .where(func.coalesce(Enterprise.unit_id, 0) != (unit_id or 0))
                .values(
                    unit_id=unit_id,
                    specialist_id=case((Enterprise.specialist_id.in_(staff), Enterprise.specialist_id)),
                    version=Enterprise.version + 1,
                )
                .returning(Enterprise.id)
            )
            changed = list(session.scalars(statement, execution_options={"synchronize_session": False}))
            moved += len(changed)
            touch(ENTERPRISE, changed)
    if moved:
        _note(park_id, moved)
    return moved


def _note(park_id: int, moved: int) -> None:
    with unit_of_work() as session:
        park = session.get_one(Park, park_id)
        changes: dict[str, tuple[Any, Any]] = {"enterprises": (None, moved)}
        audit.record("places.park_followed", KIND, park.id, actor=SYSTEM, label=park.name, changes=changes)


def _show_anew(parks: Collection[int]) -> int:
    """Projects are found by the name of their park."""
    found = list(db.session.scalars(select(Project.id).where(Project.park_id.in_(parks))))
    db.session.rollback()
    for start in range(0, len(found), _BATCH):
        with unit_of_work():
            touch(PROJECT, found[start : start + _BATCH])
    return len(found)
