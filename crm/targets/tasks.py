"""What the clock does by itself every night: targets without a follow-up for too long return to the pool."""

from core.db import unit_of_work
from core.jobs import runner
from core.permissions import SYSTEM
from crm.targets import service

JOB = "targets.release"


@runner.handler(JOB)
def release(job: runner.JobRun) -> None:
    """May run twice: what is in the pool is not returned again."""
    with unit_of_work() as session:
        released = service.release_silent(session, actor=SYSTEM)
    job.result({"released": released})
