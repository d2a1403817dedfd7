"""Walking the audit chain in the background: asked for on the page, and by the schedule each month."""

import logging

from core import audit, audit_chain
from core.db import db, unit_of_work
from core.i18n import _
from core.jobs import runner
from core.permissions import SYSTEM

log = logging.getLogger(__name__)

VERIFY = "audit.verify"
MOST_SHOWN = 50


@runner.handler(VERIFY)
def verify(job: runner.JobRun) -> None:
    """Name what was altered, removed or moved; the result is a row of the trail, and a fault an error of the log."""
    faults: list[audit_chain.ChainFault] = []
    for fault in audit_chain.verify(db.session()):
        faults.append(fault)
        if len(faults) > MOST_SHOWN:
            break
    last = db.session().scalar(db.select(audit.AuditHead.seq)) or 0
    db.session().rollback()
    if faults:
        log.error("audit_chain_broken", extra={"first": faults[0].seq, "problem": faults[0].problem})
    with unit_of_work():
        found = ", ".join(f"{fault.seq} {fault.problem}" for fault in faults) or None
        audit.record(
            "audit.verified", "audit", 0, actor=SYSTEM, label=_("审计链"),
            changes={"rows": (None, last), "faults": (None, found)},
        )  # fmt: skip
    job.result({"rows": last, "faults": [{"seq": fault.seq, "problem": fault.problem} for fault in faults]})
