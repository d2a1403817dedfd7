"""Who sees and stops which jobs: each his own, the administrator all of them."""

from sqlalchemy import ColumnElement, true

from core.jobs.models import Job
from core.permissions import Actor

MANAGE = "jobs:job:manage"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.can(MANAGE) else Job.account_id == actor.account_id


def can_cancel(actor: Actor, job: Job) -> bool:
    return job.state in ("queued", "running") and (job.account_id == actor.account_id or actor.can(MANAGE))


def can_retry(actor: Actor, job: Job) -> bool:
    return job.state in ("dead", "failed") and actor.can(MANAGE)
