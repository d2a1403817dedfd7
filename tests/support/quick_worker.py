"""The product's own worker and beat with short leases and some jobs that misbehave. `… quick_worker worker|beat`."""

import os
import sys
import time
from datetime import timedelta

from core.jobs import runner, service
from webapp import schedule
from webapp.cli.commands import main

LEASE = timedelta(seconds=2)


@runner.handler("test.poison")
def _poison(_job: runner.JobRun) -> None:
    os._exit(9)


@runner.handler("test.good")
def _good(job: runner.JobRun) -> None:
    job.result({"pid": os.getpid()})


@runner.handler("test.long")
def _long(job: runner.JobRun) -> None:
    """Two minutes when it is the first time, nothing the second."""
    for second in range(1200 if job.attempt == 1 and job.payload["slow"] else 1):
        job.progress(second, 1200)
        if job.payload["slow"]:
            time.sleep(0.1)


if __name__ == "__main__":
    service.LEASE = service.REPUBLISH = runner.LEASE = LEASE
    schedule.SWEEP_SECONDS = 0.5
    sys.exit(main(sys.argv[1:]))
