"""流程说明: what each record goes through, who takes which step, and what it needs."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core.i18n import lazy as _l
from webapp.staff.lifecycles import tables
from webapp.web.access import staff
from webapp.web.rendering import render

bp = Blueprint("lifecycles", __name__, url_prefix="/help/lifecycles")
TITLE = _l("流程说明")


@bp.get("")
@staff
def index() -> ResponseReturnValue:
    """One table at a time; an unknown one is the first."""
    known = {table.code: table for table in tables.TABLES}
    table = known.get(request.args.get("table", ""), tables.TABLES[0])
    return render(
        "staff/lifecycles/index.html",
        tables=tables.TABLES,
        table=table,
        lines=tables.lines(table),
        title=TITLE,
    )
