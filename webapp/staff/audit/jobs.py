"""Walking the audit chain in the background: asked for on the page, and by the schedule each month."""

import logging

from sqlalchemy import select

from core import audit, audit_chain, notify
from core.accounts.models import Grant
from core.accounts.separation import AUDIT_ADMINISTRATOR
from core.db import db, unit_of_work
from core.i18n import _
from core.i18n import lazy as _l
from core.jobs import runner
from core.permissions import SYSTEM

log = logging.getLogger(__name__)

VERIFY = "audit.verify"
MOST_SHOWN = 50

notify.words("audit.broken", _l("审计链不对：从第 %(seq)s 条起被改动、删除或移动，请立即核查。"))


@runner.handler(VERIFY)
def verify(job: runner.JobRun) -> None:
    """Name what was altered, removed or moved: a row of the trail; where there is a fault, the log and a notice."""
    faults: list[audit_chain.ChainFault] = []
    for fault in audit_chain.verify(db.session()):
        faults.append(fault)
        if len(faults) > MOST_SHOWN:
            break
    last = db.session().scalar(db.select(audit.AuditHead.seq)) or 0
    db.session().rollback()
    if faults:
        log.error("audit_chain_broken", extra={"first": faults[0].seq, "problem": faults[0].problem})
    with unit_of_work() as session:
        if faults:
            told = session.scalars(select(Grant.account_id).where(Grant.role == AUDIT_ADMINISTRATOR))
            notify.notify(session, told.all(), "audit.broken", {"seq": faults[0].seq}, "/audit")
        found = ", ".join(f"{fault.seq} {fault.problem}" for fault in faults) or None
        audit.record(
            "audit.verified", "audit", 0, actor=SYSTEM, label=_("审计链"),
            changes={"rows": (None, last), "faults": (None, found)},
        )  # fmt: skip
    job.result({"rows": last, "faults": [{"seq": fault.seq, "problem": fault.problem} for fault in faults]})
