"""The dry run of a draft, in the background with progress; its result stays with the job."""

from core.criteria import dry_run, service
from core.db import db
from core.jobs import runner


@runner.handler(service.DRY_RUN)
def try_out(job: runner.JobRun) -> None:
    session = db.session()
    row = service.find(session, str(job.payload["version"]))
    found = dry_run.run(session, row, job.progress)
    job.result(found.plain())
