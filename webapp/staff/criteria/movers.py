"""Who would move by a draft, as a file."""

import csv
import io
from typing import Any

from flask import Response, abort

from core import clock
from core.criteria import service, sheets
from core.criteria.lifecycle import VIEW
from core.criteria.outcome import LABELS, Verdict
from core.db import db
from core.i18n import _
from core.jobs.models import Job
from webapp.staff.criteria.views import bp
from webapp.web import noting
from webapp.web.access import requires

__all__ = ["bp"]


@bp.get("/versions/<pid>/movers.csv")
@requires(VIEW)
def movers(pid: str) -> Response:
    """Everybody who would move, as a file."""
    session = db.session()
    row = service.find(session, pid)
    job = session.get(Job, row.dry_run_job_id) if row.dry_run_job_id else None
    if job is None or job.result is None:
        abort(404)
    moving, code, record_id, book = list(job.result["movers"]), row.code, row.id, row.book
    noting.download(service.KIND, record_id, code, action="criteria.movers_downloaded")
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow([_("试算：%(code)s", code=code), _("截至"), clock.today().isoformat()])
    sheet.writerow([_("名称"), _("现在"), _("新版"), _("方向"), _("还差什么")])
    arrows = {1: _("上升"), -1: _("下降"), 0: _("持平")}
    for each in moving:
        said = [
            each["name"],
            _said(book, each["before"]),
            _said(book, each["after"]),
            arrows[each["direction"]],
            each["lines"],
        ]
        sheet.writerow([f"'{cell}" if str(cell)[:1] in ("=", "+", "-", "@") else str(cell) for cell in said])
    head = {"Content-Disposition": f"attachment; filename=dry-run-{code}.csv"}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=head)


def _said(book: str, outcome: str) -> Any:
    sheet = sheets.find(book)
    return LABELS[Verdict(outcome)] if sheet is None else sheets.outcome_words(sheet, outcome)
