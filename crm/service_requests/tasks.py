"""What the clock does by itself every night: lapse what was not rated or answered, follow the calendar."""

from core.db import unit_of_work
from core.jobs import runner
from crm.service_requests import closing

JOB = "requests.lapse"


@runner.handler(JOB)
def lapse(job: runner.JobRun) -> None:
    """May run twice: what has lapsed once does not lapse again."""
    with unit_of_work() as session:
        unrated = closing.lapse_unrated(session)
    with unit_of_work() as session:
        unanswered = closing.close_unanswered(session)
    with unit_of_work() as session:
        moved = closing.recompute(session)
    job.result({"unrated": unrated, "unanswered": unanswered, "moved": moved})
