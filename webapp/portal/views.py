"""The enterprise's own pages: what waits for it, its card and steps, its requests. Only its own exist."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.db import db, unit_of_work
from core.deadline_words import day_words
from core.errors import Invalid, Refused
from core.i18n import _
from core.lists import reading
from core.lists.query import ListQuery
from crm.enterprises.models import Enterprise
from crm.greencards import case_queries
from crm.greencards import queries as cards
from crm.greencards.lifecycle import CARD
from crm.service_requests import access, closing, handling, own_listing, queries, rules, service, terms
from crm.service_requests.lifecycle import REQUEST
from crm.service_requests.models import ServiceRequest
from webapp.portal import forms
from webapp.web import downloads, lists
from webapp.web.access import requires
from webapp.web.acting import account, acting
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("portal", __name__, url_prefix="/portal")


@bp.get("/")
@requires(access.OWN_VIEW)
def home() -> ResponseReturnValue:
    """What waits for the enterprise first, then what is under way, its cards and its service case."""
    session, actor = db.session(), acting()
    own = cards.for_enterprise(session, actor=actor)
    under_way = reading.page(
        session, own_listing.LIST, ListQuery({"standing": ("open", "mine")}, size=20), actor=actor
    )
    total, _more = reading.count(session, own_listing.LIST, ListQuery(), actor=actor)
    return render(
        "portal/home.html",
        enterprise=session.get(Enterprise, actor.enterprise_id) if actor.enterprise_id else None,
        waiting=queries.waiting_for_enterprise(session, actor=actor),
        rows=[(row, REQUEST.state(row.status), _promise(row)) for row in under_way.rows[:5]],
        total=total,
        cards=[(card, CARD.state(cards.standing(card))) for card in own.cards if card.issued],
        cases=[(case, case_queries.lines_of(session, case)) for case in own.cases],
    )


@bp.get("/requests")
@requires(access.OWN_VIEW)
def requests() -> ResponseReturnValue:
    opened = lists.open_list(own_listing.LIST)
    return lists.show(
        opened,
        "portal/requests.html",
        fragment="portal/_requests.html",
        rows=[(row, REQUEST.state(row.status), _promise(row)) for row in opened.page.rows],
        nothing={
            "title": _("还没有提过诉求"),
            "text": _("用地、用电、用工、审批，有困难就告诉我们。"),
            "symbol": "request",
        },
    )


@bp.route("/requests/new", methods=["GET", "POST"])
@requires(access.OWN_SUBMIT)
def new() -> ResponseReturnValue:
    owner = account()
    form = forms.SubmitForm(contact_person=owner.name, contact_phone=owner.phone or None)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                values = {name: form.data[name] for name in SUBMITTED}
                made = service.submit(session, values, form.uploads(), actor=acting())
                url = url_for(".show", pid=made.public_id)
                settle(session, form.form_key.data, url)
            flash(_("已提交，工作人员会尽快受理。"))
            return redirect(url, 303)
        except Invalid as error:
            _at_files(form, error)
    page = render("portal/new.html", form=form, accept=terms.present().accept)
    return page, 422 if form.errors or form.form_errors else 200


SUBMITTED = ("title", "category", "nature", "content", "contact_person", "contact_phone")


@bp.get("/requests/<pid>")
@requires(access.OWN_VIEW)
def show(pid: str) -> ResponseReturnValue:
    return render("portal/request.html", **_record(pid))


@bp.post("/requests/<pid>/supplement")
@requires(access.OWN_REPLY)
def supplement(pid: str) -> ResponseReturnValue:
    form = forms.SupplementForm()

    def run(session: Any) -> None:
        text = str(form.text.data)
        handling.supplement(
            session, pid, version=form.version.data, text=text, uploads=form.uploads(), actor=acting()
        )

    return _taken(pid, "supplement", form, run, _("已补充，时限继续计算。"))


@bp.post("/requests/<pid>/rate")
@requires(access.OWN_RATE)
def rate(pid: str) -> ResponseReturnValue:
    form = forms.RateForm()

    def run(session: Any) -> None:
        closing.rate(
            session,
            pid,
            version=form.version.data,
            solved=form.solved.data,
            satisfaction=form.satisfaction.data,
            text=form.text.data or "",
            actor=acting(),
        )

    return _taken(pid, "rate", form, run, _("谢谢您的评价。"))


@bp.post("/requests/<pid>/withdraw")
@requires(access.OWN_WITHDRAW)
def withdraw(pid: str) -> ResponseReturnValue:
    form = forms.WithdrawForm()

    def run(session: Any) -> None:
        reason = str(form.reason.data)
        service.withdraw(session, pid, version=form.version.data, reason=reason, actor=acting())

    return _taken(pid, "withdraw", form, run, _("已撤回。"))


@bp.get("/files/<pid>")
@requires(access.OWN_VIEW)
def attachment(pid: str) -> ResponseReturnValue:
    """A file of one's own request; a file of an internal note does not exist here."""
    found = queries.attachment(db.session(), pid, actor=acting())
    return downloads.send(found)


def _taken(pid: str, name: str, form: BaseForm, run: Callable[[Any], None], said: str) -> ResponseReturnValue:
    """One step of an own request; what was typed stays when it is refused."""
    queries.get(db.session(), pid, actor=acting())
    if form.validate_on_submit():
        url = url_for(".show", pid=pid)
        try:
            with unit_of_work() as session:
                if not once(session, form.form_key.data):
                    run(session)
                    settle(session, form.form_key.data, url)
            flash(said)
            return redirect(url, 303)
        except (Invalid, Refused) as error:
            _at_files(form, error)
    return render("portal/request.html", **_record(pid, {name: form})), 422


def _record(pid: str, bound: dict[str, BaseForm] | None = None) -> dict[str, Any]:
    session, actor = db.session(), acting()
    record = queries.get(session, pid, actor=actor)
    version = record.version
    offered = {step.verb for step in REQUEST.steps_from(record.status) if actor.can(step.permission)}
    stray = [form for verb, form in (bound or {}).items() if verb not in offered]
    given = {
        "supplement": forms.SupplementForm(version=version),
        "rate": forms.RateForm(version=version),
        "withdraw": forms.WithdrawForm(version=version),
        **(bound or {}),
    }
    return {
        "record": record,
        "state": REQUEST.state(record.status),
        "clock": queries.clock_of(session, record) or queries.acceptance_clock(session, record),
        "messages": queries.messages(session, record, actor=actor),
        "forms_by_verb": {verb: form for verb, form in given.items() if verb in offered},
        "out_of_turn": stray[0] if stray else None,
        "rules": rules,
        "rate_until": _promise(record),
    }


def _promise(record: ServiceRequest) -> str:
    """When the enterprise may expect the end, or until when it is asked to do something."""
    if record.queue_due_at is None:
        return ""
    return day_words(clock.local(record.queue_due_at).date(), clock.today())


def _at_files(form: BaseForm, error: Invalid | Refused) -> None:
    """A fault of an upload names `file`; the field is called `files`."""
    form.absorb(error)
    if isinstance(error, Invalid) and hasattr(form, "files"):
        at_file = [fault.message for fault in error.faults if fault.field == "file"]
        form.form_errors[:] = [message for message in form.form_errors if message not in at_file]
        form.files.errors = [*form.files.errors, *at_file]
