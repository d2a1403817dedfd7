"""Every periodic task in one table. Each period runs once, even with two beats: its job has a unique key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery.schedules import crontab

from core import clock
from core.db import unit_of_work
from core.jobs import service
from core.permissions import SYSTEM
from crm.greencards import tasks as card_tasks
from crm.leads import tasks as lead_tasks
from crm.service_requests import tasks
from crm.targets import tasks as target_tasks

SWEEP_SECONDS = 5.0


@dataclass(frozen=True)
class Periodic:
    """A job kind, when it is due, and how its period is named."""

    name: str
    kind: str
    when: crontab
    period: str

    def key(self, instant: datetime) -> str:
        return f"{self.name}:{clock.local(instant).strftime(self.period)}"


TABLE: dict[str, Periodic] = {
    "targets-release": Periodic(
        "targets-release", target_tasks.JOB, crontab(hour="0", minute="20"), "%Y-%m-%d"
    ),
    "leads-expire": Periodic("leads-expire", lead_tasks.JOB, crontab(hour="1", minute="0"), "%Y-%m-%d"),
    "search-verify": Periodic("search-verify", "search.verify", crontab(hour="3", minute="20"), "%Y-%m-%d"),
    "requests-lapse": Periodic("requests-lapse", tasks.JOB, crontab(hour="0", minute="10"), "%Y-%m-%d"),
    "cards-expire": Periodic("cards-expire", card_tasks.JOB, crontab(hour="2", minute="0"), "%Y-%m-%d"),
}


def beat_entries() -> dict[str, dict[str, Any]]:
    """The table in Celery's words, and the sweep that finds what a crash left behind."""
    entries: dict[str, dict[str, Any]] = {"sweep": {"task": "jobs.sweep", "schedule": SWEEP_SECONDS}}
    for name, periodic in TABLE.items():
        entries[name] = {"task": "schedule.tick", "schedule": periodic.when, "args": [name]}
    return entries


def enqueue_period(name: str) -> None:
    """Queue the job of the present period once."""
    periodic = TABLE[name]
    with unit_of_work() as session:
        service.enqueue(session, periodic.kind, {}, actor=SYSTEM, key=periodic.key(clock.now()), title=name)
