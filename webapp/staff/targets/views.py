"""Pages of targets: list, record, candidates for a gap, steps, owner, contacts."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from chains import access as chain_access
from core import clock
from core.accounts.queries import leaders
from core.db import db, unit_of_work
from core.errors import Invalid, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.lifecycle import offers
from core.lists.spec import Tab
from crm.targets import access, listing, load_listing, queries, rules, service, terms
from crm.targets.lifecycle import OPEN, TARGET
from crm.targets.models import Target
from crm.targets.words import CATEGORIES, MATURITIES, PARTS, reason
from webapp.staff.activity import component
from webapp.staff.targets import board as boards
from webapp.staff.targets import candidates as candidate_pages
from webapp.staff.targets import today as today_rows
from webapp.staff.targets.forms import AssignForm, EditForm, PartForm, StepForm, TurnForm
from webapp.staff.targets.words import WORDS
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.home import todo
from webapp.web.panels import rendered
from webapp.web.rendering import render

bp = Blueprint("targets", __name__, url_prefix="/targets")

Answer = Response | str | tuple[str, int]

todo(today_rows.neglected)


def _tabs(_opened: lists.OpenList) -> list[Tab]:
    return [
        Tab(_l("全部")),
        Tab(_l("我负责的"), {"whose": "mine"}),
        Tab(_l("久未跟进"), {"silent": "yes"}),
        Tab(_l("公海"), {"whose": "pool"}),
        Tab(_l("名单表式"), url=url_for(".index", cols=",".join(listing.OFFICIAL))),
    ]


@bp.get("")
@requires(access.VIEW)
def index() -> ResponseReturnValue:
    may_look = acting().can(chain_access.VIEW)
    return lists.show(
        lists.open_list(listing.LIST, tabs=_tabs, cells="staff/targets/_cells.html"),
        "staff/targets/index.html",
        legend="staff/targets/_legend.html",
        lifecycle=TARGET,
        silence=rules.silence,
        terms=terms.on(clock.today()),
        nothing={
            "title": _("还没有目标企业"),
            "text": _("打开图谱，点一个缺失或薄弱的节点，就能看到谁能补上，选中的会列在这里。"),
            "symbol": "target",
            "url": url_for("chains.index") if may_look else "",
            "link": _("打开招商图谱"),
        },
    )


@bp.get("/board")
@requires(access.VIEW)
def board() -> ResponseReturnValue:
    return boards.page()


@bp.get("/loads")
@requires(access.VIEW)
def loads() -> ResponseReturnValue:
    """Everybody who goes after enterprises, with what he has in hand over all lists."""
    return lists.show(
        lists.open_list(load_listing.LOADS, cells="staff/targets/_load_cells.html"),
        "staff/targets/loads.html",
        open_states=[*OPEN, "paused"],
        nothing={
            "title": _("还没有专员"),
            "text": _("这里列出有专员或招商人员角色的人，和他们手上的目标企业。"),
            "symbol": "target",
        },
    )


@bp.post("/<pid>/move")
@requires(access.ADVANCE)
def move(pid: str) -> ResponseReturnValue:
    return boards.move(pid)


@bp.get("/gaps")
@requires(chain_access.VIEW)
def gaps() -> Answer:
    return candidate_pages.gaps_page()


@bp.route("/candidates", methods=["GET", "POST"])
@requires(access.ADD)
def candidates() -> Any:
    return candidate_pages.candidates_page()


@bp.get("/<pid>")
@requires(access.VIEW)
def show(pid: str) -> Answer:
    return page(pid)


def page(pid: str, **forms: Any) -> str:
    session = db.session()
    target = queries.get(session, pid, actor=acting())
    units = queries.unit_choices(session, actor=acting(), permission=access.ASSIGN)
    people = candidate_pages.people_of(session, [number for number, _name in units])
    given = {
        "assign_form": AssignForm(
            formdata=None, version=target.version, unit_id=target.unit_id,
            specialist_id=target.specialist_id or 0, units=units, people=people,
        ),
        "step_form": StepForm(formdata=None, version=target.version),
        "edit_form": EditForm(
            formdata=None, obj=target, leader_id=target.leader_id or 0, leaders=leaders(session)
        ),
        "part_form": PartForm(formdata=None, version=target.version),
        "turn_form": TurnForm(formdata=None, version=target.version),
    } | forms  # fmt: skip
    return render(
        "staff/targets/show.html",
        target=target,
        parts=[rules.part_of(part) for part in target.fit_parts],
        offers=_offers(target),
        timeline=component.timeline(service.KIND, target.id, WORDS),
        address=url_for(".show", pid=pid),
        sees_list=acting().reach(access.LIST_VIEW).covers(target.list.unit_id),
        silence=rules.silence(
            target.last_contact_on, target.assigned_on, clock.today(), terms.on(clock.today())
        ),
        panels=rendered("target", target),
        lifecycle=TARGET,
        reason=reason,
        part_labels=PARTS,
        maturities=MATURITIES,
        categories=CATEGORIES,
        may_assign=target.pooled_on is not None or access.can_change(acting(), access.ASSIGN, target),
        may_edit=access.can_change(acting(), access.EDIT, target)
        and not TARGET.closed(target.contact_status),
        may_advance=access.can_change(acting(), access.ADVANCE, target),
        **given,
    )


def _offers(target: Target) -> list[Any]:
    """Steps of this page; the step to a lead is taken where leads are made."""
    facts = {"reason": "given below", "previous_state": target.previous_status}
    if not access.can_change(acting(), access.ADVANCE, target):
        return []
    return [
        offer
        for offer in offers(TARGET, target.contact_status, facts, actor=acting())
        if offer.ready and offer.step.verb != "convert"
    ]


@bp.post("/<pid>/steps/<verb>")
@requires(access.ADVANCE)
def advance(pid: str, verb: str) -> Answer:
    form = StepForm()
    form.validate()
    if verb == "convert" or verb not in {step.verb for step in TARGET.steps}:
        return redirect(url_for(".show", pid=pid), 303)
    try:
        with unit_of_work() as session:
            service.advance(
                session,
                pid,
                verb,
                version=form.version.data or 0,
                reason=form.reason.data or "",
                actor=acting(),
            )
    except Refused as error:
        form.absorb(error)
        return page(pid, step_form=form), 422
    flash(_("已更新对接状态。"))
    return redirect(url_for(".show", pid=pid), 303)


@bp.post("/<pid>/assign")
@requires(access.ASSIGN)
def assign(pid: str) -> Answer:
    units = queries.unit_choices(db.session(), actor=acting(), permission=access.ASSIGN)
    people = candidate_pages.people_of(db.session(), [number for number, _name in units])
    form = AssignForm(units=units, people=people)
    if not form.validate_on_submit():
        return page(pid, assign_form=form), 422
    try:
        with unit_of_work() as session:
            service.assign(
                session, pid, unit_id=form.unit_id.data, specialist_id=form.specialist_id.data or None,
                version=form.version.data or 0, actor=acting(),
            )  # fmt: skip
    except Invalid as error:
        form.absorb(error)
        return page(pid, assign_form=form), 422
    flash(_("已分派。"))
    return redirect(url_for(".show", pid=pid), 303)


@bp.post("/<pid>/edit")
@requires(access.EDIT)
def edit(pid: str) -> Answer:
    form = EditForm(leaders=leaders(db.session()))
    if not form.validate_on_submit():
        return page(pid, edit_form=form), 422
    with unit_of_work() as session:
        service.update(session, pid, form.values(), version=form.version.data or 0, actor=acting())
    flash(_("已保存。"))
    return redirect(url_for(".show", pid=pid), 303)
