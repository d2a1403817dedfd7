"""The daily digest: one mail for what a person has not read since the last one."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.jobs import runner
from core.outbox import rendering, rules, service
from core.outbox.models import Message, Preference

JOB = "outbox.digest"
_FIRST = timedelta(days=1)


@runner.handler(JOB)
def run(job: runner.JobRun) -> None:
    """May run twice: the day stands in the key of each mail."""
    with unit_of_work() as session:
        job.result({"digests": write(session)})


def write(session: Session) -> int:
    """Leave today's digests in the outbox; how many people get one."""
    now, today = clock.now(), clock.today()
    rows = []
    wanted = select(Preference).where(Preference.digest.is_(True), Preference.mail != "")
    for chosen in session.scalars(wanted):
        since = _last(session, chosen.account_id) or now - _FIRST
        inside = rendering.digest_notices(chosen.account_id, since, now).order_by(None).subquery()
        count = session.scalar(select(func.count()).select_from(inside)) or 0
        if count:
            params = {"since": since.isoformat(), "until": now.isoformat(), "count": count}
            rows.append(
                service.row(
                    f"digest:{today.isoformat()}", rendering.DIGEST, params, "/notices", "mail",
                    account_id=chosen.account_id,
                    not_before=rules.not_before(now, chosen.quiet_from, chosen.quiet_until),
                )
            )  # fmt: skip
    service.add(session, rows)
    return len(rows)


def _last(session: Session, account_id: int) -> datetime | None:
    statement = (
        select(Message.created_at)
        .where(Message.account_id == account_id, Message.code == rendering.DIGEST)
        .order_by(Message.id.desc())
        .limit(1)
    )
    return session.scalar(statement)
