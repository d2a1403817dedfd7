"""Every periodic task in one table. Each period runs once, even with two beats: its job has a unique key.

A tick, every few seconds, makes sure that the latest due period of each row has its job. So a period that
was missed while the platform was down is made good once, where the row says so, and older ones are not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.schedules import crontab
from sqlalchemy import select

from core import clock, filecare, housekeeping, settings
from core.clock import SHANGHAI
from core.db import db, unit_of_work
from core.i18n import lazy as _l
from core.imports import keeping
from core.jobs import service
from core.jobs.models import Job
from core.outbox import digest
from core.permissions import SYSTEM, Actor
from crm.activity import tasks as activity_tasks
from crm.enterprises import nightly as enterprise_tasks
from crm.enterprises.duplicates import tasks as duplicate_tasks
from crm.greencards import tasks as card_tasks
from crm.leads import tasks as lead_tasks
from crm.service_requests import tasks
from crm.targets import tasks as target_tasks
from search import saved

SWEEP_SECONDS = 5.0
ON_TIME = timedelta(minutes=10)
"""Within this of its hour a period counts as on time."""
SINCE = "schedule.since"
_FURTHEST_DAYS = 370


@dataclass(frozen=True)
class Periodic:
    """A job kind, when it is due, how its period is named; `catch_up`: make good one missed period."""

    name: str
    kind: str
    when: crontab
    period: str
    label: Any = ""
    catch_up: bool = True
    queue: str = "default"

    def key(self, instant: datetime) -> str:
        return f"{self.name}:{clock.local(instant).strftime(self.period)}"

    def due_before(self, instant: datetime) -> datetime | None:
        """The latest instant, not after the given one, at which the row was due."""
        local = clock.local(instant)
        for back in range(_FURTHEST_DAYS):
            day = local.date() - timedelta(days=back)
            if not self._runs_on(day.month, day.day, day.isoweekday() % 7):
                continue
            for hour in sorted(self.when.hour, reverse=True):
                for minute in sorted(self.when.minute, reverse=True):
                    due = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
                    if due <= local:
                        return due
        return None

    def due_after(self, instant: datetime) -> datetime | None:
        """The next instant at which the row is due."""
        local = clock.local(instant)
        for ahead in range(_FURTHEST_DAYS):
            day = local.date() + timedelta(days=ahead)
            if not self._runs_on(day.month, day.day, day.isoweekday() % 7):
                continue
            for hour in sorted(self.when.hour):
                for minute in sorted(self.when.minute):
                    due = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
                    if due > local:
                        return due
        return None

    def _runs_on(self, month: int, day: int, weekday: int) -> bool:
        when = self.when
        return month in when.month_of_year and day in when.day_of_month and weekday in when.day_of_week


def _daily(name: str, kind: str, hour: int, minute: int, label: Any, queue: str = "default") -> Periodic:
    return Periodic(
        name, kind, crontab(hour=str(hour), minute=str(minute)), "%Y-%m-%d", label=label, queue=queue
    )


TABLE: dict[str, Periodic] = {
    row.name: row
    for row in (
        _daily("requests-lapse", tasks.JOB, 0, 10, _l("诉求到期未评价的归档")),
        _daily("targets-release", target_tasks.JOB, 0, 20, _l("久未跟进的目标提醒、退回公海")),
        Periodic(
            "targets-freeze",
            target_tasks.FREEZE,
            crontab(month_of_year="1,4,7,10", day_of_month="1", hour="0", minute="30"),
            "%Y-%m",
            label=_l("冻结上季度的目标名单"),
        ),
        _daily("leads-expire", lead_tasks.JOB, 1, 0, _l("久未跟进的线索失效")),
        _daily(
            "enterprises-nightly", enterprise_tasks.JOB, 0, 30, _l("到期的资质转为过期，保存期满的联系人匿名")
        ),
        _daily("cards-expire", card_tasks.JOB, 2, 0, _l("到期的绿卡失效")),
        _daily("exports-old", "lists.exports_old", 4, 0, _l("删除过期的导出文件")),
        _daily("tasks-remind", activity_tasks.JOB, 7, 30, _l("提醒快到期和过期的待办"), "notify"),
        _daily("outbox-digest", digest.JOB, 8, 0, _l("每日消息汇总"), "notify"),
        _daily("imports-clear", keeping.JOB, 3, 30, _l("删除过期的导入原始文件")),
        _daily("housekeeping", housekeeping.JOB, 3, 0, _l("清理早已办完的后台痕迹")),
        _daily("files-sweep", filecare.SWEEP_JOB, 4, 0, _l("清理无主文件，核对附件"), "documents"),
        Periodic(
            "search-tell",
            saved.TELL,
            crontab(minute="40"),
            "%Y-%m-%dT%H",
            label=_l("保存的搜索有新结果时提醒"),
            catch_up=False,
            queue="search",
        ),
        Periodic(
            "calendar-remind",
            "calendar.remind",
            crontab(hour="9", minute="0", day_of_week="1"),
            "%G-%V",
            label=_l("提醒录入次年放假安排"),
            queue="notify",
        ),
        _daily("enterprises-duplicates", duplicate_tasks.JOB, 2, 30, _l("查找重复的企业")),
        _daily("search-verify", "search.verify", 3, 20, _l("核对检索与数据库"), "search"),
        Periodic(
            "audit-verify",
            "audit.verify",
            crontab(day_of_month="1", hour="3", minute="40"),
            "%Y-%m",
            label=_l("校验审计链"),
        ),
    )
}


def beat_entries() -> dict[str, dict[str, Any]]:
    """The tick in Celery's words, and the sweep that finds what a crash left behind."""
    return {
        "sweep": {"task": "jobs.sweep", "schedule": SWEEP_SECONDS},
        "tick": {"task": "schedule.tick", "schedule": SWEEP_SECONDS},
    }


def enqueue_due() -> int:
    """Queue the job of every row's latest period that has none yet; how many were queued."""
    now = clock.now()
    since = _since(now)
    wanted = {
        row.key(due): row
        for row in TABLE.values()
        if (due := row.due_before(now)) is not None
        and (now - due <= ON_TIME or (row.catch_up and due >= since))
    }
    session = db.session()
    standing = set(session.scalars(select(Job.key).where(Job.key.in_(wanted))))
    session.rollback()
    missing = {key: row for key, row in wanted.items() if key not in standing}
    if missing:
        with unit_of_work() as writing:
            for key, row in missing.items():
                service.enqueue(
                    writing, row.kind, {}, actor=SYSTEM, key=key, queue=row.queue, title=row.name,
                    periodic=row.name,
                )  # fmt: skip
    return len(missing)


def _since(now: datetime) -> datetime:
    """Since when this platform keeps the schedule: what was due earlier is nobody's omission."""
    session = db.session()
    text = settings.get(session, SINCE)
    session.rollback()
    if text is None:
        with unit_of_work() as writing:
            if settings.get(writing, SINCE) is None:
                settings.put(writing, SINCE, now.isoformat(), actor=SYSTEM)
        return now
    return datetime.fromisoformat(str(text))


def run_now(name: str, form_key: str, *, actor: Actor) -> Job:
    """Queue a row's job outside its hours, once per form. Inside a unit of work."""
    row: Periodic = TABLE[name]
    return service.enqueue(
        db.session(), row.kind, {}, actor=actor, key=f"{name}:now:{form_key}"[:120], queue=row.queue,
        title=row.name, periodic=name,
    )  # fmt: skip


def labels() -> Mapping[str, Any]:
    return {row.kind: row.label or row.name for row in TABLE.values()}
