"""The nightly look at the whole register for pairs that may be one enterprise."""

from core.jobs import runner
from crm.enterprises.duplicates import suspects

JOB = "enterprises.duplicates"


@runner.handler(JOB)
def look(job: runner.JobRun) -> None:
    """May run twice: a pair stands in the queue once, and what was decided stays decided."""
    job.result({"found": suspects.look_everywhere(job.progress)})
