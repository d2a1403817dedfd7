"""Pages of green cards: list, application with its trial, record with the next level, print."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core import clock
from core.db import db, unit_of_work
from core.errors import Invalid, NotPermitted
from core.i18n import _
from core.i18n import lazy as _l
from core.lists.spec import Tab
from core.permissions import Actor
from crm.greencards import access, case_queries, eligibility, listing, queries, rules, service, uses
from crm.greencards.lifecycle import CARD, WAITS_FOR
from crm.greencards.models import GreenCard
from crm.projects.access import MONEY
from crm.projects.models import Project
from webapp.staff.activity import component
from webapp.staff.greencards import cases, steps
from webapp.staff.greencards.forms import ApplyForm, ApproveForm, PassForm, ReasonForm, UseForm
from webapp.staff.greencards.qr import card_qr
from webapp.staff.greencards.words import WORDS
from webapp.web import home, lists, panels
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import Act, Answer, carry
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("greencards", __name__, url_prefix="/greencards")
bp.register_blueprint(cases.bp)
bp.register_blueprint(steps.bp)


def _tabs(opened: lists.OpenList) -> list[Tab]:
    waiting = queries.waiting_count(opened.asking.session, actor=opened.asking.actor)
    return [
        Tab(_l("绿卡")),
        Tab(_l("待我办"), {"mine": "yes"}, waiting),
        Tab(_l("服务专班"), url=url_for("greencards.cases.index")),
    ]


@bp.get("")
@requires(access.VIEW)
def index() -> ResponseReturnValue:
    return lists.show(
        lists.open_list(listing.LIST, tabs=_tabs, cells="staff/greencards/_cells.html"),
        "staff/greencards/index.html",
        card_table=CARD,
        nothing={
            "title": _("还没有绿卡"),
            "text": _("签了正式合同、够门槛的项目可以申报；初审、审核、批准由三个人分别办理。"),
            "symbol": "card",
        },
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(access.APPLY)
def new() -> Answer:
    """Without a project: choose one. With one: the form, its trial, the application."""
    session, project_pid = db.session(), request.args.get("project", "")
    if not project_pid:
        ready = queries.ready_projects(session, actor=acting())
        return render("staff/greencards/choose.html", projects=[MONEY.seen(acting(), each) for each in ready])
    project = queries.project_for(session, project_pid, actor=acting())
    if not MONEY.opens(acting(), project):
        raise NotPermitted()
    lead_usd = project.lead.foreign_usd_wan if project.lead else None
    form = ApplyForm(foreign=lead_usd is not None, foreign_usd_wan=lead_usd)
    kept = None
    if form.validate_on_submit():
        kept = _trial(project, form)
        if request.form.get("do") == "apply":
            try:
                return redirect(_apply(project_pid, form), 303)
            except Invalid as error:
                form.absorb(error)
    page = render("staff/greencards/new.html", form=form, project=project, kept=kept, amounts=True)
    return page, 422 if form.errors or form.form_errors else 200


def _trial(project: Project, form: ApplyForm) -> dict[str, Any]:
    """Judge without keeping anything."""
    values = form.values()
    facts = service.facts_of(project, values["industry_group"], values["foreign_usd_wan"])
    return eligibility.snapshot(eligibility.judge(values["kind"], facts, clock.today()))


def _apply(project_pid: str, form: ApplyForm) -> str:
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            return done
        card = service.apply(session, project_pid, form.values(), actor=acting())
        url = url_for(".show", pid=card.public_id)
        settle(session, form.form_key.data, url)
    flash(_("已申报，等初审。"))
    return url


@bp.get("/<pid>")
@requires(access.VIEW)
def show(pid: str) -> Answer:
    return _page(pid)


def _page(pid: str, **forms: BaseForm) -> str:
    session, actor = db.session(), acting()
    card = queries.get(session, pid, actor=actor)
    ahead = card.project.milestone("producing")
    proposed = rules.proposed_valid_to(
        (ahead.planned_on if ahead else None) or card.project.agreed_produce_on, clock.today()
    )
    level = WAITS_FOR.get(card.status)
    shown: dict[str, BaseForm] = {
        "pass_form": (
            ApproveForm(version=card.version, valid_to=proposed)
            if level == "approve"
            else PassForm(version=card.version)
        ),
        "reason_form": ReasonForm(version=card.version),
        "use_form": UseForm(used_on=clock.today()),
    }
    return render(
        "staff/greencards/show.html",
        card=card,
        amounts=MONEY.opens(actor, card.project),
        standing=queries.standing(card),
        card_table=CARD,
        kinds=rules.KIND_LABELS,
        grades=rules.GRADES,
        levels=rules.LEVEL_LABELS,
        level=level,
        offers={offer.step.verb: offer for offer in queries.offers_of(card, actor=actor)},
        case=case_queries.of_project(session, card.project_id, actor=actor),
        uses=queries.use_rows(card),
        may_use=actor.reach(access.USE).covers(card.unit_id),
        issuer=queries.issuer(session),
        qr=card_qr(card.token) if card.token else None,
        timeline=component.timeline(service.KIND, card.id, WORDS),
        address=url_for(".show", pid=pid),
        **{**shown, **forms},
    )


def _settled(form: BaseForm, pid: str, verb: Act, said: Any, slot: str) -> Answer:
    """Whoever may not see the card finds nothing, whatever the form says."""
    queries.get(db.session(), pid, actor=acting())
    return carry(form, verb, url_for(".show", pid=pid), said, lambda: _page(pid, **{slot: form}))


@bp.post("/<pid>/pass")
@requires(access.FIRST_REVIEW, access.REVIEW, access.APPROVE)
def pass_level(pid: str) -> Answer:
    card = queries.get(db.session(), pid, actor=acting())
    form = ApproveForm() if card.status == "reviewed" else PassForm()

    def verb(session: Session) -> GreenCard:
        return service.pass_level(
            session,
            pid,
            version=form.version.data or 0,
            comment=form.comment.data or "",
            doc_no=form.doc_no.data or "" if isinstance(form, ApproveForm) else "",
            valid_to=form.valid_to.data if isinstance(form, ApproveForm) else None,
            actor=acting(),
        )

    said = (
        _("已批准，绿卡已发放，服务专班已建好。")
        if isinstance(form, ApproveForm)
        else _("已办理，进入下一环节。")
    )
    return _settled(form, pid, verb, said, "pass_form")


@bp.post("/<pid>/reject")
@requires(access.FIRST_REVIEW, access.REVIEW, access.APPROVE)
def reject(pid: str) -> Answer:
    form = ReasonForm()

    def verb(session: Session) -> GreenCard:
        return service.reject(
            session, pid, version=form.version.data or 0, reason=form.reason.data or "", actor=acting()
        )

    return _settled(form, pid, verb, _("已退回，申报人会看到事由。"), "reason_form")


@bp.post("/<pid>/reapply")
@requires(access.APPLY)
def reapply(pid: str) -> Answer:
    form = ReasonForm()

    def verb(session: Session) -> GreenCard:
        return service.reapply(
            session, pid, version=form.version.data or 0, reason=form.reason.data or "", actor=acting()
        )

    return _settled(form, pid, verb, _("已重新申报，等初审。"), "reason_form")


@bp.post("/<pid>/turn/<any(suspend, resume, revoke):verb>")
@requires(access.MANAGE)
def turn(pid: str, verb: str) -> Answer:
    form = ReasonForm()

    def act(session: Session) -> GreenCard:
        return service.turn(
            session, pid, verb, version=form.version.data or 0, reason=form.reason.data or "", actor=acting()
        )

    return _settled(form, pid, act, _("已更新卡的状态，验证页同时生效。"), "reason_form")


@bp.post("/<pid>/uses")
@requires(access.USE)
def use(pid: str) -> Answer:
    form = UseForm()

    def verb(session: Session) -> GreenCard:
        return uses.record(
            session,
            pid,
            used_on=form.used_on.data,
            matter=form.matter.data or "",
            window=form.window.data or "",
            taken_wd=form.taken_wd.data,
            actor=acting(),
        ).card

    return _settled(form, pid, verb, _("已登记一次用卡。"), "use_form")


@panels.panel(
    "project",
    "greencards.cards",
    template="staff/greencards/_project_panel.html",
    permission=access.VIEW,
    order=60,
)
def project_panel(session: Session, project: Project, actor: Actor) -> dict[str, Any] | None:
    """A project's cards and its case; silent before the contract."""
    if project.agreement_kind != "contract":
        return None
    return {
        "cards": queries.of_project(session, project.id, actor=actor),
        "case": case_queries.of_project(session, project.id, actor=actor),
        "card_table": CARD,
        "kinds": rules.KIND_LABELS,
        "standing_of": queries.standing,
        "may_apply": actor.can(access.APPLY),
    }


def _todos(session: Session, actor: Actor) -> list[home.Todo]:
    if not actor.can(access.VIEW):
        return []
    return [
        home.Todo(
            None,
            _("绿卡%(step)s", step=CARD.label_of(row.status)),
            row.project,
            url_for("greencards.show", pid=row.public_id),
            _("去办理"),
        )
        for row in queries.waiting_for(session, actor=actor)
    ]


home.todo(_todos)
