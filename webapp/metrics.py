"""What `/metrics` says besides requests: jobs, index, imports and the pool, read when somebody asks."""

import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator

from flask import current_app
from prometheus_client import REGISTRY, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

import config
from core import clock
from core.audit import AuditEntry
from core.db import db
from core.dirty import SearchDoc, lag_seconds
from core.imports.models import Import
from core.jobs.models import Job
from core.outbox.models import Message

log = logging.getLogger(__name__)

_SHOWN = ("queued", "running", "failed", "dead")
BACKUP = "backups.made"


def page() -> bytes:
    """Everything in Prometheus' text form; of all web processes where they share a folder for it."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's own gap
    else:
        registry = REGISTRY
    present = CollectorRegistry()
    present.register(_Present())
    return generate_latest(registry) + generate_latest(present)


class _Present(Collector):
    """A part that cannot be read leaves its figures out and says so; the others still come."""

    def collect(self) -> Iterator[Metric]:
        failed = 0
        for part in PARTS:
            try:
                yield from list(part(db.session()))
            except (SQLAlchemyError, OSError):
                failed += 1
                log.warning("metrics_part_failed", exc_info=True)
            finally:
                db.session.rollback()
        yield GaugeMetricFamily("lianzhao_metrics_failed_parts", "Parts that could not be read", value=failed)


def _jobs(session: Session) -> Iterable[Metric]:
    count = GaugeMetricFamily("lianzhao_jobs", "Jobs by queue and state", labels=["queue", "state"])
    statement = select(Job.queue, Job.state, func.count()).where(Job.state.in_(_SHOWN))
    for queue, state, number in session.execute(statement.group_by(Job.queue, Job.state)):
        count.add_metric([queue, state], number)
    yield count
    age = GaugeMetricFamily(
        "lianzhao_job_oldest_seconds", "Longest wait of a queued job that is due", labels=["queue"]
    )
    now = clock.now()
    waiting = select(Job.queue, func.min(func.coalesce(Job.run_after, Job.created_at))).where(
        Job.state == "queued"
    )
    for queue, oldest in session.execute(waiting.group_by(Job.queue)):
        age.add_metric([queue], max(0.0, (now - oldest).total_seconds()))
    yield age
    dead = session.scalar(select(func.count()).select_from(Job).where(Job.state == "dead"))
    yield GaugeMetricFamily("lianzhao_dead_letters", "Jobs given up, waiting for a person", value=dead or 0)


def _schedule(session: Session) -> Iterable[Metric]:
    """Something is due every hour: an old figure means that no beat runs. Absent before the first period."""
    newest = select(Job.created_at).where(Job.periodic.is_not(None)).order_by(Job.id.desc()).limit(1)
    if (last := session.scalar(newest)) is not None:
        age = (clock.now() - last).total_seconds()
        yield GaugeMetricFamily("lianzhao_schedule_age_seconds", "Time since periodic work began", value=age)


def _messages(session: Session) -> Iterable[Metric]:
    dead = session.scalar(select(func.count()).select_from(Message).where(Message.state == "dead"))
    yield GaugeMetricFamily("lianzhao_dead_messages", "Mails and calls given up", value=dead or 0)
    oldest = session.scalar(
        select(func.min(Message.not_before)).where(Message.state.in_(("waiting", "sending")))
    )
    age = max(0.0, (clock.now() - oldest).total_seconds()) if oldest is not None else 0.0
    yield GaugeMetricFamily("lianzhao_message_oldest_seconds", "Longest wait of a message due", value=age)


def _index(session: Session) -> Iterable[Metric]:
    dirty = select(func.count()).select_from(SearchDoc).where(SearchDoc.version > SearchDoc.indexed)
    yield GaugeMetricFamily(
        "lianzhao_index_waiting", "Documents not in the search index yet", value=session.scalar(dirty) or 0
    )
    failing = session.scalar(dirty.where(SearchDoc.attempts > 0)) or 0
    yield GaugeMetricFamily("lianzhao_index_failing", "Documents that the index refused", value=failing)
    yield GaugeMetricFamily(
        "lianzhao_index_lag_seconds", "Longest wait of a change for the index", value=lag_seconds(session)
    )


def _imports(session: Session) -> Iterable[Metric]:
    rows = GaugeMetricFamily("lianzhao_import_rows", "Rows of all imports by outcome", labels=["outcome"])
    names = ("created", "updated", "unchanged", "skipped", "rejected")
    sums = session.execute(
        select(*(func.coalesce(func.sum(getattr(Import, name)), 0) for name in names))
    ).one()
    for name, number in zip(names, sums, strict=True):
        rows.add_metric([name], float(number))
    yield rows


def _pool(session: Session) -> Iterable[Metric]:
    pool = db.engine.pool
    if isinstance(pool, QueuePool):
        used, size = pool.checkedout(), pool.size() + pool._max_overflow
        yield GaugeMetricFamily("lianzhao_database_connections_used", "Connections in use", value=used)
        yield GaugeMetricFamily("lianzhao_database_connections_limit", "Connections at most", value=size)


def _backup(session: Session) -> Iterable[Metric]:
    """Seconds since the last backup; absent when there was none, which an alert can ask for."""
    last = session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.action == BACKUP))
    if last is not None:
        age = (clock.now() - last).total_seconds()
        yield GaugeMetricFamily("lianzhao_backup_age_seconds", "Time since the last backup", value=age)


def _trail(session: Session) -> Iterable[Metric]:
    """What the last walk over the audit chain found; absent before the first one."""
    last = select(Job.result).where(Job.kind == "audit.verify", Job.state == "done").order_by(Job.id.desc())
    found = session.scalar(last.limit(1))
    if found is not None:
        faults = len(found.get("faults", ()))
        yield GaugeMetricFamily("lianzhao_audit_faults", "Broken rows of the audit trail", value=faults)


def _disk(_session: Session) -> Iterable[Metric]:
    settings: config.Settings = current_app.config["SETTINGS"]
    usage = shutil.disk_usage(settings.data_dir)
    yield GaugeMetricFamily("lianzhao_disk_free_bytes", "Free below the data folder", value=usage.free)
    yield GaugeMetricFamily("lianzhao_disk_size_bytes", "Size of the data folder's disk", value=usage.total)


PARTS: tuple[Callable[[Session], Iterable[Metric]], ...] = (
    _jobs,
    _schedule,
    _messages,
    _index,
    _imports,
    _pool,
    _backup,
    _trail,
    _disk,
)
