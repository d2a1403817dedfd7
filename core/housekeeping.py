"""What has served its time goes, so that no table grows for ever: every night, in small transactions.

The audit trail stays. What is removed here only guards against repeats (keys of forms, steps of a sign-in) or tells
how work went that is long done; whoever asks later finds the deed itself in the trail.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select, tuple_

from core import clock
from core.accounts.credentials import SignInStep
from core.accounts.models import SignInAttempt
from core.db import db, unit_of_work
from core.idempotency import CallAnswer, FormSubmission
from core.imports.models import Import
from core.jobs import runner
from core.jobs.models import Job
from core.outbox.models import Message

JOB = "housekeeping"
_BATCH = 500


@dataclass(frozen=True)
class Outlived:
    """Rows of one table that are older than `days`, by the instant in `at`; `where` names those that may go."""

    model: Any
    at: Any
    days: int
    where: ColumnElement[bool] | None = None


KEPT: Final = (
    Outlived(FormSubmission, FormSubmission.at, 30),
    Outlived(CallAnswer, CallAnswer.at, 2),
    Outlived(SignInStep, SignInStep.created_at, 2),
    Outlived(SignInAttempt, SignInAttempt.at, 30),
    Outlived(
        Job,
        Job.finished_at,
        400,
        Job.state.in_(("done", "failed", "cancelled"))
        & ~select(Import.id).where(Import.job_id == Job.id).exists(),
    ),
    # A message's key keeps its event from being told twice: it stays longer than any deadline runs.
    Outlived(Message, Message.created_at, 400, Message.state == "sent"),
)
"""How long each is kept. A form that lay open for longer than its key is a new form."""


@runner.handler(JOB)
def run(job: runner.JobRun) -> None:
    """May run twice: what is gone is gone."""
    gone = dict.fromkeys((kind.model.__tablename__ for kind in KEPT), 0)
    for place, kind in enumerate(KEPT):
        job.progress(place, len(KEPT))
        while number := remove(kind, clock.now()):
            gone[kind.model.__tablename__] += number
            job.progress(place, len(KEPT))
    job.result({"removed": gone})


def remove(kind: Outlived, now: datetime) -> int:
    """Remove some of the rows that are older than their time; how many, 0 when there is none left."""
    keys = tuple(kind.model.__table__.primary_key)
    old = select(*keys).where(kind.at < now - timedelta(days=kind.days)).limit(_BATCH)
    if kind.where is not None:
        old = old.where(kind.where)
    rows = [tuple(row) for row in db.session().execute(old)]
    db.session().rollback()
    if rows:
        with unit_of_work() as session:
            session.execute(delete(kind.model).where(tuple_(*keys).in_(rows)))
    return len(rows)
