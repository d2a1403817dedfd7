"""What the clock does by itself every night: honours that begin or end reach search, old contacts are forgotten."""

from datetime import date, timedelta

from core import clock, settings
from core.db import unit_of_work
from core.dirty import touch
from core.jobs import runner
from core.permissions import SYSTEM
from crm.enterprises import contacts, honours
from crm.enterprises.service import KIND

JOB = "enterprises.nightly"
SEEN = "enterprises.nightly_on"
"""Setting: the day up to which honours have been followed; a night that was missed is made good."""


@runner.handler(JOB)
def nightly(job: runner.JobRun) -> None:
    """May run twice: what was told once is only told again."""
    today = clock.today()
    with unit_of_work() as session:
        since = settings.get(session, SEEN)
        start = date.fromisoformat(since) if since else today - timedelta(days=1)
        turned = honours.turned(session, start, today)
        touch(KIND, turned)
        forgotten = contacts.anonymise_due(session, today)
        if since != today.isoformat():
            settings.put(session, SEEN, today.isoformat(), actor=SYSTEM)
    job.result({"honours": len(turned), "forgotten": forgotten})
