"""What the clock does by itself: silent targets are reminded of and return to the pool, quarters are frozen."""

from core.db import unit_of_work
from core.jobs import runner
from core.permissions import SYSTEM
from crm.targets import lists, silence

JOB = "targets.release"
FREEZE = "targets.freeze"


@runner.handler(JOB)
def release(job: runner.JobRun) -> None:
    """May run twice: what is in the pool is not returned again, and nobody is reminded of one silence twice."""
    with unit_of_work() as session:
        released = silence.release(session, actor=SYSTEM)
        reminded = silence.remind(session)
    job.result({"released": released, "reminded": reminded})


@runner.handler(FREEZE)
def freeze(job: runner.JobRun) -> None:
    """On the first day of a quarter: the one before, of every open list. What is frozen is not frozen again."""
    with unit_of_work() as session:
        frozen = lists.freeze_quarter(session, actor=SYSTEM)
    job.result({"frozen": frozen})
