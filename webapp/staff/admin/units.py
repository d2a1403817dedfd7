"""The organisation tree: units with their people and parks; create, rename, move, dissolve, history."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from core import audit, places
from core.accounts import holdings, queries, tree
from core.accounts.models import Unit
from core.accounts.service import LIST
from core.db import db
from core.i18n import _
from webapp.staff.admin import words
from webapp.staff.admin.forms import DissolveForm, MoveForm, NewUnitForm, UnitForm
from webapp.staff.admin.requests import bp
from webapp.staff.admin.views import unit_choices
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import Answer, carry
from webapp.web.rendering import render

__all__ = ["bp"]


@bp.get("/units")
@requires(LIST)
def units() -> ResponseReturnValue:
    """The whole tree with how many people each unit has, alone and with all below."""
    session = db.session()
    listed = queries.units(session)
    return render(
        "staff/admin/units.html",
        units=listed,
        people=queries.people_per_unit(session),
        below=queries.people_below(session, listed),
        parks=places.parks_by_unit(session),
        kinds=words.UNIT_KINDS,
    )


@bp.get("/units/new")
@requires(tree.MANAGE)
def new_unit() -> ResponseReturnValue:
    return render("staff/admin/unit_form.html", form=NewUnitForm(units=unit_choices()), unit=None)


@bp.post("/units")
@requires(tree.MANAGE)
def add_unit() -> Answer:
    """Add a unit below another one."""
    form = NewUnitForm(units=unit_choices())

    def act(session: Any) -> None:
        tree.create_unit(
            session, code=form.code.data, name=form.name.data, short_name=form.short_name.data or "",
            kind=form.kind.data, parent=queries.unit_by_public_id(session, form.parent.data),
            phone=form.phone.data or "", actor=acting(),
        )  # fmt: skip

    def again() -> str:
        return render("staff/admin/unit_form.html", form=form, unit=None)

    return carry(form, act, url_for(".units"), _("单位已新增。"), again)


@bp.get("/units/<pid>")
@requires(LIST)
def show_unit(pid: str) -> ResponseReturnValue:
    """A unit: where it stands, who belongs to it, what it holds, what has been changed."""
    session = db.session()
    unit = queries.unit_by_public_id(session, pid)
    held = tree.holding_of(session, unit)
    return render(
        "staff/admin/unit.html",
        unit=unit,
        above=queries.units_above(session, unit),
        below=[one for one in queries.units(session) if one.parent_id == unit.id],
        held=held,
        parks=places.parks_by_unit(session).get(unit.id, []),
        subjects={kind.subject: kind.label for kind in reversed(holdings.kinds())},
        people=queries.people_per_unit(session),
        history=audit.history(session, "unit", unit.id),
        names=queries.unit_names(session),
        kinds=words.UNIT_KINDS,
    )


@bp.route("/units/<pid>/edit", methods=["GET", "POST"])
@requires(tree.MANAGE)
def edit_unit(pid: str) -> Answer:
    unit = queries.unit_by_public_id(db.session(), pid)
    form = UnitForm(obj=unit)

    def act(session: Any) -> None:
        values = tree.UnitValues(
            form.name.data, form.short_name.data or "", form.kind.data, form.phone.data or ""
        )
        tree.change(session, pid, values, version=form.version.data, actor=acting())

    return _form("staff/admin/unit_form.html", form, unit, act, _("已保存。"))


@bp.route("/units/<pid>/move", methods=["GET", "POST"])
@requires(tree.MANAGE)
def move_unit(pid: str) -> Answer:
    unit = queries.unit_by_public_id(db.session(), pid)
    form = MoveForm(obj=unit, units=_elsewhere(unit), data={"parent": ""})

    def act(session: Any) -> None:
        parent = queries.unit_by_public_id(session, form.parent.data)
        tree.move(session, pid, parent, version=form.version.data, actor=acting())

    return _form("staff/admin/unit_move.html", form, unit, act, _("单位已移动，下属单位一并移动。"))


@bp.route("/units/<pid>/dissolve", methods=["GET", "POST"])
@requires(tree.MANAGE)
def dissolve_unit(pid: str) -> Answer:
    unit = queries.unit_by_public_id(db.session(), pid)
    form = DissolveForm(obj=unit, units=_elsewhere(unit))

    def act(session: Any) -> None:
        successor = queries.unit_by_public_id(session, form.successor.data) if form.successor.data else None
        tree.dissolve(
            session, pid, successor, reason=form.reason.data, version=form.version.data, actor=acting()
        )

    return _form("staff/admin/unit_dissolve.html", form, unit, act, _("单位已撤销。"))


def _elsewhere(unit: Unit) -> list[tuple[str, Any]]:
    inside = {one.public_id for one in queries.units(db.session()) if one.path.startswith(unit.path)}
    return [(pid, name) for pid, name in unit_choices() if pid not in inside]


def _form(template: str, form: Any, unit: Unit, act: Any, said: Any) -> Answer:
    def again() -> str:
        session = db.session()
        held = tree.holding_of(session, session.merge(unit, load=False))
        return render(template, form=form, unit=unit, held=held)

    if not form.is_submitted():
        return again()
    return carry(form, act, url_for(".show_unit", pid=unit.public_id), said, again)
