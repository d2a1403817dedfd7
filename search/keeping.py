"""What the administrator does about the index: retry what is parked, compare, rebuild. Audited."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import audit, clock
from core.dirty import PARKED_AFTER, SearchDoc
from core.jobs import service
from core.jobs.models import Job
from core.permissions import SYSTEM, Actor, require
from search.document import Key

MANAGE = "search:index:manage"
REBUILD = "search.rebuild"
VERIFY = "search.verify"
_QUEUE = "search"
_OPEN = ("queued", "running")


def open_job(session: Session, kind: str) -> Job | None:
    """The job of a kind that waits or runs."""
    statement = select(Job).where(Job.kind == kind, Job.state.in_(_OPEN)).order_by(Job.id.desc())
    return session.scalars(statement).first()


def last_job(session: Session, kind: str) -> Job | None:
    return session.scalars(select(Job).where(Job.kind == kind).order_by(Job.id.desc())).first()


def queue_rebuild(session: Session, *, actor: Actor, reason: str = "") -> Job:
    """Queue a rebuild; while one waits or runs there is no second. Its key keeps two processes, which ask
    in the same minute, from queueing two."""
    if actor is not SYSTEM:
        require(actor, MANAGE)
    if (running := open_job(session, REBUILD)) is not None:
        return running
    job = service.enqueue(session, REBUILD, {}, actor=actor, key=_key(REBUILD, clock.now()), queue=_QUEUE)
    audit.record("search.rebuild_asked", "search_index", job.id, actor=actor, reason=reason)
    return job


def queue_verify(session: Session, *, actor: Actor) -> Job:
    """Queue a comparison of index and database that mends what differs."""
    require(actor, MANAGE)
    if (running := open_job(session, VERIFY)) is not None:
        return running
    job = service.enqueue(
        session, VERIFY, {}, actor=actor, key=_key(VERIFY, clock.now()), queue=_QUEUE, title="search-verify"
    )
    audit.record("search.verify_asked", "search_index", job.id, actor=actor)
    return job


def _key(kind: str, now: datetime) -> str:
    return f"{kind}:{now:%Y-%m-%dT%H:%M}"


def retry(session: Session, keys: Iterable[Key] | None, *, actor: Actor) -> int:
    """Let refused documents be tried at once; all of them without `keys`. How many there were."""
    require(actor, MANAGE)
    statement = (
        update(SearchDoc)
        .where(SearchDoc.version > SearchDoc.indexed, SearchDoc.attempts > 0)
        .values(attempts=0, next_try=None)
        .execution_options(synchronize_session=False)
    )
    chosen = list(keys) if keys is not None else [None]
    count = 0
    for key in chosen:
        one = statement
        if key is not None:
            one = statement.where(SearchDoc.kind == key.kind, SearchDoc.id == key.id)
        count += len(session.execute(one.returning(SearchDoc.id)).all())
    label = "、".join(map(str, keys or ()))[:300]
    audit.record(
        "search.retried", "search_index", 0, actor=actor, label=label, changes={"documents": (0, count)}
    )
    return count


def waiting(session: Session) -> tuple[int, int]:
    """How many documents wait for the index, and how many of them are parked."""
    dirty = select(func.count()).select_from(SearchDoc).where(SearchDoc.version > SearchDoc.indexed)
    parked = dirty.where(SearchDoc.attempts >= PARKED_AFTER)
    return session.scalar(dirty) or 0, session.scalar(parked) or 0
