"""What was merged: the list, one merge with all that it moved, and the way back."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.accounts.models import Account, Unit
from core.db import db, unit_of_work
from core.errors import Invalid
from core.i18n import _
from core.i18n import lazy as _l
from core.lists.spec import Tab
from core.places import Park, Region
from crm.enterprises import access, queries
from crm.enterprises.duplicates import listing, moving, undoing
from crm.enterprises.duplicates import queries as pairs
from crm.enterprises.duplicates.choices import FIELDS
from crm.enterprises.duplicates.models import Merge
from crm.enterprises.duplicates.rows import give
from crm.enterprises.models import Enterprise
from crm.enterprises.rules import SIZE_LABELS
from webapp.staff.enterprises import words
from webapp.staff.enterprises.duplicate_forms import UndoForm
from webapp.staff.enterprises.side_by_side import plain
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import Answer
from webapp.web.once import once, settle
from webapp.web.panels import panel
from webapp.web.rendering import render

bp = Blueprint("merges", __name__, url_prefix="/enterprises/merges")

OTHERS = {
    **words.FIELDS,
    "group_id": _l("集团母公司"),
    "unit_id": _l("管理单位"),
    "specialist_id": _l("服务专员"),
    "leader_id": _l("联系领导"),
    "size_class": _l("规模"),
    "latest_revenue_wan": _l("最近营收"),
    "latest_year": _l("营收年度"),
    "last_contact_on": _l("上次联系"),
}
_NAMED: Mapping[str, tuple[type[Any], str]] = {
    "park_id": (Park, "name"),
    "region_code": (Region, "full_name"),
    "group_id": (Enterprise, "name"),
    "unit_id": (Unit, "name"),
    "specialist_id": (Account, "name"),
    "leader_id": (Account, "name"),
}
"""Fields that hold the key of something with a name."""


def _tabs(opened: lists.OpenList) -> list[Tab]:
    queue = [
        Tab(label, url=url_for("duplicates.index", state=None if state == "open" else state))
        for state, label in listing.STATES.items()
    ]
    return [*queue, Tab(_l("合并记录"))]


@bp.get("")
@requires(access.MERGE)
def index() -> ResponseReturnValue:
    opened = lists.open_list(listing.MERGES, tabs=_tabs, cells="staff/enterprises/_merge_cells.html")
    nothing = {"title": _("还没有合并过"), "text": _("合并过的都在这里，可以撤销。"), "symbol": "redo"}
    return lists.show(opened, "staff/enterprises/merges.html", nothing=nothing)


@bp.get("/<pid>")
@requires(access.MERGE)
def show(pid: str) -> Answer:
    return _page(pid, UndoForm())


def _page(pid: str, form: UndoForm) -> str:
    session = db.session()
    made = pairs.merge_of(session, pid, actor=acting())
    form.version.data = made.version
    survivor = session.get(Enterprise, made.survivor_id)
    return render(
        "staff/enterprises/merge.html",
        made=made,
        survivor=survivor,
        form=form,
        moved=_counted(made.moved),
        dropped=_counted(made.dropped),
        fields=_fields(session, made),
        kept=[_kept(each) for each in made.kept],
        may_undo=made.undone_at is None and survivor is not None and access.may_merge(acting(), survivor),
    )


def _counted(kept: dict[str, Any]) -> list[tuple[Any, int]]:
    return [(mover.label, len(kept[mover.code])) for mover in moving.movers() if kept.get(mover.code)]


def _label(name: str) -> Any:
    return FIELDS.get(name) or OTHERS.get(name) or name


def _fields(session: Session, made: Merge) -> list[tuple[Any, str, str]]:
    """(field, before, after) of the survivor, in words."""
    shown = [name for name in made.fields if name in FIELDS or name in OTHERS]
    return [
        (_label(name), *(_in_words(session, name, give(value)) for value in made.fields[name]))
        for name in shown
    ]


def _in_words(session: Session, name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _NAMED:
        model, attribute = _NAMED[name]
        found = session.get(model, value)
        return getattr(found, attribute) if found is not None else str(_("已不存在"))
    if name == "size_class":
        return str(SIZE_LABELS[value])
    if name == "industry_code":
        return f"{value} {queries.industry_names(session, [value]).get(value, '')}".strip()
    return plain(name, value)


def _kept(each: dict[str, Any]) -> str:
    if "field" in each:
        return str(_label(each["field"]))
    label = next((mover.label for mover in moving.movers() if mover.code == each["mover"]), each["mover"])
    return f"{label} {each['count']}"


@bp.post("/<pid>/undo")
@requires(access.MERGE)
def undo(pid: str) -> Answer:
    """Both as they were; what was edited since is said."""
    form, url = UndoForm(), url_for(".show", pid=pid)
    pairs.merge_of(db.session(), pid, actor=acting())
    if not form.validate_on_submit():
        return _page(pid, form), 422
    try:
        with unit_of_work() as session:
            if once(session, form.form_key.data) is None:
                made = undoing.undo(session, pid, version=form.version.data or 0, actor=acting())
                kept = len(made.kept)
                settle(session, form.form_key.data, url)
                flash(
                    _("已撤销，%(count)s 项合并后改过，保留现在的。", count=kept)
                    if kept
                    else _("已撤销，两家都恢复原样。")
                )
    except Invalid as error:
        form.absorb(error)
        return _page(pid, form), 422
    return redirect(url, 303)


@panel(
    "enterprise",
    "duplicates",
    template="staff/enterprises/_duplicates.html",
    permission=access.MERGE,
    order=95,
)
def _of_record(session: Any, record: Any, actor: Any) -> dict[str, Any] | None:
    """Pairs that wait for a decision, and what was merged into this enterprise."""
    if not access.may_merge(actor, record):
        return None
    open_pairs = pairs.open_pairs_of(session, record.id)
    return {"pairs": open_pairs, "merges": pairs.merges_into(session, record.id)}
