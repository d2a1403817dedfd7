"""Pages of projects: list, board, record, print, new, edit by section."""

import itertools
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import clock, files, places
from core.db import db, new_ulid, unit_of_work
from core.errors import Invalid, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.lifecycle import offers
from crm.activity import queries as activity
from crm.leads import queries as leads
from crm.projects import access, plan, queries, rules, service, stages
from crm.projects.admission import ADMISSION, TIER_LABELS
from crm.projects.facts import KIND, facts_of, tier_now
from crm.projects.lifecycle import PROJECT, STAGES
from crm.projects.models import Project
from crm.projects.words import WORDS
from webapp.staff.leads.views import names_of
from webapp.staff.projects import choices
from webapp.staff.projects.forms import SECTIONS, NewProjectForm
from webapp.staff.projects.showing import money_lines, step_rows
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.listing import Filter, ListState
from webapp.web.once import once, settle
from webapp.web.panels import rendered
from webapp.web.rendering import render

bp = Blueprint("projects", __name__, url_prefix="/projects")

VIEWS = [
    ("mine", _l("我负责的")),
    ("late", _l("滞后的")),
    ("closed", _l("已结束")),
    ("all", _l("全部（含已结束）")),
]
LEAST = [("1000", _l("0.1 亿元以上")), ("10000", _l("1 亿元以上")), ("100000", _l("10 亿元以上"))]


def list_state() -> ListState:
    session = db.session()
    return ListState(
        filters=[
            Filter("q", _l("项目、投资方或编号")),
            Filter("view", _l("视图"), options=VIEWS),
            Filter("stage", _l("阶段"), options=PROJECT.choices()),
            Filter(
                "park", _l("园区"), options=[(str(key), name) for key, name in places.park_choices(session)]
            ),
            Filter("least", _l("总投资"), options=LEAST),
            Filter("tier", _l("准入档次"), options=[(str(code), name) for code, name in TIER_LABELS.items()]),
            Filter("unit", _l("单位"), options=lambda: queries.unit_choices(session, actor=acting())),
        ],
        sorts={
            "updated": _l("更新时间"),
            "name": _l("项目名称"),
            "no": _l("编号"),
            "amount": _l("总投资"),
            "received": _l("累计到位"),
            "plan": _l("下一节点"),
            "contact": _l("上次联系"),
        },
        default_sort="-updated",
        keep=("at",),
    )


@bp.get("")
@requires(access.VIEW)
def index() -> ResponseReturnValue:
    state, session = list_state(), db.session()
    return render(
        "staff/projects/index.html",
        fragment="staff/projects/_rows.html",
        state=state,
        page=queries.page(session, state.query, actor=acting()),
        counts=queries.counts(session, actor=acting()),
        lifecycle=PROJECT,
    )


@bp.get("/board")
@requires(access.VIEW)
def board() -> ResponseReturnValue:
    return board_page(), 200


def board_page(refused: dict[str, Any] | None = None) -> str:
    """The board; `refused` is a move that was not possible: pid, stage, entries, urls."""
    state, session = list_state(), db.session()
    columns = queries.board(session, state.query, actor=acting())
    asked = refused["stage"] if refused else request.args.get("at", "")
    filled = [column.stage for column in columns if column.count]
    at = asked if asked in STAGES else (filled or [STAGES[0]])[0]
    return render(
        "staff/projects/board.html",
        state=state,
        columns=columns,
        counts=queries.counts(session, actor=acting()),
        at=at,
        refused=refused or {},
        new_key=new_ulid,
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
    show = request.args.get("show", "all")
    tasks = activity.tasks(session, KIND, project.id)
    year = clock.today().replace(month=1, day=1)
    return {
        "project": project,
        "state": PROJECT.state(project.stage),
        "steps": step_rows(project),
        "gate": _gate(project),
        "side_steps": _side_steps(project),
        "admission": ADMISSION.state(project.admission_state),
        "admission_steps": _admission_steps(project),
        "tier": tier_now(project),
        "money": money_lines(project),
        "received_this_year": plan.received(session, project.id, year),
        "intensity": rules.intensity_wan_per_mu(project.fixed_investment_wan, project.land_sqm),
        "share": rules.share(project.received_wan, project.total_investment_wan),
        "labels": _labels(),
        "tasks": tasks,
        "names": names_of(tasks),
        "files": files.list_for(session, KIND, project.id),
        "panels": rendered("project", project),
        "timeline": activity.timeline(
            session, KIND, project.id, WORDS, show=show if show in ("follow", "change") else "all",
            limit=200 if request.args.get("lines") == "200" else 12,
        ),
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
    items = [
        {
            "ok": item.ok,
            "text": item.text,
            "note": _("可说明原因后放行") if item.waivable and not item.ok else "",
            "url": None if item.ok else choices.field_url(project.public_id, item.field, gate.verb),
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
        and offer.step.permission == access.TURN_BACK
        and access.covers(actor, access.TURN_BACK, project)
    ]


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
    form = SECTIONS[section](obj=project, choices=choices.of_section(session, project.unit_id))
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
