"""Pages of the maps: list, map with its drawer, home, firms on nodes, import."""

import json
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from chains import access, exchange, overrides, queries, service, versions, words
from core.db import db, unit_of_work
from core.errors import Fault, Invalid
from core.i18n import _
from core.i18n import lazy as _l
from crm.enterprises import coverage, finding, homes, maps_listing, placing
from crm.enterprises import queries as register
from crm.enterprises.placements import Placement
from crm.leads import access as lead_access
from crm.projects import access as project_access
from crm.targets.words import PARTS, reason
from webapp.staff.chains import page as pages
from webapp.staff.chains import panels
from webapp.staff.chains.forms import HomeForm, PlacementForm, RemoveForm, ReviewForm, StateForm
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.panels import panel
from webapp.web.rendering import render

bp = Blueprint("chains", __name__, url_prefix="/chains")

Answer = Response | str | tuple[str, int]

panel("chain_node", "leads", template="staff/chains/_leads.html", permission=lead_access.VIEW, order=20)(
    panels.leads_on_node
)
panel(
    "chain_node", "projects", template="staff/chains/_projects.html", permission=project_access.VIEW, order=30
)(panels.projects_on_node)
panel(
    "chain_node", "suggestions", template="staff/chains/_suggested.html", permission=access.PLACE, order=40
)(panels.suggested_for_node)
panel("enterprise", "chains", template="staff/chains/_enterprise.html", permission=access.VIEW, order=20)(
    panels.places_on_maps
)


@bp.get("")
@requires(access.VIEW)
def index() -> ResponseReturnValue:
    session = db.session()
    opened = lists.open_list(maps_listing.LIST, cells="staff/chains/_cells.html")
    locator = homes.locate(session, opened.state.one("home"))
    return lists.show(
        opened,
        "staff/chains/index.html",
        locator=locator,
        home_form=HomeForm(homes=opened.state.choices("home"), home=locator.home.value),
        words=words,
        nothing={
            "title": _("还没有图谱"),
            "text": _("导入一张图谱后，这里会列出每条链的缺口。"),
            "symbol": "chain",
            "url": url_for(".import_file") if acting().can(access.IMPORT) else "",
            "link": _("导入图谱"),
        },
    )


@bp.post("/home")
@requires(access.SET_HOME)
def set_home() -> Answer:
    form = HomeForm(homes=homes.choices(db.session()))
    if not form.validate_on_submit():
        raise Invalid(Fault("home", "unknown", _l("请从清单里选一个地方。")))
    with unit_of_work() as session:
        if not once(session, form.form_key.data):
            service.set_home(session, str(form.home.data), actor=acting())
            settle(session, form.form_key.data, url_for(".index"))
    flash(_("已设为默认：打开图谱时先看这里。"))
    return redirect(url_for(".index"), 303)


def asked() -> pages.Asked:
    """What the address asks for; texts of any length do no harm."""
    short = {name: request.args.get(name, "")[:60] for name in ("node", "home", "only", "stage")}
    number = request.args.get("number", "")[:5]
    long = {name: request.args.get(name, "")[:600] for name in ("what", "shut")}
    return pages.Asked(**short, **long, number=number)


@bp.get("/<pid>")
@requires(access.VIEW)
def show(pid: str) -> Answer:
    session = db.session()
    built = pages.build(session, pid, asked(), actor=acting())
    return render(
        "staff/chains/show.html",
        fragment="staff/chains/_map.html",
        page=built,
        chain=built.found.chain,
        homes=homes.choices(session),
        words=words,
        reason=reason,
        part_labels=PARTS,
        name_of=pages.name_of,
    )


@bp.get("/<pid>/file")
@requires(access.VIEW)
def export(pid: str) -> Answer:
    """The map, or with `?number=` a frozen version of it, in the form that the import takes."""
    session = db.session()
    found = queries.get(session, pid, actor=acting())
    draft = queries.draft_of(found)
    given = request.args.get("number", "")
    if given.isdigit() and len(given) < 6:
        draft = versions.frozen(session, found.chain, int(given)).draft
    text = json.dumps(exchange.write(draft), ensure_ascii=False, indent=1)
    name = f"{found.chain.code}-{given or found.chain.number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="application/json", headers=headers)


@bp.route("/nodes/<pid>/place", methods=["GET", "POST"])
@requires(access.PLACE)
def place(pid: str) -> Answer:
    node = queries.node(db.session(), pid, actor=acting())
    back = url_for(".show", pid=node.chain.public_id, node=node.code, _anchor="node")
    form = PlacementForm(
        enterprise=request.args.get("enterprise", ""), product=request.args.get("product", "")
    )
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                enterprise = finding.by_words(session, form.enterprise.data or "", actor=acting())
                placing.place(session, enterprise.public_id, pid, form.values(), actor=acting())
                settle(session, form.form_key.data, back)
            flash(_("已挂到节点上。"))
            return redirect(back, 303)
        except Invalid as error:
            form.absorb(error)
    return render("staff/chains/place.html", form=form, node=node, back=back), 422 if form.errors else 200


def _placement(pid: str) -> tuple[Placement, str]:
    """A placement and the address of its node. Raises NotFound."""
    found = register.placement(db.session(), pid)
    return found, url_for(".show", pid=found.node.chain.public_id, node=found.node.code, _anchor="node")


@bp.route("/nodes/<pid>/state", methods=["GET", "POST"])
@requires(access.EDIT)
def set_state(pid: str) -> Answer:
    """Set a node's state against the numbers, or go back to them."""
    session = db.session()
    node = queries.node(session, pid, actor=acting())
    found = queries.load_map(session, node.chain)
    locator = homes.locate(session, request.args.get("home", ""))
    report = coverage.report(session, found, locator)
    state, set_by_hand = report.nodes[node.code], overrides.of(session, node, locator.home.value)
    back = url_for(".show", pid=node.chain.public_id, node=node.code, home=locator.home.value, _anchor="node")
    form = StateForm(state=set_by_hand.state if set_by_hand else "")
    if form.validate_on_submit():
        try:
            with unit_of_work() as writing:
                overrides.set_state(
                    writing, pid, locator.home.value, form.state.data or "", reason=form.reason.data or "",
                    local_firms=state.local_firms, actor=acting(),
                )  # fmt: skip
            flash(_("已改判。"))
            return redirect(back, 303)
        except Invalid as error:
            form.absorb(error)
    page = render(
        "staff/chains/state.html", form=form, node=node, back=back, state=state, home=locator.home, words=words,
        lines=words.arithmetic(state, report.thresholds, locator.names),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.route("/placements/<pid>/review", methods=["GET", "POST"])
@requires(access.PLACE)
def review(pid: str) -> Answer:
    """Confirm with newer evidence, or take the enterprise off the node."""
    found, back = _placement(pid)
    form = ReviewForm(version=found.version)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                placing.review(
                    session, pid, evidence=form.evidence.data or "", evidence_on=form.evidence_on.data,
                    version=form.version.data or 0, actor=acting(),
                )  # fmt: skip
            flash(_("已复核。"))
            return redirect(back, 303)
        except Invalid as error:
            form.absorb(error)
            found, back = _placement(pid)
    remove_form = RemoveForm(formdata=None)
    page = render(
        "staff/chains/review.html", form=form, remove_form=remove_form, found=found, back=back, words=words
    )
    return page, 422 if form.errors else 200


@bp.post("/placements/<pid>/remove")
@requires(access.PLACE)
def remove(pid: str) -> Answer:
    found, back = _placement(pid)
    remove_form = RemoveForm()
    if not remove_form.validate_on_submit():
        form = ReviewForm(formdata=None, version=found.version)
        context: dict[str, Any] = {
            "form": form,
            "remove_form": remove_form,
            "found": found,
            "back": back,
            "words": words,
        }
        return render("staff/chains/review.html", **context), 422
    with unit_of_work() as session:
        placing.remove(session, pid, reason=remove_form.reason.data or "", actor=acting())
    flash(_("已从节点上移除，记录保留在审计里。"))
    return redirect(back, 303)
