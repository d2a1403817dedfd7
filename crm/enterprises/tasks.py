"""When the words of a map change, the products of the whole register are matched anew, behind the editor's back."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import queries
from core import clock
from core.db import db, unit_of_work
from core.i18n import _
from core.jobs import runner
from core.jobs import service as jobs
from core.permissions import Actor
from crm.enterprises import placing
from crm.enterprises.models import Enterprise

JOB = "enterprises.rematch"
_DELAY = timedelta(seconds=30)
_BATCH = 500


def rematch_soon(session: Session, *, actor: Actor) -> None:
    """Queue the job; the many steps of one minute of editing make one job."""
    due = clock.now() + _DELAY
    key = f"{JOB}:{due:%Y%m%d%H%M}"
    jobs.enqueue(session, JOB, {}, actor=actor, key=key, title=_("按新的产品词重新匹配企业"), run_after=due)


@runner.handler(JOB)
def rematch(job: runner.JobRun) -> None:
    """May run twice: every batch is replaced as a whole."""
    last, found = 0, 0
    while numbers := list(
        db.session.scalars(
            select(Enterprise.id)
            .where(Enterprise.id > last, Enterprise.main_products != "")
            .order_by(Enterprise.id)
            .limit(_BATCH)
        )
    ):
        last = numbers[-1]
        with unit_of_work() as session:
            found += placing.refresh_matches(session, numbers, queries.matcher(session))
    job.result({"matches": found})
