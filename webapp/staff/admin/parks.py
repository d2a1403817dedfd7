"""Parks: the list, one park, a new one, changes and the last day of one that is used no more."""

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core import audit, clock, places, settings
from core.accounts import queries
from core.db import db
from core.i18n import _
from core.i18n import lazy as _l
from core.lists.spec import Tab
from core.places import Park
from crm.parks import listing, rules, service
from crm.parks import queries as park_queries
from webapp.staff.admin.park_forms import Choices, NewParkForm, ParkForm
from webapp.staff.admin.regions import bp
from webapp.staff.audit import words
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import Answer, carry
from webapp.web.rendering import render

__all__ = ["bp"]


def _tabs(opened: lists.OpenList) -> list[Tab]:
    return [
        Tab(_l("全部")),
        *(Tab(label, {"state": code}) for code, label in rules.STATES.items() if code != "waiting"),
    ]


@bp.get("/parks")
@requires(settings.EDIT)
def parks() -> ResponseReturnValue:
    return lists.show(
        lists.open_list(listing.LIST, tabs=_tabs, cells="staff/admin/_park_cells.html"),
        "staff/admin/parks.html",
        nothing={
            "title": _("还没有园区"),
            "text": _("先新增一级园区，再新增它下面的片区。"),
            "symbol": "pin",
        },
    )


@bp.route("/parks/new", methods=["GET", "POST"])
@requires(settings.EDIT)
def new_park() -> Answer:
    session = db.session()
    form = NewParkForm(zones=_zones(session), units=_units(session))

    def act(session: Session) -> None:
        service.add(session, form.code.data or "", form.values(), actor=acting())

    def again() -> str:
        return render("staff/admin/park_form.html", form=form, park=None)

    if not form.is_submitted():
        return again()
    return carry(form, act, url_for(".parks"), _("园区已新增。"), again)


@bp.get("/parks/<pid>")
@requires(settings.EDIT)
def show_park(pid: str) -> ResponseReturnValue:
    """One park: where it lies, who runs it, what lies in it, what has been changed."""
    session = db.session()
    park = service.get(session, pid)
    lines = places.park_lines(session)
    below = places.park_and_below(session, park.id)[1:]
    return render(
        "staff/admin/park.html",
        park=park,
        zone=lines.get(park.parent_id or 0),
        state=rules.state_of(park.valid_from, park.valid_to, clock.today()),
        states=rules.STATES,
        regions=park_queries.regions(session, park),
        unit=queries.unit_names(session).get(places.committee(lines, park.id) or 0),
        below=park_queries.by_ids(session, below),
        labels={number: line.label for number, line in lines.items()},
        units=queries.unit_names(session),
        today=clock.today(),
        history=audit.history(session, rules.KIND, park.id),
        words=words,
    )


@bp.route("/parks/<pid>/edit", methods=["GET", "POST"])
@requires(settings.EDIT)
def edit_park(pid: str) -> Answer:
    session = db.session()
    park = service.get(session, pid)
    names = ("version", "name", "short_name", "level", "focus", "valid_from", "valid_to")
    form = ParkForm(
        zones=_zones(session, park),
        units=_units(session, park),
        regions=[region.full_name for region in park_queries.regions(session, park)],
        parent_id=park.parent_id or 0,
        unit_id=park.unit_id or 0,
        **{name: getattr(park, name) for name in names},
    )

    def act(session: Session) -> None:
        service.change(session, pid, form.values(), version=form.version.data, actor=acting())

    def again() -> str:
        return render("staff/admin/park_form.html", form=form, park=park)

    if not form.is_submitted():
        return again()
    return carry(form, act, url_for(".show_park", pid=pid), _("已保存。"), again)


def _zones(session: Session, park: Park | None = None) -> Choices:
    """The parks that it can lie in: open ones, neither itself nor what lies in it."""
    inside = places.park_and_below(session, park.id) if park is not None else []
    found = places.parks_to_choose(session, park.parent_id if park is not None else None)
    return [(number, label) for number, label in found if number not in inside]


def _units(session: Session, park: Park | None = None) -> Choices:
    """The units that can run it: active ones, and the one that does."""
    return [
        (unit.id, "　" * (unit.path.count("/") - 2) + unit.name)
        for unit in queries.units(session)
        if unit.active or (park is not None and unit.id == park.unit_id)
    ]
