"""What the clock does by itself every night: cards past their day expire."""

from core.db import unit_of_work
from core.jobs import runner
from crm.greencards import service

JOB = "greencards.expire"
_BATCH = 200


@runner.handler(JOB)
def expire(job: runner.JobRun) -> None:
    """In short batches; may run twice: what has expired does not expire again."""
    total = 0
    while True:
        with unit_of_work() as session:
            done = service.expire_due(session, limit=_BATCH)
        total += done
        if done < _BATCH:
            break
    job.result({"expired": total})
