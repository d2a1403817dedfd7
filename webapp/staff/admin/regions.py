"""Administrative divisions: looked up, given their first and last day, added when one has been set up."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core import clock, place_changes, places_today, settings
from core.db import db
from core.i18n import _
from core.place_changes import Days
from webapp.staff.admin.forms import NewRegionForm, RegionForm
from webapp.staff.admin.values import bp
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import Answer, carry
from webapp.web.rendering import render

__all__ = ["bp"]


@bp.get("/regions")
@requires(settings.EDIT)
def regions() -> ResponseReturnValue:
    """Regions by code or name; without words those whose days are known."""
    words = request.args.get("q", "").strip()[:60]
    found = place_changes.find(db.session(), words)
    return render(
        "staff/admin/regions.html",
        rows=found,
        words=words,
        most=place_changes.MOST,
        on=clock.today(),
        after=places_today.successors(db.session()),
    )


@bp.route("/regions/new", methods=["GET", "POST"])
@requires(settings.EDIT)
def new_region() -> Answer:
    form = NewRegionForm()

    def act(session: Any) -> None:
        code, name = form.code.data or "", form.name.data or ""
        place_changes.add(session, code, name, form.days(), actor=acting())

    def again() -> str:
        return render("staff/admin/region_form.html", form=form, region=None)

    if not form.is_submitted():
        return again()
    return carry(form, act, url_for(".regions", q=form.code.data), _("区划已新增。"), again)


@bp.route("/regions/<code>", methods=["GET", "POST"])
@requires(settings.EDIT)
def region(code: str) -> Answer:
    """The first and the last day of one region, and what it has become."""
    found = place_changes.get(db.session(), code)
    stands = place_changes.days_of(found)
    form = RegionForm(
        valid_from=stands.first, valid_to=stands.last, into=list(stands.into), seen=seen_of(stands)
    )

    def act(session: Any) -> None:
        place_changes.date_region(session, code, form.days(), seen=form.seen_days(), actor=acting())

    def again() -> str:
        return render("staff/admin/region_form.html", form=form, region=found)

    if not form.is_submitted():
        return again()
    return carry(form, act, url_for(".regions", q=code), _("已保存。"), again)


def seen_of(days: Days) -> str:
    """Days and successors as the form carries them: a form that somebody else has overtaken is refused."""
    return "/".join(
        [*(day.isoformat() if day else "" for day in (days.first, days.last)), ",".join(days.into)]
    )
