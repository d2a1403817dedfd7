"""Pages of target lists: all of them, one with its quarters, a frozen quarter, two of them compared."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from chains import queries as maps
from chains.models import Chain
from core import clock
from core.db import db, unit_of_work
from core.errors import DomainError, Invalid, NotFound
from core.i18n import _
from core.lists.spec import Tab
from crm.targets import access, list_listing, queries, terms
from crm.targets import lists as service
from crm.targets.comparing import compare
from crm.targets.lifecycle import TARGET
from crm.targets.listing import OFFICIAL
from crm.targets.models import TargetList, TargetVersion, TargetVersionRow
from crm.targets.words import compared_labels, compared_value
from webapp.staff.targets.forms import ListForm, TurnForm
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("target_lists", __name__, url_prefix="/targets/lists")

NOW = "now"
Verb = Callable[..., Any]


def _tabs(_opened: lists.OpenList) -> list[Tab]:
    return [Tab(_("全部")), Tab(_("开放"), {"state": "open"}), Tab(_("已关闭"), {"state": "closed"})]


@bp.get("")
@requires(access.LIST_VIEW)
def index() -> ResponseReturnValue:
    return lists.show(
        lists.open_list(list_listing.LISTS, tabs=_tabs, cells="staff/target_lists/_cells.html"),
        "staff/target_lists/index.html",
        nothing={
            "title": _("还没有目标名单"),
            "text": _("一条产业链或一次专题招商建一份名单，再从图谱缺口或企业库把企业列进来。"),
            "symbol": "target",
            "url": url_for(".new") if acting().can(access.LIST_EDIT) else "",
            "link": _("新建名单"),
        },
    )


def _form(**values: Any) -> ListForm:
    session, actor = db.session(), acting()
    units = queries.unit_choices(session, actor=actor, permission=access.LIST_EDIT)
    return ListForm(chains=maps.choices(session), units=units, **values)


@bp.route("/new", methods=["GET", "POST"])
@requires(access.LIST_EDIT)
def new() -> ResponseReturnValue:
    form = _form(unit_id=acting().unit_id)
    if form.validate_on_submit():
        try:
            return redirect(_create(form), 303)
        except Invalid as error:
            form.absorb(error)
    page = render("staff/target_lists/new.html", form=form)
    return page, 422 if form.is_submitted() else 200


def _create(form: ListForm) -> str:
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            return done
        made = service.create(
            session,
            str(form.name.data),
            unit_id=form.unit_id.data,
            chain=session.get(Chain, form.chain_id.data) if form.chain_id.data else None,
            campaign=form.campaign.data or "",
            actor=acting(),
        )
        url = url_for(".show", pid=made.public_id)
        settle(session, form.form_key.data, url)
    flash(_("已建名单“%(name)s”。", name=made.name))
    return url


@bp.get("/<pid>")
@requires(access.LIST_VIEW)
def show(pid: str) -> ResponseReturnValue:
    return _page(pid)


def _page(pid: str, form: ListForm | None = None, status: int = 200) -> ResponseReturnValue:
    session = db.session()
    found = queries.the_list(session, pid, actor=acting())
    given = {"version": found.version, "obj": found}
    page = render(
        "staff/target_lists/show.html",
        target_list=found,
        counts=list_listing.counts(session, [found.id]).get(found.id, {}),
        states=queries.states_of(session, found.id),
        people=queries.people_of_list(session, found.id),
        lifecycle=TARGET,
        terms=terms.on(clock.today()),
        quarter=service.quarter_of(clock.today()),
        may_edit=access.can_edit_list(acting(), found),
        form=form or _form(formdata=None, **given),
        turn_form=TurnForm(formdata=None, version=found.version),
        official=",".join(OFFICIAL),
        now=NOW,
    )
    return page, status


@bp.post("/<pid>")
@requires(access.LIST_EDIT)
def edit(pid: str) -> ResponseReturnValue:
    form = _form()
    del form.unit_id
    if not form.validate_on_submit():
        return _page(pid, form, 422)
    with unit_of_work() as session:
        service.change(
            session, pid, name=str(form.name.data), chain_id=form.chain_id.data or None,
            campaign=form.campaign.data or "", version=form.version.data or 0, actor=acting(),
        )  # fmt: skip
    flash(_("已保存。"))
    return redirect(url_for(".show", pid=pid), 303)


@bp.post("/<pid>/close")
@requires(access.LIST_EDIT)
def close(pid: str) -> ResponseReturnValue:
    return _turned(pid, service.close, _("名单已关闭，不再添加企业；已列入的照常跟进。"))


@bp.post("/<pid>/reopen")
@requires(access.LIST_EDIT)
def reopen(pid: str) -> ResponseReturnValue:
    return _turned(pid, service.reopen, _("名单已重新打开。"))


def _turned(pid: str, verb: Verb, said: str) -> ResponseReturnValue:
    form = TurnForm()
    form.validate()
    with unit_of_work() as session:
        verb(session, pid, version=form.version.data or 0, actor=acting())
    flash(said)
    return redirect(url_for(".show", pid=pid), 303)


@bp.post("/<pid>/freeze")
@requires(access.LIST_EDIT)
def freeze(pid: str) -> ResponseReturnValue:
    try:
        with unit_of_work() as session:
            made = service.freeze(session, pid, actor=acting())
        flash(_("%(quarter)s 版本已冻结，%(count)s 家。", quarter=made.quarter, count=made.count))
    except Invalid as error:
        flash(_said(error))
    return redirect(url_for(".show", pid=pid), 303)


def _said(error: DomainError) -> str:
    faults = getattr(error, "faults", ())
    return " ".join(str(fault.message) for fault in faults) or str(error.message)


@bp.get("/frozen")
@requires(access.LIST_VIEW)
def frozen() -> ResponseReturnValue:
    """The rows of a frozen version, as a list: conditions, columns and files as everywhere."""
    session = db.session()
    version = list_listing.version_of(session, request.args.get("version", "")[:26], actor=acting())
    if version is None and "version" not in request.args:
        return redirect(url_for(".index"))  # where the conditions are taken off, the version is, too
    if version is None:
        raise NotFound()
    return lists.show(
        lists.open_list(list_listing.FROZEN, cells="staff/target_lists/_frozen_cells.html"),
        "staff/target_lists/frozen.html",
        version=version,
        target_list=version.list,
        lifecycle=TARGET,
        now=NOW,
        nothing={"title": _("这一版没有企业"), "text": "", "symbol": "target"},
    )


@bp.get("/<pid>/compare")
@requires(access.LIST_VIEW)
def comparison(pid: str) -> ResponseReturnValue:
    """Two versions side by side, or a version and what stands now."""
    session = db.session()
    found = queries.the_list(session, pid, actor=acting())
    earlier = _version(found, request.args.get("from", ""))
    later = None if request.args.get("to", NOW) == NOW else _version(found, request.args["to"])
    if later is not None and later.quarter < earlier.quarter:
        earlier, later = later, earlier
    after = service.standing(session, found.id) if later is None else _plain(session, later)
    return render(
        "staff/target_lists/compare.html",
        target_list=found,
        earlier=earlier,
        later=later,
        found=compare(_plain(session, earlier), after),
        lifecycle=TARGET,
        labels=compared_labels(),
        shown=compared_value,
        now=NOW,
    )


def _version(target_list: TargetList, public_id: str) -> TargetVersion:
    found = next((each for each in target_list.versions if each.public_id == public_id), None)
    if found is None:
        raise NotFound()
    return found


def _plain(session: Session, version: TargetVersion) -> list[dict[str, Any]]:
    names = [column.key for column in TargetVersionRow.__mapper__.column_attrs]
    return [{name: getattr(row, name) for name in names} for row in service.rows_of(session, version.id)]
