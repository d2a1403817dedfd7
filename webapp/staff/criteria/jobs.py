"""The dry run of a draft, in the background with progress; its result stays with the job."""

from core.criteria import dry_run, service, sheets
from core.db import db
from core.jobs import runner


@runner.handler(service.DRY_RUN)
def try_out(job: runner.JobRun) -> None:
    session = db.session()
    row = service.find(session, str(job.payload["version"]))
    if sheets.find(row.book) is None:
        job.result(dry_run.run(session, row, job.progress).plain())
    else:
        job.result(sheets.dry_run(session, row, job.progress))
