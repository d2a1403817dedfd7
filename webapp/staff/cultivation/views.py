"""Pages of cultivation: the roster, one enterprise line by line, its missing values, its entry."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core import clock
from core.criteria.outcome import LABELS
from core.db import db
from core.errors import NotFound
from core.i18n import _
from core.permissions import Actor
from crm.cultivation import access, assessment, listing, queries, roster, rules, service, standards
from crm.cultivation.models import RosterEntry
from crm.enterprises.models import Enterprise
from webapp.staff.activity import component
from webapp.staff.cultivation.forms import EntryForm, LeaveForm, TargetForm, inputs_form
from webapp.staff.cultivation.words import SHAPES, WORDS
from webapp.web import lists, panels
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import Answer, carry
from webapp.web.forms import BaseForm
from webapp.web.rendering import render

bp = Blueprint("cultivation", __name__, url_prefix="/cultivation")


@bp.get("")
@requires(access.VIEW)
def index() -> ResponseReturnValue:
    session, actor = db.session(), acting()
    return lists.show(
        lists.open_list(listing.LIST, cells="staff/cultivation/_cells.html"),
        "staff/cultivation/index.html",
        pools=queries.pools(session),
        counts=queries.pool_counts(session, actor=actor),
        standards=standards.labels(),
        shapes=SHAPES,
        verdicts=LABELS,
        nothing={
            "title": _("名录里还没有企业"),
            "text": _("在企业页面上点“培优评估”，可以逐条对照标准，再放进名录。"),
            "symbol": "ladder",
        },
    )


@bp.get("/<pid>")
@requires(access.VIEW)
def show(pid: str) -> Answer:
    return _page(pid)


def _standard(entry: RosterEntry | None) -> str:
    """The standard asked for in the address, else the entry's, else the first step."""
    asked = request.args.get("standard", "")
    if asked in standards.labels():
        return asked
    return entry.standard if entry else "tech_sme"


def _page(pid: str, **forms: BaseForm) -> str:
    session, actor = db.session(), acting()
    firm = queries.enterprise(session, pid, actor=actor)
    entry = queries.entry_of(session, firm.id, actor=actor)
    standard = _standard(entry)
    answer, year = assessment.judge(session, firm.id, standard, clock.today())
    met, not_met, missing = standards.counts(answer)
    return render(
        "staff/cultivation/show.html",
        firm=firm,
        entry=entry,
        standard=standard,
        standards=standards.labels(),
        kept=standards.snapshot(answer),
        verdict=answer.verdict,
        metric_labels={metric.code: metric.label for metric in standards.library().metrics},
        verdicts=LABELS,
        shapes=SHAPES,
        base_year=year,
        met=met,
        not_met=not_met,
        missing=missing,
        ladder=queries.ladder(session, entry, firm.honours),
        evaluations=queries.evaluations(session, firm.id, standard, 5),
        versions={each.code: each for each in standards.library().standard(standard).versions},
        target_lines=queries.target_lines(session, firm.id, entry.targets) if entry else [],
        target_labels=rules.TARGET_METRICS,
        may_evaluate=access.can_evaluate(actor, firm),
        may_manage=access.can_manage(actor, firm),
        timeline=component.timeline(roster.KIND, entry.id, WORDS) if entry else None,
        address=url_for(".show", pid=pid),
        **{
            "evaluate_form": BaseForm(),
            "target_form": TargetForm(year=clock.today().year),
            "leave_form": LeaveForm(version=entry.version if entry else None),
            **forms,
        },
    )


@bp.post("/<pid>/evaluate")
@requires(access.EVALUATE)
def evaluate(pid: str) -> Answer:
    """Keep the answer as it stands today."""
    firm = queries.enterprise(db.session(), pid, actor=acting())
    form = BaseForm()
    standard = request.args.get("standard", "")
    url = url_for(".show", pid=pid, standard=standard, _anchor="kept")

    def act(session: Session) -> Any:
        return service.evaluate(session, firm.public_id, standard, actor=acting())

    return carry(
        form, act, url, _("已留存这次自评。自评不等于认定。"), lambda: _page(pid, evaluate_form=form)
    )


@bp.route("/<pid>/inputs", methods=["GET", "POST"])
@requires(access.EVALUATE)
def inputs(pid: str) -> Answer:
    """The values that a standard asks for and that are not known yet; all of them with `?all=1`."""
    session, actor = db.session(), acting()
    firm = queries.enterprise(session, pid, actor=actor)
    if not access.can_evaluate(actor, firm):
        raise NotFound()
    standard = _standard(queries.entry_of(session, firm.id, actor=actor))
    known = assessment.values_of(session, firm.id, clock.today())
    asked = rules.asked_for(standards.library(), standard, clock.today())
    wanted = [metric for metric in asked if request.args.get("all") or metric.code not in known]
    form = inputs_form(wanted, year=clock.today().year - 1, source=_("企业填报"))

    def act(session: Session) -> Any:
        return service.record_inputs(
            session,
            pid,
            form.values(),
            year=form.year.data or 0,
            source=form.source.data or "",
            actor=acting(),
        )

    def page() -> str:
        return render(
            "staff/cultivation/inputs.html",
            form=form,
            firm=firm,
            wanted=wanted,
            known=len(asked) - len(wanted),
            standard=standard,
            standards=standards.labels(),
        )

    if request.method == "GET":
        return page()
    return carry(form, act, url_for(".show", pid=pid, standard=standard), _("已保存，下面按新数重算。"), page)


@bp.route("/<pid>/entry", methods=["GET", "POST"])
@requires(access.MANAGE)
def entry(pid: str) -> Answer:
    """Put on the roster, or change the open entry."""
    session, actor = db.session(), acting()
    firm = queries.enterprise(session, pid, actor=actor)
    present = queries.entry_of(session, firm.id, actor=actor)
    choices: dict[str, Any] = {
        "pools": [(pool.code, pool.name) for pool in queries.pools(session)],
        "steps": [(step.code, step.name) for step in queries.steps(session)],
        "people": queries.people(session, firm.unit_id),
    }
    form = EntryForm(obj=present, **choices) if present else EntryForm(entered_on=clock.today(), **choices)

    def act(session: Session) -> Any:
        if present is None:
            return roster.enrol(session, pid, form.values(), actor=acting())
        return roster.change(
            session,
            present.public_id,
            form.values(),
            version=form.version.data or 0,
            reason=form.reason.data or "",
            actor=acting(),
        )

    def page() -> str:
        return render("staff/cultivation/entry.html", form=form, firm=firm, entry=present)

    if request.method == "GET":
        return page()
    said = _("已入库。") if present is None else _("已保存。")
    return carry(form, act, url_for(".show", pid=pid), said, page)


@bp.post("/<pid>/targets")
@requires(access.MANAGE)
def target(pid: str) -> Answer:
    entry_pid = _entry_pid(pid)
    form = TargetForm()

    def act(session: Session) -> Any:
        return roster.set_target(
            session,
            entry_pid,
            year=form.year.data or 0,
            metric=form.metric.data,
            value=form.value.data,
            actor=acting(),
        )

    url = url_for(".show", pid=pid, _anchor="targets")
    return carry(form, act, url, _("已定目标。"), lambda: _page(pid, target_form=form))


@bp.post("/<pid>/leave")
@requires(access.MANAGE)
def leave(pid: str) -> Answer:
    entry_pid = _entry_pid(pid)
    form = LeaveForm()

    def act(session: Session) -> Any:
        return roster.leave(
            session,
            entry_pid,
            version=form.version.data or 0,
            exit_kind=form.exit_kind.data,
            reason=form.reason.data or "",
            actor=acting(),
        )

    return carry(form, act, url_for(".show", pid=pid), _("已出库。"), lambda: _page(pid, leave_form=form))


def _entry_pid(pid: str) -> str:
    session, actor = db.session(), acting()
    firm = queries.enterprise(session, pid, actor=actor)
    found = queries.entry_of(session, firm.id, actor=actor)
    if found is None:
        raise NotFound()
    return found.public_id


@panels.panel(
    "enterprise",
    "cultivation.step",
    template="staff/cultivation/_enterprise_panel.html",
    permission=access.VIEW,
    order=50,
)
def enterprise_panel(session: Session, enterprise: Enterprise, actor: Actor) -> dict[str, Any] | None:
    """Where the enterprise stands; silent for those of other zones."""
    if not actor.reach(access.VIEW).covers(enterprise.unit_id):
        return None
    found = queries.entry_of(session, enterprise.id, actor=actor)
    kept = queries.evaluations(session, enterprise.id, _standard(found), 1)
    return {"entry": found, "kept": kept[0] if kept else None, "verdicts": LABELS, "shapes": SHAPES}
