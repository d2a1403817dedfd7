"""Queue, claim, keep alive and finish jobs; each step is one short transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core import clock
from core.db import after_commit, unit_of_work
from core.jobs import publisher
from core.jobs.models import Job
from core.permissions import Actor

LEASE = timedelta(seconds=60)
REPUBLISH = timedelta(seconds=60)
MAX_ATTEMPTS = 5


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    actor: Actor,
    key: str | None = None,
    queue: str = "default",
    title: str = "",
    run_after: datetime | None = None,
    periodic: str | None = None,
) -> Job:
    """Queue work in the open unit of work; it is delivered after the commit.

    `key` makes it unique for ever, e.g. `digest:2026-11-21`: a second enqueue returns the first job, also
    when two processes ask at the same instant. `periodic` names the row of the schedule that it belongs to.
    """
    values: dict[str, Any] = {
        "kind": kind,
        "payload": payload,
        "account_id": actor.account_id,
        "key": key,
        "queue": queue,
        "title": title,
        "run_after": run_after,
        "periodic": periodic,
    }
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Job).values(**values).on_conflict_do_nothing(index_elements=["key"])
    made = session.scalar(statement.returning(Job.id))
    if made is None:
        return session.scalars(select(Job).where(Job.key == key)).one()
    after_commit(session, publisher.nudge)
    return session.get_one(Job, made)


@dataclass(frozen=True)
class Claim:
    """A job that this worker holds until its lease ends."""

    job_id: int
    fence: int
    kind: str
    payload: dict[str, Any]
    account_id: int
    attempts: int


def claimable(now: datetime) -> Any:
    """Queued and due, or running with a lease that has ended (its worker died)."""
    return or_(
        and_(Job.state == "queued", or_(Job.run_after.is_(None), Job.run_after <= now)),
        and_(Job.state == "running", Job.lease_until < now),
    )


def claim(job_id: int) -> Claim | None:
    """Take a job with one UPDATE; None when somebody else has it. A double delivery is harmless.

    A job that has failed to finish five times is dead and waits for an administrator.
    """
    now = clock.now()
    with unit_of_work() as session:
        row = session.execute(
            update(Job)
            .where(Job.id == job_id, claimable(now))
            .values(
                state="running",
                attempts=Job.attempts + 1,
                fence=Job.fence + 1,
                lease_until=now + LEASE,
                started_at=now,
            )
            .returning(Job.id, Job.fence, Job.kind, Job.payload, Job.account_id, Job.attempts)
        ).one_or_none()
        if row is not None and row.attempts > MAX_ATTEMPTS:
            _close(session, row.id, row.fence, "dead", error="gave up after repeated failures")
            return None
    return None if row is None else Claim(*row)


def keep_alive(held: Claim, done: int, total: int) -> bool:
    """Renew the lease and note progress. False: the lease was lost or a cancel is asked for; stop."""
    with unit_of_work() as session:
        row = session.execute(
            update(Job)
            .where(Job.id == held.job_id, Job.fence == held.fence, Job.state == "running")
            .values(lease_until=clock.now() + LEASE, progress_done=done, progress_total=total)
            .returning(Job.cancel_asked)
        ).one_or_none()
    return row is not None and not row.cancel_asked


def finish(
    held: Claim, state: str, *, result: dict[str, Any] | None = None, error: str | None = None
) -> bool:
    """Close a job; False when its lease has passed to another worker meanwhile."""
    with unit_of_work() as session:
        return _close(session, held.job_id, held.fence, state, result=result, error=error)


def hand_back(held: Claim) -> None:
    """Put a job back as it stands, because its process ends. This was no attempt."""
    with unit_of_work() as session:
        session.execute(
            update(Job)
            .where(Job.id == held.job_id, Job.fence == held.fence, Job.state == "running")
            .values(
                state="queued", lease_until=None, published_at=None, run_after=None, attempts=Job.attempts - 1
            )
        )


def retry_later(held: Claim, error: str) -> None:
    """Put a failed job back, each time later; after five attempts it is dead."""
    with unit_of_work() as session:
        if held.attempts >= MAX_ATTEMPTS:
            _close(session, held.job_id, held.fence, "dead", error=error)
            return
        pause = timedelta(seconds=5 * 3**held.attempts)
        session.execute(
            update(Job)
            .where(Job.id == held.job_id, Job.fence == held.fence)
            .values(
                state="queued",
                lease_until=None,
                published_at=None,
                error=error,
                run_after=clock.now() + pause,
            )
        )


def _close(
    session: Session,
    job_id: int,
    fence: int,
    state: str,
    *,
    result: dict[str, Any] | None = None,
    error: str | None = None,
) -> bool:
    values: dict[str, Any] = {"state": state, "lease_until": None, "finished_at": clock.now(), "error": error}
    if result is not None:
        values["result"] = result
    closed = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.fence == fence, Job.state == "running")
        .values(**values)
        .returning(Job.id)
    ).one_or_none()
    return closed is not None


def ask_cancel(session: Session, job: Job) -> None:
    """Ask a job to stop at its next heartbeat; one that has not begun is cancelled at once."""
    job.cancel_asked = True
    if job.state == "queued":
        job.state = "cancelled"
        job.finished_at = clock.now()


def begin_again(session: Session, job: Job) -> None:
    """Queue a dead or failed job once more, with all its attempts before it."""
    job.state, job.attempts, job.cancel_asked = "queued", 0, False
    job.error = job.run_after = job.published_at = job.finished_at = job.lease_until = None
    after_commit(session, publisher.nudge)


def due(session: Session, limit: int = 100) -> list[tuple[int, str]]:
    """(id, queue) of jobs that should be in the broker: new ones, and those whose delivery got lost."""
    now = clock.now()
    statement = (
        select(Job.id, Job.queue)
        .where(claimable(now), or_(Job.published_at.is_(None), Job.published_at < now - REPUBLISH))
        .order_by(Job.id)
        .limit(limit)
    )
    return [(row.id, row.queue) for row in session.execute(statement)]


def mark_published(job_ids: list[int]) -> None:
    with unit_of_work() as session:
        session.execute(update(Job).where(Job.id.in_(job_ids)).values(published_at=clock.now()))
