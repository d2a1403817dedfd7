"""Pages of projects: list, board, record, print, new, edit by section."""

import itertools
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import clock, step_requests
from core.db import db, unit_of_work
from core.errors import Invalid, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.lifecycle import StepKind, offers
from core.lists.spec import Tab
from crm.activity import queries as activity
from crm.leads import access as lead_access
from crm.leads import queries as leads
from crm.projects import access, listing, plan, queries, rules, service, stages, turning
from crm.projects.admission import ADMISSION, TIER_LABELS
from crm.projects.facts import KIND, facts_of, tier_now
from crm.projects.lifecycle import LABELS, PROJECT, STAGES
from crm.projects.models import Project
from crm.projects.words import WORDS
from webapp.staff.activity import component
from webapp.staff.projects import choices
from webapp.staff.projects.forms import SECTIONS, DecisionForm, NewProjectForm
from webapp.staff.projects.showing import money_lines, step_rows
from webapp.web import boards, lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.panels import rendered
from webapp.web.rendering import render

bp = Blueprint("projects", __name__, url_prefix="/projects")


def _tabs(opened: lists.OpenList) -> list[Tab]:
    counts = opened.counts
    return [
        Tab(_l("在办"), {}, counts["open"]),
        Tab(_l("我负责的"), {"view": "mine"}, counts["mine"]),
        Tab(_l("滞后的"), {"view": "late"}, counts["late"]),
        Tab(_l("已结束"), {"view": "closed"}),
    ]


@bp.get("")
@requires(access.VIEW)
def index() -> ResponseReturnValue:
    counts = queries.counts(db.session(), actor=acting())
    to_leads = {"url": url_for("leads.index"), "link": _("看线索")} if acting().can(lead_access.VIEW) else {}
    return lists.show(
        lists.open_list(listing.LIST, tabs=_tabs, counts=counts, cells="staff/projects/_cells.html"),
        "staff/projects/index.html",
        counts=counts,
        amounts=access.MONEY.open_everywhere(acting()),
        lifecycle=PROJECT,
        nothing={
            "title": _("还没有项目"),
            "text": _("线索谈到“在谈”，就能转为项目：一项一策一专员。"),
            "symbol": "project",
            **to_leads,
        },
    )


@bp.get("/board")
@requires(access.VIEW)
def board() -> ResponseReturnValue:
    return board_page()


def board_page(refused: dict[str, Any] | None = None) -> ResponseReturnValue:
    """The board; `refused` is a move that was not possible: pid, stage, entries, urls."""
    may_move = acting().can(access.ADVANCE)
    return boards.show(
        lists.open_list(listing.LIST, kept=("at",), path=url_for(".board")),
        listing.BOARD,
        "staff/projects/board.html",
        refused=refused,
        cards="staff/projects/_card.html",
        show_endpoint="projects.show",
        move_endpoint="projects.move",
        may_move=may_move,
        moves=lambda row, stage: listing.BOARD.states[STAGES.index(stage) + 1 :] if may_move else (),
        late_words=lambda count: _("%(count)s 个滞后", count=count),
        amounts=access.MONEY.open_everywhere(acting()),
        counts=queries.counts(db.session(), actor=acting()),
        following=dict(itertools.pairwise(STAGES)),
        labels=dict(PROJECT.choices()),
    )


@bp.get("/<pid>")
@requires(access.VIEW)
def show(pid: str) -> ResponseReturnValue:
    return render("staff/projects/show.html", **record_page(pid))


def record_page(pid: str) -> dict[str, Any]:
    """Everything that the record page, and its print, show."""
    session, actor = db.session(), acting()
    project = queries.get(session, pid, actor=actor)
    shown = access.MONEY.seen(actor, project)
    tasks = activity.tasks(session, KIND, project.id)
    year = clock.today().replace(month=1, day=1)
    return {
        "project": shown,
        "amounts": shown is project,
        "state": PROJECT.state(project.stage),
        "steps": step_rows(project),
        "gate": _gate(project),
        "side_steps": _side_steps(project),
        "turning": _turning(project),
        "admission": ADMISSION.state(project.admission_state),
        "admission_steps": _admission_steps(project),
        "tier": tier_now(project),
        "money": money_lines(shown),
        "received_this_year": plan.received(session, project.id, year),
        "intensity": rules.intensity_wan_per_mu(shown.fixed_investment_wan, shown.land_sqm),
        "share": rules.share(shown.received_wan, shown.total_investment_wan),
        "labels": _labels(),
        "tasks": tasks,
        "panels": rendered("project", project),
        "timeline": component.timeline(KIND, project.id, WORDS, hidden=access.MONEY.hidden(actor, project)),
        "may_edit": access.covers(actor, access.EDIT, project) and not PROJECT.closed(project.stage),
        "may_hand_over": access.covers(actor, access.SPECIALIST, project),
        "address": url_for("projects.show", pid=pid),
    }  # fmt: skip


def _labels() -> dict[str, Any]:
    return {
        "kind": rules.KIND_LABELS,
        "land": rules.LAND_LABELS,
        "agreement": rules.AGREEMENT_LABELS,
        "nature": rules.NATURE_LABELS,
        "tier": TIER_LABELS,
    }


def _gate(project: Project) -> dict[str, Any] | None:
    gate = stages.gate(db.session(), project, actor=acting())
    if gate is None:
        return None
    may_fill = access.covers(acting(), access.EDIT, project)
    items = [
        {
            "ok": item.ok,
            "text": item.text,
            "note": _("可说明原因后放行") if item.waivable and not item.ok else "",
            "url": choices.field_url(project.public_id, item.field, gate.verb)
            if may_fill and not item.ok
            else None,
        }
        for item in gate.items
    ]
    return {"gate": gate, "items": items, "target": PROJECT.label_of(gate.target)}


def _side_steps(project: Project) -> list[tuple[str, Any]]:
    """Steps beside the row of stages that this person may take: back, pause, end."""
    actor = acting()
    found = offers(PROJECT, project.stage, facts_of(db.session(), project), actor=actor)
    return [
        (offer.step.verb, offer.step.label)
        for offer in found
        if offer.permitted
        and offer.step.kind is not StepKind.FORWARD
        and access.covers(actor, offer.step.permission, project)
    ]


def _turning(project: Project) -> dict[str, Any] | None:
    """The step that somebody has asked for and that waits for another person; None without one."""
    request, actor = step_requests.open_of(db.session(), KIND, project.id), acting()
    if request is None:
        return None
    may_decide = turning.may_decide(request, project, actor)
    mine = request.requested_by == actor.account_id
    form = DecisionForm(formdata=None, version=request.version)
    return {"request": request, "may_decide": may_decide, "mine": mine, "form": form, "stages": LABELS}


def _admission_steps(project: Project) -> list[tuple[str, Any, bool]]:
    """Steps of admission that this person may take and that fit the tier: (verb, label, ready)."""
    if PROJECT.closed(project.stage) or (
        ADMISSION.closed(project.admission_state) and project.stage != PROJECT.initial
    ):
        return []
    actor = acting()
    found = offers(ADMISSION, project.admission_state, facts_of(db.session(), project), actor=actor)
    tiers = {"not_self", "not_filing", "not_group", "not_special", "needs_executive_meeting"}
    return [
        (offer.step.verb, offer.step.label, not offer.missing)
        for offer in found
        if offer.permitted
        and access.covers(actor, offer.step.permission, project)
        and not tiers & {gap.code for gap in offer.missing}
    ]


@bp.route("/new", methods=["GET", "POST"])
@requires(access.CREATE)
def new() -> ResponseReturnValue:
    """A project is made of a lead in negotiation; without one this page says where to begin."""
    lead_pid = request.args.get("lead", "")
    if not lead_pid:
        return render("staff/projects/from_lead.html")
    session = db.session()
    lead = leads.get(session, lead_pid, actor=acting())
    form = NewProjectForm(
        obj=lead if request.method == "GET" else None,
        choices=choices.of_section(session, lead.unit_id),
        version=lead.version,
    )
    if not acting().can(access.AMOUNTS):
        form.withhold(access.MONEY.fields)
    if form.validate_on_submit():
        try:
            with unit_of_work() as writing:
                if done := once(writing, form.form_key.data):
                    return redirect(done, 303)
                values = form.values()
                project = service.create_from_lead(
                    writing,
                    lead_pid,
                    values,
                    specialist_id=values.pop("specialist_id"),
                    lead_version=form.version.data,
                    actor=acting(),
                )
                url = url_for(".show", pid=project.public_id)
                settle(writing, form.form_key.data, url)
            flash(_("已立项。先把一项一策方案写上，再办准入。"))
            return redirect(url, 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    page = render("staff/projects/new.html", form=form, lead=lead)
    return page, 422 if form.errors or form.form_errors else 200


@bp.route("/<pid>/edit/<section>", methods=["GET", "POST"])
@requires(access.EDIT)
def edit(pid: str, section: str) -> ResponseReturnValue:
    if section not in SECTIONS:
        abort(404)
    session = db.session()
    project = queries.get(session, pid, actor=acting())
    form = SECTIONS[section](obj=project, choices=choices.of_section(session, project.unit_id, project))
    form.withhold(access.MONEY.hidden(acting(), project))
    if form.validate_on_submit():
        try:
            with unit_of_work() as writing:
                service.update(writing, pid, form.values(), version=form.version.data, actor=acting())
            flash(_("已保存。"))
            anchor = "admission" if section == "admission" else "gate"
            return redirect(url_for(".show", pid=pid, _anchor=anchor), 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    page = render(
        "staff/projects/section.html", form=form, project=project, section=section, sections=SECTIONS
    )
    return page, 422 if form.errors or form.form_errors else 200
