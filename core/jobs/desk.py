"""What people do with jobs: look at them, stop one, try a dead one again, start periodic work by hand."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.db import load
from core.errors import Missing, NotPermitted, Refused
from core.i18n import lazy as _l
from core.jobs import access, service
from core.jobs.models import Job
from core.permissions import Actor

OPEN = ("queued", "running")


def get(session: Session, public_id: str, *, actor: Actor) -> Job:
    """Raises NotFound for a job of somebody else."""
    return load(session, Job, public_id, where=access.visible_to(actor))


def read(session: Session, public_id: str, *, actor: Actor) -> Job | None:
    found: Job | None = session.scalars(
        select(Job).where(Job.public_id == public_id, access.visible_to(actor))
    ).one_or_none()
    return found


def cancel(session: Session, public_id: str, *, actor: Actor) -> Job:
    """Ask a job to stop. Raises Refused when it has ended already."""
    job = get(session, public_id, actor=actor)
    if job.state not in OPEN:
        raise Refused([Missing(None, "ended", _l("这项任务已经结束，不用再停。"))])
    if not access.can_cancel(actor, job):
        raise NotPermitted()
    service.ask_cancel(session, job)
    audit.record("jobs.cancelled", "job", job.id, actor=actor, label=job.title or job.kind)
    return job


def retry(session: Session, public_id: str, *, actor: Actor) -> Job:
    """Try a dead or failed job again. Raises Refused when it is neither."""
    job = get(session, public_id, actor=actor)
    if not actor.can(access.MANAGE):
        raise NotPermitted()
    if not access.can_retry(actor, job):
        raise Refused([Missing(None, "not_dead", _l("这项任务没有失败，不用重试。"))])
    before = job.state
    service.begin_again(session, job)
    audit.record(
        "jobs.retried", "job", job.id, actor=actor, label=job.title or job.kind,
        changes={"state": (before, "queued")},
    )  # fmt: skip
    return job


def last_runs(session: Session, names: Collection[str]) -> Mapping[str, Job]:
    """The newest job of each row of the schedule."""
    newest = select(func.max(Job.id)).where(Job.periodic.in_(names)).group_by(Job.periodic).scalar_subquery()
    return {job.periodic or "": job for job in session.scalars(select(Job).where(Job.id.in_(newest)))}


def count_dead(session: Session) -> int:
    """Dead letters, counted up to 99."""
    inner = select(Job.id).where(Job.state == "dead").limit(99).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def waiting_since(session: Session) -> datetime | None:
    """When the oldest due job was queued; None when nothing waits."""
    return session.scalar(select(func.min(Job.created_at)).where(Job.state == "queued"))
