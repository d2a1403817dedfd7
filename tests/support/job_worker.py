"""A worker process for tests that kill it.

python -m tests.support.job_worker DATA_DIR DATABASE_URL JOB_ID     does one job, then ends
python -m tests.support.job_worker DATA_DIR DATABASE_URL embedded   worker and beat as threads, until killed
python -m tests.support.job_worker DATA_DIR DATABASE_URL REDIS_URL  a worker on Redis, until killed
"""

import os
import sys
import time

from sqlalchemy import func, select

import config
from core import numbering
from core.db import db, unit_of_work
from core.idempotency import FormSubmission
from core.jobs import runner
from webapp import worker
from webapp.factory import create_app


@runner.handler("test.steps")
def steps(job: runner.JobRun) -> None:
    """Takes `n` numbers one by one; each step and the note that it was done are one transaction."""
    mark, n = int(job.payload["mark"]), int(job.payload["n"])
    session = db.session()
    done = session.scalar(select(func.count()).where(FormSubmission.account_id == mark)) or 0
    session.rollback()
    for step in range(done, n):
        with unit_of_work() as writing:
            writing.add(FormSubmission(account_id=mark, form_key=f"step-{step}", result_url="/"))
            numbering.take(writing, "STEP", str(mark), 2026)
        job.progress(step + 1, n)
        time.sleep(0.01)
    job.result({"steps": n})


@runner.handler("test.poison")
def poison(job: runner.JobRun) -> None:
    """Takes the whole process down, as a crash in a library would."""
    os._exit(7)


def main(data_dir: str, database_url: str, what: str) -> None:
    settings = config.load(
        {
            "MODE": "demo",
            "DATA_DIR": data_dir,
            "DATABASE_URL": database_url,
            "SECRET_KEY": "test-" + "k" * 40,
            "DEMO": "0",
        }
    )
    app = create_app(settings)
    if what.isdigit():
        runner.run(int(what), app.app_context)
        return
    celery = worker.make_celery(app, None if what == "embedded" else what)
    if what == "embedded":
        worker.Embedded(app, celery).start()
        while True:
            time.sleep(1)
    worker.start_publisher(app, celery)
    worker.publisher.nudge()
    options = ["--pool=threads", "--concurrency=2", f"--queues={','.join(worker.QUEUES)}"]
    celery.worker_main(["worker", *options, "--without-gossip", "--without-mingle", "--loglevel=WARNING"])


if __name__ == "__main__":
    main(*sys.argv[1:])
