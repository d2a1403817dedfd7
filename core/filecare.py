"""What happens to stored files later: the scanner's verdict, and the sweep for orphans on both sides."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, files, notify, scanning
from core.db import db, unit_of_work
from core.files import Attachment
from core.i18n import lazy as _l
from core.jobs import runner
from core.jobs import service as jobs
from core.permissions import SYSTEM

SWEEP_JOB = "files.sweep"
_YOUNG = timedelta(hours=24)

notify.words("files.infected", _l("您上传的“%(name)s”查出病毒，已封存。"), _l("上传的文件有病毒"), to="both")


@runner.handler(files.SCAN_JOB)
def scan(job: runner.JobRun) -> None:
    """May run twice: the verdict is the same. A scanner that is away lets the job be tried again later."""
    session = db.session()
    found = session.get(Attachment, int(job.payload["attachment_id"]))
    session.rollback()
    if found is None or found.state in ("infected", "lost"):
        return
    with files.open_(found) as stream:
        verdict = scanning.scan(stream)
    with unit_of_work() as writing:
        settle(writing, found.id, verdict)
    job.result({"clean": verdict.clean})


def settle(session: Session, attachment_id: int, verdict: scanning.Verdict) -> None:
    """Write a verdict down; the uploader of an infected file is told."""
    found = session.get_one(Attachment, attachment_id, with_for_update=True, populate_existing=True)
    found.state, found.finding = ("clean", "") if verdict.clean else ("infected", verdict.found)
    if not verdict.clean:
        audit.record(
            "files.infected", found.kind, found.record_id, actor=SYSTEM, label=found.name,
            changes={"finding": ("", verdict.found)},
        )  # fmt: skip
        told = {"name": found.name}
        notify.notify(
            session, [found.account_id], "files.infected", told, "/notices", event=f"infected:{found.id}"
        )


@runner.handler(SWEEP_JOB)
def sweep(job: runner.JobRun) -> None:
    """Remove bytes without a row (a day old at least), mark rows without bytes, scan what was never scanned."""
    store = files.kept()
    lying = dict(store.names())
    session = db.session()
    rows = list(session.scalars(select(Attachment)))
    session.rollback()
    known = {name for row in rows for name in row.stored_names}
    limit = clock.now() - _YOUNG
    orphans = [name for name, since in lying.items() if name not in known and since < limit]
    for name in orphans:
        store.delete(name)
    lost = [row.id for row in rows if row.stored_as not in lying and row.state != "lost"]
    back = [row.id for row in rows if row.stored_as in lying and row.state == "lost"]
    _mark(lost, "lost")
    _mark(back, "unscanned")
    waiting = [row for row in rows if row.state == "unscanned" and row.stored_as in lying]
    if scanning.enabled() and waiting:
        with unit_of_work() as writing:
            for row in waiting:
                key = f"scan:{row.id}:{clock.today().isoformat()}"
                payload = {"attachment_id": row.id}
                jobs.enqueue(
                    writing, files.SCAN_JOB, payload, actor=SYSTEM, queue="documents", key=key, title=row.name
                )
    job.result({"removed": len(orphans), "lost": len(lost), "found_again": len(back)})


def _mark(ids: list[int], state: str) -> None:
    for start in range(0, len(ids), 200):
        with unit_of_work() as session:
            for row in session.scalars(select(Attachment).where(Attachment.id.in_(ids[start : start + 200]))):
                before, row.state = row.state, state
                audit.record(
                    f"files.{state}", row.kind, row.record_id, actor=SYSTEM, label=row.name,
                    changes={"state": (before, state)},
                )  # fmt: skip
