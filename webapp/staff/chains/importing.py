"""A map comes in as JSON or Excel: checked and shown first, written once confirmed, as a new map or an update."""

import json
import tempfile
from pathlib import Path
from typing import Any

from flask import flash, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from chains import access, comparing, editor, exchange, lifecycle, queries, service, words, workbook
from chains.models import Chain
from core.db import db, unit_of_work
from core.errors import Fault, Invalid
from core.i18n import _
from core.i18n import lazy as _l
from core.imports import precheck, sheets
from crm.enterprises import placing, tasks
from webapp.staff.chains.forms import ConfirmForm, FileForm
from webapp.staff.chains.views import Answer, bp
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render

_COLUMNS = tuple(range(20))


@bp.route("/import", methods=["GET", "POST"])
@requires(access.IMPORT)
def import_file() -> Answer:
    """Check a file and show what it holds; nothing is written before the confirmation."""
    form = FileForm()
    if not form.validate_on_submit():
        return render("staff/chains/import.html", form=form, draft=None), 422 if form.errors else 200
    try:
        content = _content(form.file.data)
    except Invalid as error:
        form.file.errors = [*form.file.errors, *(str(fault.message) for fault in error.faults)]
        return render("staff/chains/import.html", form=form, draft=None), 422
    draft, report = exchange.read(content)
    known = None if draft is None else queries.by_code(db.session(), draft.code)
    compared = None
    if draft is not None and known is not None:
        report.faults.extend(_closed(known))
        compared = comparing.compare(queries.draft_of(queries.load_map(db.session(), known)), draft, (), ())
    confirm = ConfirmForm(formdata=None, content=json.dumps(content, ensure_ascii=False))
    page = render(
        "staff/chains/import.html", form=form, draft=draft, report=report, confirm=confirm, words=words, known=known,
        compared=compared, by_row=content.get("nodes") and "row" in content["nodes"][0],
    )  # fmt: skip
    return page, 200 if report.sound else 422


def _closed(chain: Chain) -> list[Fault]:
    """A map that is frozen or under review takes no file."""
    if lifecycle.MAP.state(chain.status).locked or lifecycle.MAP.closed(chain.status):
        message = _l(
            "图谱“%(name)s”现在是“%(status)s”，不能用文件更新。请先在“版本”里起草下一版。",
            name=chain.name, status=lifecycle.MAP.label_of(chain.status),
        )  # fmt: skip
        return [Fault("code", "closed", message)]
    return []


def _content(file: FileStorage) -> dict[str, Any]:
    """The file in the form of the JSON. Raises Invalid for what is neither JSON nor a readable workbook."""
    name = file.filename or ""
    if not name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        content = _parsed(file.read())
        if content is None:
            raise Invalid(Fault("file", "unreadable", _l("这不是 JSON 文件，或者没有节点清单。")))
        return content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map"
        file.save(path)
        kind = precheck.kind_of(path, name)
        titles = {head.sheet for head in sheets.peek(path, kind)}
        if absent := [
            title for title in (workbook.MAP, workbook.NODES, workbook.EDGES) if title not in titles
        ]:
            message = _l(
                "工作簿里没有名为 %(sheets)s 的工作表。可先导出一张图谱照着填。", sheets="、".join(absent)
            )
            raise Invalid(Fault("file", "no_sheet", message))
        pages = [
            [row for batch in sheets.stream(path, kind, title, _COLUMNS) for row in batch]
            for title in (workbook.MAP, workbook.NODES, workbook.EDGES)
        ]
    return workbook.content(*pages)


@bp.post("/import/confirm")
@requires(access.IMPORT)
def import_confirm() -> Answer:
    """Write what was checked; it is checked again, since a form can be changed on its way."""
    form = ConfirmForm()
    content = _parsed((form.content.data or "").encode()) if form.validate_on_submit() else None
    draft, report = exchange.read(content) if content is not None else (None, exchange.Report())
    if draft is None or not report.sound:
        raise Invalid(report.faults or Fault("content", "unsound", _l("文件内容不完整，请重新上传。")))
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            return redirect(done, 303)
        url = url_for(".show", pid=_written(session, draft))
        settle(session, form.form_key.data, url)
    flash(_("已导入为草稿：%(nodes)s 个节点、%(edges)s 条连线。", nodes=report.nodes, edges=report.edges))
    return redirect(url, 303)


def _written(session: Session, draft: exchange.ChainDraft) -> str:
    """A new map, or the draft of the one with that code changed in one step that can be undone; its public id."""
    chain = queries.by_code(session, draft.code)
    if chain is None:
        chain = service.create_from(session, draft, actor=acting())
    else:
        editor.edit(session, chain.public_id, lambda _before: draft, label=_("按文件更新"), actor=acting())
    placing.place_listed(session, chain, draft.placements, actor=acting())
    tasks.rematch_soon(session, actor=acting())
    return chain.public_id


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and isinstance(content.get("nodes"), list) else None
