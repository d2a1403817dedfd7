"""Pages of service cases: list, record with checklist, people, closing, legal days."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.db import db, new_ulid, unit_of_work
from core.i18n import _
from core.i18n import lazy as _l
from core.lists.spec import Tab
from crm.greencards import (
    access,
    case_listing,
    case_opening,
    case_queries,
    case_service,
    checklist,
    queries,
    task_force,
)
from crm.greencards.lifecycle import CASE
from crm.greencards.models import ServiceCase
from crm.projects.access import MONEY
from webapp.staff.activity import component
from webapp.staff.greencards.forms import CloseForm, MemberForm, ReasonForm, TermForm
from webapp.staff.greencards.words import WORDS
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import Answer, carry
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("cases", __name__, url_prefix="/cases")


def _tabs(_opened: lists.OpenList) -> list[Tab]:
    return [
        Tab(_l("绿卡"), url=url_for("greencards.index")),
        Tab(_l("待我办"), url=url_for("greencards.index", mine="yes")),
        Tab(_l("服务专班")),
    ]


@bp.get("")
@requires(access.VIEW_CASE)
def index() -> ResponseReturnValue:
    return lists.show(
        lists.open_list(case_listing.LIST, tabs=_tabs, cells="staff/greencards/cases/_cells.html"),
        "staff/greencards/cases/index.html",
        case_table=CASE,
        nothing={
            "title": _("还没有服务专班"),
            "text": _("项目的第一张绿卡批准后，专班和服务清单会自动建好。"),
            "symbol": "user2",
        },
    )


@bp.get("/<pid>")
@requires(access.VIEW_CASE)
def show(pid: str) -> Answer:
    return _page(pid)


def _page(pid: str, **forms: BaseForm) -> str:
    session, actor = db.session(), acting()
    case = case_queries.get(session, pid, actor=actor)
    lines = case_queries.lines_of(session, case)
    done, total = checklist.progress(line.step.status for line in lines)
    shown: dict[str, BaseForm] = {
        "member_form": MemberForm(),
        "close_form": CloseForm(version=case.version),
        "reason_form": ReasonForm(version=case.version),
    }
    return render(
        "staff/greencards/cases/show.html",
        case=case,
        project=MONEY.seen(actor, case.project),
        lines=lines,
        done=done,
        total=total,
        keys={
            pid: new_ulid()
            for pid in [*(each.public_id for each in case.steps), *(each.public_id for each in case.members)]
        },
        may_work=access.may_work(actor, case) and case.status == "open",
        may_reveal=access.may_work(actor, case, access.REVEAL),
        may_close=access.may_work(actor, case, access.CLOSE),
        case_table=CASE,
        duties=task_force.DUTIES,
        satisfaction=case_service.SATISFACTION,
        cards=queries.of_project(session, case.project_id, actor=actor),
        timeline=component.timeline(case_opening.KIND, case.id, WORDS),
        address=url_for(".show", pid=pid),
        revealed=None,
        **{**shown, **forms},
    )


@bp.post("/<pid>/members")
@requires(access.WORK)
def add_member(pid: str) -> Answer:
    case_queries.get(db.session(), pid, actor=acting())
    form = MemberForm()

    def act(session: Session) -> Any:
        return task_force.add(
            session,
            pid,
            duty=form.duty.data,
            name=form.name.data or "",
            unit_text=form.unit_text.data or "",
            phone=form.phone.data or "",
            actor=acting(),
        )

    url = url_for(".show", pid=pid, _anchor="people")
    return carry(form, act, url, _("已加入专班。"), lambda: _page(pid, member_form=form))


@bp.post("/members/<member_pid>/remove")
@requires(access.WORK)
def remove_member(member_pid: str) -> Answer:
    form = BaseForm()
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            return redirect(done, 303)
        case = task_force.remove(session, member_pid, version=form.version.data or 0, actor=acting())
        url = url_for(".show", pid=case.public_id, _anchor="people")
        settle(session, form.form_key.data, url)
    return redirect(url, 303)


@bp.post("/members/<member_pid>/reveal")
@requires(access.REVEAL)
def reveal(member_pid: str) -> Answer:
    """The whole number, after the purpose was stated; audited (DOMAIN 22)."""
    with unit_of_work() as session:
        phone = task_force.reveal_phone(
            session, member_pid, reason=request.form.get("reason", "")[:200], actor=acting()
        )
    return render(
        "staff/greencards/cases/phone.html", fragment="staff/greencards/cases/_phone.html", phone=phone
    )


@bp.post("/<pid>/close")
@requires(access.CLOSE)
def close(pid: str) -> Answer:
    case_queries.get(db.session(), pid, actor=acting())
    form = CloseForm()

    def act(session: Session) -> ServiceCase:
        return case_service.close(
            session,
            pid,
            version=form.version.data or 0,
            production_on=form.production_on.data,
            satisfaction=int(form.satisfaction.data) if form.satisfaction.data else None,
            evaluation=form.evaluation.data or "",
            archive_no=form.archive_no.data or "",
            actor=acting(),
        )

    url = url_for(".show", pid=pid)
    return carry(form, act, url, _("已结案归档。"), lambda: _page(pid, close_form=form))


@bp.post("/<pid>/reopen")
@requires(access.CLOSE)
def reopen(pid: str) -> Answer:
    case_queries.get(db.session(), pid, actor=acting())
    form = ReasonForm()

    def act(session: Session) -> ServiceCase:
        return case_service.reopen(
            session, pid, version=form.version.data or 0, reason=form.reason.data or "", actor=acting()
        )

    url = url_for(".show", pid=pid)
    return carry(form, act, url, _("已重新打开。"), lambda: _page(pid, reason_form=form))


@bp.route("/terms", methods=["GET", "POST"])
@requires(access.TERMS)
def terms() -> Answer:
    """Legal days, entered by an administrator with their source; nothing is preset."""
    template = checklist.template()
    form = TermForm(steps=[(each.code, each.title) for each in template])

    def act(session: Session) -> Any:
        return case_service.set_term(
            session,
            form.code.data,
            legal_wd=form.legal_wd.data or 0,
            legal_basis=form.legal_basis.data or "",
            actor=acting(),
        )

    def page() -> str:
        entered = case_queries.terms(db.session())
        return render("staff/greencards/cases/terms.html", form=form, steps=template, entered=entered)

    if request.method == "GET":
        return page()
    return carry(form, act, url_for(".terms"), _("已保存，在办事项随之更新。"), page)
