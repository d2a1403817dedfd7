"""The map leaves the house: picture as SVG, PNG, or PDF on A3 with its table (一链一图一表), and as a workbook."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, abort, render_template, send_file
from markupsafe import Markup

from chains import access, drawing, queries, words
from chains import workbook as workbooks
from core import clock
from core.db import db
from core.errors import Busy
from core.i18n import _
from core.imports import sheet_files
from core.lazy import lazy
from webapp.staff.chains import page as pages
from webapp.staff.chains import tables
from webapp.staff.chains.views import Answer, asked, bp
from webapp.web import noting
from webapp.web.access import requires
from webapp.web.acting import acting

weasyprint = lazy("weasyprint")
resvg = lazy("resvg_py")

TYPES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = Path(__file__).resolve().parents[2] / "static" / "css"
HEAD, FOOT, SIDE, WIDTH_PX = 92.0, 104.0, 24.0, 3200
_WAIT_SECONDS = 25.0
_one = threading.Lock()


@contextmanager
def _alone() -> Iterator[None]:
    """One conversion at a time: each takes a processor and some hundred megabytes. Raises Busy."""
    if not _one.acquire(timeout=_WAIT_SECONDS):
        raise Busy(_("正在为别人出图，请过一会儿再试。"))
    try:
        yield
    finally:
        _one.release()


@bp.get("/<pid>/picture.<form>")
@requires(access.VIEW)
def picture(pid: str, form: str) -> Answer:
    """The picture for one home, with title, legend, cut-off day and source; `only` as on the page."""
    if form not in TYPES:
        abort(404)
    wanted = replace(asked(), node="", what="", shut="")
    built = pages.build(db.session(), pid, wanted, around=(2 * SIDE, HEAD + FOOT), actor=acting())
    chain = built.found.chain
    context = _context(built)
    if form == "pdf":
        context["rows"] = tables.of(db.session(), built)
        context["name_of"] = pages.name_of
    db.session.rollback()
    name = f"{chain.code}-{chain.number}-{built.locator.home.name}.{form}"
    noting.download("chain", chain.id, name, action="chains.exported")
    return _file(_made(form, context), TYPES[form], name)


def _context(built: pages.MapPage) -> dict[str, Any]:
    plain = _without_links(built.drawing)
    return {
        "page": built,
        "chain": built.found.chain,
        "drawing": plain,
        "width": plain.width + 2 * SIDE,
        "height": HEAD + plain.height + FOOT,
        "head": HEAD,
        "side": SIDE,
        "picture_sheet": _sheet("picture.css"),
        "words": words,
        "source": _source(built, plain.width),
    }


def _source(built: pages.MapPage, width: float) -> list[str]:
    """What the map rests on, on two lines of the picture's width at most."""
    basis = built.found.chain.basis or _("这是草稿，未经主管部门核定。")
    text = _("数据来源：%(basis)s", basis=" ".join(basis.split()))
    day = _("　出图日 %(day)s", day=clock.today().isoformat())
    room = int(width // 12)
    if len(text) + len(day) <= room:
        return [text + day]
    rest = room - len(day) - 1
    return [
        text[:room],
        (text[room : room + rest] + ("…" if len(text) > room + rest else "") + day).lstrip("　"),
    ]


def _without_links(found: drawing.Drawing) -> drawing.Drawing:
    def box(one: drawing.Box) -> drawing.Box:
        rows = [replace(row, node=replace(row.node, href="")) for row in one.rows]
        return replace(one, node=replace(one.node, href=""), rows=rows)

    return replace(found, boxes=[box(one) for one in found.boxes], bands=[box(one) for one in found.bands])


def _made(form: str, context: dict[str, Any]) -> bytes:
    svg = render_template("staff/chains/_picture.html", **context)
    if form == "svg":
        return svg.encode()
    with _alone():
        if form == "png":
            png: bytes = resvg.svg_to_bytes(
                svg_string=svg, width=WIDTH_PX, background="#ffffff", languages=["zh"]
            )
            return bytes(png)
        whole = {"svg": Markup(svg), "page_sheet": _sheet("picture_page.css")}  # noqa: S704 - our own template
        html = render_template("staff/chains/picture.html", **whole, **context)
        pdf: bytes = weasyprint.HTML(string=html, url_fetcher=_nothing).write_pdf()
        return pdf


@cache
def _sheet(name: str) -> Markup:
    """A style sheet inside the file: what leaves the house has nowhere to fetch it from."""
    return Markup("<style>{}</style>").format(Markup((SHEETS / name).read_text("utf-8")))  # noqa: S704 - our own file


def _nothing(_url: str, *_rest: Any, **_more: Any) -> dict[str, Any]:
    """No address is ever fetched for a picture."""
    raise ValueError("pictures fetch nothing")


@bp.get("/<pid>/table.xlsx")
@requires(access.VIEW)
def table(pid: str) -> Answer:
    """一表 as Excel, seen from one home: what the map says in figures, its end nodes, purchases of its anchors."""
    built = pages.build(
        db.session(), pid, replace(asked(), node="", what="", shut="", only=""), actor=acting()
    )
    stream = sheet_files.book_of(tables.book(built, tables.of(db.session(), built)))
    chain = built.found.chain
    db.session.rollback()
    name = f"{chain.code}-{chain.number}-{built.locator.home.name}.xlsx"
    noting.download("chain", chain.id, name, action="chains.exported")
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name=name)


@bp.get("/<pid>/workbook")
@requires(access.VIEW)
def workbook(pid: str) -> Answer:
    """Nodes and edges as Excel, in the form that the import takes."""
    found = queries.get(db.session(), pid, actor=acting())
    stream = sheet_files.book_of(workbooks.pages(queries.draft_of(found)))
    name = f"{found.chain.code}-{found.chain.number}.xlsx"
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name=name)


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer
