"""What the clock does by itself every night: leads without a follow-up for too long lose their claim."""

from core.db import unit_of_work
from core.jobs import runner
from crm.leads import progress

JOB = "leads.expire"


@runner.handler(JOB)
def expire(job: runner.JobRun) -> None:
    """May run twice: what has expired is closed."""
    with unit_of_work() as session:
        expired = progress.expire_silent(session)
    job.result({"expired": expired})
