"""Pages of an import: list, upload, columns, and the page that shows how far it is."""

from typing import Any

from flask import Blueprint, make_response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from core.db import db, unit_of_work
from core.errors import Invalid, NotFound, NotPermitted
from core.i18n import _
from core.i18n import lazy as _l
from core.imports import (
    access,
    checking,
    intake,
    listing,
    mappings,
    precheck,
    queries,
    service,
    sheet_files,
    undoing,
)
from core.imports.columns import NOWHERE, Place, letter
from core.imports.handlers import handler_for, kinds
from core.imports.models import Import
from core.permissions import require
from webapp import import_kinds
from webapp.staff.imports import jobs
from webapp.staff.imports.forms import ColumnsForm, RowsForm, UploadForm
from webapp.staff.imports.results import dry_run, under_way
from webapp.web import lists, noting
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render, wants_fragment

# As tables spell them; the words beside are for the reader.
UNIT_WORDS = {
    "元": _l("元"), "千元": _l("千元"), "万元": _l("万元"), "百万元": _l("百万元"), "亿元": _l("亿元"),
    "亩": _l("亩"), "m2": _l("㎡"), "公顷": _l("公顷"), "平方公里": _l("平方公里"), "万平方米": _l("万㎡"),
}  # fmt: skip

bp = Blueprint("imports", __name__, url_prefix="/imports")

Answer = Response | str | tuple[str, int]

MAY = import_kinds.MAY
JOBS = (jobs.check, jobs.mend, jobs.run, jobs.undo)
SMALL_BYTES = 300_000
"""Up to this size the dry run is done while the person waits; above it in the background."""

WHOLE_LENGTH = 200
UNDER_WAY = ("checking", "confirmed", "running", "undoing")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOKS = {
    "uploaded": "warn",
    "checking": "info",
    "checked": "warn",
    "confirmed": "info",
    "running": "info",
    "undoing": "info",
    "done": "ok",
    "failed": "late",
}


@bp.get("")
@requires(*MAY)
def index() -> ResponseReturnValue:
    return lists.show(
        lists.open_list(listing.LIST, cells="staff/imports/_cells.html"),
        "staff/imports/index.html",
        states=dict(listing.STATES),
        labels={kind: handler_for(kind).label for kind in kinds()},
        looks=LOOKS,
        nothing={
            "title": _("还没有导入过"),
            "text": _("把手头的名录表传上来，系统先逐行检查，您确认后才写入。"),
            "symbol": "up2",
        },
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(*MAY)
def new() -> Answer:
    if "kind" not in request.args:
        return _choose_kind()
    handler = handler_for(request.args["kind"])
    require(acting(), handler.permission)
    form = UploadForm()
    if form.validate_on_submit():
        try:
            return redirect(_uploaded(form, handler.kind), 303)
        except Invalid as error:
            form.absorb(error)
    return render("staff/imports/new.html", form=form, handler=handler), 422 if form.errors else 200


def _choose_kind() -> Answer:
    mine = [handler for kind in import_kinds.KINDS if acting().can((handler := handler_for(kind)).permission)]
    if len(mine) == 1:
        return redirect(url_for(".new", kind=mine[0].kind), 303)
    return render("staff/imports/kinds.html", handlers=mine)


def _uploaded(form: UploadForm, kind: str) -> str:
    """Where the person goes on: a dry run, its progress, or the columns that have to be named."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise precheck.refused("required", _l("请选择一个文件。"))
    draft = intake.take(file.stream, file.filename, handler_for(kind).columns)
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            intake.discard(draft)
            return done
        record = service.open_import(session, kind, draft, actor=acting())
        url = _address(record)
        settle(session, form.form_key.data, url)
    _begin(record)
    return url


@bp.post("/<pid>/sheet")
@requires(*MAY)
def sheet(pid: str) -> Answer:
    """Another sheet of the same file as an import of its own; asked twice, the one that stands already."""
    if not RowsForm().validate_on_submit():
        raise Invalid([])
    record = queries.get(db.session(), pid, actor=acting())
    begun = dict(queries.others(db.session(), record))
    name = request.form.get("sheet", "")
    if name not in begun:
        raise NotFound()
    if begun[name]:
        return redirect(url_for(".show", pid=begun[name]), 303)
    if not access.can_change(acting(), record):
        raise NotPermitted(_l("只有上传的人能继续办这次导入。"))
    key = f"sheet:{record.id}:{list(begun).index(name)}"
    draft = intake.again(record, name, handler_for(record.kind).columns)
    with unit_of_work() as session:
        if done := once(session, key):
            intake.discard(draft)
            return redirect(done, 303)
        made = service.open_import(session, record.kind, draft, actor=acting())
        url = _address(made)
        settle(session, key, url)
    _begin(made)
    return redirect(url, 303)


def _ready(record: Import) -> bool:
    return not mappings.unmapped(record) and not mappings.unmeasured(record)


def _address(record: Import) -> str:
    """Where an import that was just opened goes on: its dry run, or the columns that have to be named."""
    return url_for(".show" if _ready(record) else ".columns", pid=record.public_id)


def _begin(record: Import) -> None:
    if _ready(record):
        begin_check(record)


def begin_check(record: Import) -> None:
    """Small files at once, large ones by a job. Raises Invalid for a file that breaks off half-way."""
    if record.size <= SMALL_BYTES:
        checking.check_file(record.id, actor=acting())
    else:
        with unit_of_work() as session:
            service.queue_check(session, record.public_id, actor=acting())


@bp.get("/<pid>")
@requires(*MAY)
def show(pid: str) -> Answer:
    record = queries.get(db.session(), pid, actor=acting())
    if record.state == "uploaded":
        return redirect(url_for(".columns", pid=pid), 303)
    if record.state == "checked":
        return render("staff/imports/dry_run.html", fragment="staff/imports/_dry_run.html", **dry_run(record))
    if record.state in UNDER_WAY and not undoing.broken_off(db.session(), record):
        return render("staff/imports/progress.html", **under_way(record))
    return render("staff/imports/report.html", **_report(record))


@bp.get("/<pid>/progress")
@requires(*MAY)
def progress(pid: str) -> Answer:
    """The polled part; once the work is done, htmx is sent to the page that follows."""
    record = queries.get(db.session(), pid, actor=acting())
    over = record.state not in UNDER_WAY or undoing.broken_off(db.session(), record)
    if over or not wants_fragment():
        answer = make_response("", 204) if wants_fragment() else redirect(url_for(".show", pid=pid), 303)
        answer.headers["HX-Redirect"] = url_for(".show", pid=pid)
        return answer
    return render("staff/imports/_progress.html", **under_way(record))


def _report(record: Import) -> dict[str, Any]:
    return {
        "record": record,
        "states": {key: (label, LOOKS.get(key, "idle")) for key, label in listing.STATES},
        "handler": handler_for(record.kind),
        "existing": service.EXISTING.get(record.options.get("existing", ""), ""),
        "may_change": access.can_change(acting(), record),
        "undo_until": undoing.open_until(db.session(), record),
        "broken_off": undoing.broken_off(db.session(), record),
        "others": queries.others(db.session(), record),
    }


@bp.route("/<pid>/columns", methods=["GET", "POST"])
@requires(*MAY)
def columns(pid: str) -> Answer:
    record = queries.get(db.session(), pid, actor=acting())
    form = ColumnsForm(version=record.version)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                record = service.map_columns(
                    session, pid, _chosen(record), version=form.version.data, actor=acting()
                )
            begin_check(record)
            return redirect(url_for(".show", pid=pid), 303)
        except Invalid as error:
            form.absorb(error)
    texts = sorted(((int(index), text) for index, text in record.header.items()))
    context: dict[str, Any] = {
        "record": record,
        "form": form,
        "handler": handler_for(record.kind),
        "texts": [(index, letter(index), text) for index, text in texts],
        "chosen": {key: place[0] for key, place in record.mapping.items()},
        "unit_words": UNIT_WORDS,
        "units": {key: place[1] for key, place in record.mapping.items()},
        "missing": mappings.unmapped(record),
        "unmeasured": mappings.unmeasured(record),
        "said": {key: place.value for key, place in checking.mapped_of(record).items()},
    }
    return render("staff/imports/columns.html", **context), 422 if form.form_errors else 200


def _chosen(record: Import) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for column in handler_for(record.kind).columns:
        index = request.form.get(f"c-{column.key}", "")
        value = request.form.get(f"v-{column.key}", "").strip()[:WHOLE_LENGTH]
        if index.isascii() and index.isdigit() and len(index) < 6:
            found[column.key] = Place(int(index), request.form.get(f"u-{column.key}", "")[:10])
        elif value:
            found[column.key] = Place(NOWHERE, value=value)
    return found


@bp.get("/template/<kind>.xlsx")
@requires(*MAY)
def template(kind: str) -> Answer:
    handler = handler_for(kind)
    require(acting(), handler.permission)
    name = _("%(label)s导入模板.xlsx", label=handler.label)
    return send_file(sheet_files.template(handler), mimetype=XLSX, as_attachment=True, download_name=name)


@bp.get("/<pid>/<any(report, faults):what>.xlsx")
@requires(*MAY)
def download(pid: str, what: str) -> Answer:
    """The report of every row, or the faulty rows in the shape of the file, to be mended and sent again."""
    session = db.session()
    record = queries.get(session, pid, actor=acting())
    if record.state in ("uploaded", "checking"):
        raise NotFound()
    stream = sheet_files.report(session, record) if what == "report" else sheet_files.faults(session, record)
    stem = record.file_name.rpartition(".")[0]
    name = (
        _("%(stem)s-导入报告.xlsx", stem=stem) if what == "report" else _("%(stem)s-错误行.xlsx", stem=stem)
    )
    noting.download("data_import", record.id, name, action="imports.report_downloaded")
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name=name)
