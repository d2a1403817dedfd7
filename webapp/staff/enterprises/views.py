"""Pages of the register: list, record, new, edit by section, and what fields are picked from."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core import clock, places, settings
from core.accounts import queries as people
from core.db import db, unit_of_work
from core.errors import Fault, Invalid, NotPermitted
from core.i18n import _
from core.i18n import lazy as _l
from core.lists.spec import Tab
from core.permissions import Actor
from core.places_today import Place
from crm.enterprises import access, listing, picking, queries, rules, service
from crm.enterprises.models import Enterprise
from webapp.staff.enterprises import showing
from webapp.staff.enterprises.duplicates import likeness
from webapp.staff.enterprises.forms import PARTS, SECTIONS, EnterpriseForm, SectionForm, fields_of
from webapp.web import home, lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render
from webapp.web.small import Around

bp = Blueprint("enterprises", __name__, url_prefix="/enterprises")

Answer = Response | str | tuple[str, int]


def _tabs(opened: lists.OpenList) -> list[Tab]:
    """The register's standing views: everything, the home region, the listed companies."""
    home = settings.glance(db.session(), "home_region", "")
    return [
        Tab(_l("全部企业")),
        Tab(_l("本地企业"), {"region": home}),
        Tab(_l("上市公司"), {"listed": "yes"}),
        *(
            (
                Tab(_l("我的企业"), {"mine": "yes"}),
                Tab(_l("很久没联系"), {"mine": "yes", "contact": "silent", "sort": "contact"}),
            )
            if acting().can(access.EDIT)
            else ()
        ),
    ]


@bp.get("")
@requires(access.VIEW)
def index() -> ResponseReturnValue:
    opened = lists.open_list(listing.LIST, tabs=_tabs, cells="staff/enterprises/_cells.html")
    return lists.show(
        opened,
        "staff/enterprises/index.html",
        legend="ui/silence.html",
        size_labels=rules.SIZE_LABELS,
        nothing={"title": _("企业库还是空的"), "text": _("导入一张名录表，或者逐家新增。"), "symbol": "firm"},
    )


@bp.get("/<pid>")
@requires(access.VIEW)
def show(pid: str) -> Answer:
    return render("staff/enterprises/show.html", **showing.record(pid))


@bp.get("/pick/<any(industry, region, firm):what>")
@requires(access.VIEW)
def pick(what: str) -> Answer:
    """Options for what is typed in a field that is picked from."""
    typed = next(iter(request.args.values()), "")
    found = picking.finder(what)(db.session(), typed, acting())
    return render(
        "ui/_picks.html", picks=found, typed=typed.strip(), named=request.headers.get("HX-Target", "picks")
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(access.CREATE)
def new() -> Answer:
    form = EnterpriseForm(**_given(None))
    known = likeness(request.form) if form.is_submitted() else {}
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                if known["same"] and not request.form.get("anyway"):
                    message = _("库里有同名或几乎同名的企业。确实不是同一家，请打勾再新增。")
                    raise Invalid(Fault("name", "same", message))
                enterprise = service.create(session, form.values(), actor=acting(), reason=_reason(form))
                url = url_for(".show", pid=enterprise.public_id)
                settle(session, form.form_key.data, url)
            flash(_("已新增企业。"))
            return redirect(url, 303)
        except Invalid as error:
            form.absorb(error)
    page = render(
        "staff/enterprises/form.html", form=form, enterprise=None, section=None, **_around(), **known
    )
    return page, 422 if form.errors else 200


@bp.route("/<pid>/edit", methods=["GET", "POST"], defaults={"section": None})
@bp.route("/<pid>/edit/<any(identity, names, place, trade, ties):section>", methods=["GET", "POST"])
@requires(access.EDIT)
def edit(pid: str, section: str | None) -> Answer:
    """A section of the record, or the whole of its master data."""
    enterprise = editable(queries.master(db.session(), pid, actor=acting()))
    kind = SECTIONS[section] if section else EnterpriseForm
    form = kind(obj=enterprise, **_given(enterprise))
    instead = _moved_to(form, enterprise)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                service.update(
                    session,
                    pid,
                    form.values(),
                    version=form.version.data or 0,
                    actor=acting(),
                    reason=_reason(form),
                )
            flash(_("已保存。"))
            return redirect(url_for(".show", pid=pid), 303)
        except Invalid as error:
            form.absorb(error)
    page = render(
        "staff/enterprises/form.html",
        form=form,
        enterprise=enterprise,
        section=section,
        instead=instead,
        **_around(),
    )
    return page, 422 if form.errors else 200


def _moved_to(form: SectionForm, enterprise: Enterprise) -> list[Place]:
    """The regions that follow the record's own; the one asked for in the address stands in the form already."""
    instead = showing.following(enterprise) if "region_code" in form else []
    asked = request.args.get("region")
    if not form.is_submitted() and asked in {place.code for place in instead}:
        form["region_code"].data = asked
    return instead


@home.todo
def _contacts_due(session: Session, actor: Actor) -> list[home.Todo]:
    """Enterprises of mine whose next contact falls within the week."""
    return [
        home.Todo(due_on, _("联系企业"), name, url_for("enterprises.show", pid=public_id), _("去联系"))
        for public_id, name, due_on in queries.contacts_due(session, actor.account_id, clock.today())
    ]


def _given(enterprise: Enterprise | None) -> dict[str, Any]:
    """What the forms need from the database: finders, parks, people."""
    session, actor = db.session(), acting()
    unit_id, park_id, lies_in = (
        (enterprise.unit_id, enterprise.park_id, enterprise.region_code) if enterprise else (None, None, None)
    )
    staff = people.staff_below(session, unit_id) if unit_id is not None else []
    return {
        "picks": {
            "industry_code": lambda typed: picking.industries(session, typed, actor),
            "region_code": lambda typed: picking.regions(session, typed, actor, kept_code=lies_in),
            "group": lambda typed: picking.firms(session, typed, actor),
        },
        "choices": {
            "park_id": places.parks_to_choose(session, park_id),
            "specialist_id": [(each.id, each.name) for each in staff],
            "leader_id": people.leaders(session) if enterprise is not None else [],
        },
        "may_accept": actor.can(access.ACCEPT_CODE),
    }


def editable(enterprise: Enterprise) -> Enterprise:
    """Whose it is not to change hears so before he fills in a form. Raises NotPermitted."""
    if not access.can_edit(acting(), enterprise):
        raise NotPermitted(_l("归其他单位管，您不能改。"))
    return enterprise


def around(enterprise: Enterprise) -> Around:
    """Where a small form of an enterprise stands."""
    url = url_for("enterprises.show", pid=enterprise.public_id)
    return Around(url_for("enterprises.index"), _("企业"), url, enterprise.name)


def _around() -> dict[str, Any]:
    return {
        "parts": [(part.title, fields_of(part)) for part in PARTS],
        "sections": {code: part.title for code, part in SECTIONS.items()},
    }


def _reason(form: SectionForm) -> str:
    return str(form.reason.data or "") if "reason" in form else ""
