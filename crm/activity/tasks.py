"""What the clock reminds of every morning: tasks that are due today or tomorrow, or are over."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.i18n import lazy as _l
from core.jobs import runner
from core.notify import notify, words
from crm.activity.models import Task
from crm.activity.service import task_url

JOB = "activity.remind"
BATCH = 2000
"""More tasks than this in one morning are told in the next."""

words("activity.task_due", _l("%(day)s 到期：%(title)s（%(subject)s）"), _l("我的待办快到期"))
words("activity.task_late", _l("已过期：%(title)s（%(subject)s），原定 %(day)s"), _l("我的待办过期了"))


@runner.handler(JOB)
def remind(job: runner.JobRun) -> None:
    """May run twice: a day of a task is told once."""
    with unit_of_work() as session:
        told = tell_due(session, clock.today())
    job.result({"told": told})


def tell_due(session: Session, today: date) -> int:
    """Tell owners what falls due by tomorrow, and once what is over since yesterday; how many notices."""
    statement = (
        select(Task)
        .where(
            Task.done_at.is_(None),
            Task.owner_id.is_not(None),
            Task.due_on.between(today - timedelta(days=1), today + timedelta(days=1)),
        )
        .order_by(Task.due_on, Task.id)
        .limit(BATCH)
    )
    found = list(session.scalars(statement))
    for task in found:
        code = "activity.task_late" if task.due_on < today else "activity.task_due"
        params = {"title": task.title, "subject": task.subject, "day": task.due_on.isoformat()}
        event = f"{code}:{task.id}:{task.due_on.isoformat()}"
        notify(session, [task.owner_id or 0], code, params, task_url(task), event=event)
    return len(found)
