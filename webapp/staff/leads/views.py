"""Pages of leads: list, record, register, edit."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from chains import queries as chains
from core import clock
from core.db import db, unit_of_work
from core.errors import Invalid, NotFound, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.lifecycle import offers
from core.lists.spec import Tab
from crm.enterprises import queries as enterprises
from crm.leads import access, listing, queries, rules, service, terms
from crm.leads.lifecycle import LEAD
from crm.leads.models import Lead
from crm.leads.words import WORDS
from crm.projects import queries as projects
from crm.targets import queries as targets
from webapp.staff.activity import component
from webapp.staff.leads.forms import LeadForm, RevealForm
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.panels import rendered
from webapp.web.rendering import render

bp = Blueprint("leads", __name__, url_prefix="/leads")


def _tabs(opened: lists.OpenList) -> list[Tab]:
    counts = opened.counts
    return [
        Tab(_l("在办"), {}, counts["open"]),
        Tab(_l("我负责的"), {"view": "mine"}, counts["mine"]),
        Tab(_l("久未跟进"), {"view": "silent"}, counts["silent"]),
        Tab(_l("归属待裁定"), {"status": "disputed"}, counts["disputed"]),
        Tab(_l("已结束"), {"view": "closed"}),
    ]


@bp.get("")
@requires(access.VIEW)
def index() -> ResponseReturnValue:
    counts = queries.counts(db.session(), actor=acting())
    return lists.show(
        lists.open_list(listing.LIST, tabs=_tabs, counts=counts, cells="staff/leads/_cells.html"),
        "staff/leads/index.html",
        counts=counts,
        legend="ui/silence.html",
        lifecycle=LEAD,
        nothing={
            "title": _("还没有线索"),
            "text": _("登记第一条后，这里会按“该联系了”排好。"),
            "symbol": "lead",
            "url": url_for(".new") if acting().can(access.REGISTER) else "",
            "link": _("登记线索"),
        },
    )


@bp.get("/<pid>")
@requires(access.VIEW)
def show(pid: str) -> ResponseReturnValue:
    return render("staff/leads/show.html", **record_page(pid))


def record_page(pid: str) -> dict[str, Any]:
    """Everything that the record page shows."""
    session, actor = db.session(), acting()
    lead = queries.get(session, pid, actor=actor)
    shown = access.MONEY.seen(actor, lead)
    return {
        "lead": shown,
        "state": LEAD.state(lead.status),
        "steps": _steps(lead),
        "dispute": queries.dispute(session, lead, actor=actor),
        "project": projects.of_lead(session, lead.id, actor=actor),
        "timeline": component.timeline(service.KIND, lead.id, WORDS, hidden=access.MONEY.hidden(actor, lead)),
        "panels": rendered("lead", lead),
        "may_edit": access.covers(actor, access.EDIT, lead) and not LEAD.closed(lead.status),
        "filing": _filing(shown),
        "amounts": shown is lead,
        "sources": rules.SOURCE_LABELS,
        "kinds": rules.UNIT_KIND_LABELS,
        "reveal_form": RevealForm(),
        "address": url_for("leads.show", pid=pid),
    }


def _filing(lead: Lead) -> terms.LeadTerms | None:
    """The thresholds of the province's own first claim, when this lead reaches them."""
    version = terms.on(clock.today())
    reached = rules.needs_provincial_filing(lead.total_investment_wan, lead.foreign_usd_wan, version)
    return version if reached else None


def _steps(lead: Lead) -> set[str]:
    """The verbs that this person may take from here; what they lack, their own forms say."""
    actor = acting()
    return {
        offer.step.verb
        for offer in offers(LEAD, lead.status, service.facts_of(lead), actor=actor)
        if offer.permitted and access.covers(actor, offer.step.permission, lead)
    }


@bp.route("/new", methods=["GET", "POST"])
@requires(access.REGISTER)
def new() -> ResponseReturnValue:
    form = LeadForm(nodes=chains.node_choices(db.session()), **_prefilled())
    if not acting().can(access.AMOUNTS):
        form.withhold(access.MONEY.fields)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                target_pid = request.args.get("target") or None
                lead = service.draft(session, form.values(), target_pid=target_pid, actor=acting())
                hint = None
                if _registers():
                    hint = service.register(session, lead.public_id, version=None, actor=acting()).hint
                url = url_for(".show", pid=lead.public_id)
                settle(session, form.form_key.data, url)
            _say(lead, hint)
            return redirect(url, 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    return _form(form, None)


@bp.route("/<pid>/edit", methods=["GET", "POST"])
@requires(access.EDIT)
def edit(pid: str) -> ResponseReturnValue:
    lead = queries.get(db.session(), pid, actor=acting())
    if not access.covers(acting(), access.EDIT, lead):
        abort(403)
    form = LeadForm(obj=lead, nodes=chains.node_choices(db.session()))
    form.withhold(access.MONEY.hidden(acting(), lead))
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                changed = service.update(
                    session, pid, form.values(), version=form.version.data, actor=acting()
                )
                hint, kept = changed.hint, changed.lead
                if _registers() and kept.status == "draft":
                    hint = service.register(session, pid, version=None, actor=acting()).hint
                url = url_for(".show", pid=pid)
                settle(session, form.form_key.data, url)
            _say(kept, hint)
            return redirect(url, 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    return _form(form, lead)


@bp.post("/<pid>/reveal")
@requires(access.EDIT)
def reveal(pid: str) -> ResponseReturnValue:
    """The contact's whole number, after the purpose was stated; audited."""
    form = RevealForm()
    lead = queries.get(db.session(), pid, actor=acting())
    mobile = None
    if form.validate_on_submit():
        with unit_of_work() as session:
            mobile = service.reveal_mobile(session, pid, reason=str(form.reason.data), actor=acting())
    page = render("staff/leads/reveal.html", lead=lead, form=form, mobile=mobile)
    return page, 200 if mobile else 422


def _prefilled() -> dict[str, Any]:
    """What a target or an enterprise already tells about the lead to be."""
    session, actor = db.session(), acting()
    if request.method != "GET":
        return {}
    if target_pid := request.args.get("target"):
        target = targets.get(session, target_pid, actor=actor)
        return {
            "investor_name": target.enterprise.name,
            "chain_node_id": target.node_id,
            "content": target.product,
            "source": "target",
        }
    if enterprise_pid := request.args.get("enterprise"):
        try:
            return {"investor_name": enterprises.get(session, enterprise_pid, actor=actor).name}
        except NotFound:
            return {}
    return {}


def _registers() -> bool:
    return request.form.get("deed") == "register"


def _say(lead: Lead, hint: rules.Hint | None) -> None:
    if hint is not None:
        kind = rules.UNIT_KIND_LABELS.get(hint.unit_kind, hint.unit_kind)
        flash(
            _(
                "疑似在谈：%(number)s，%(kind)s，%(day)s 首报。已报市经合局裁定。",
                number=hint.lead_no,
                kind=kind,
                day=hint.claimed_on.isoformat(),
            ),
            "warn",
        )
    elif lead.status == "draft":
        flash(_("已存为草稿。草稿不算首报，登记后才开始计时。"))
    else:
        flash(_("已保存。"))


def _form(form: LeadForm, lead: Lead | None) -> ResponseReturnValue:
    page = render("staff/leads/form.html", form=form, lead=lead, draft=lead is None or lead.status == "draft")
    return page, 422 if form.errors or form.form_errors else 200
