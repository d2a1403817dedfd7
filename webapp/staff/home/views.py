"""今天: what is due, and the panels that the areas add. And the phone's 更多."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from core.db import db
from webapp.staff.home import firsts, panels
from webapp.web import home
from webapp.web.access import signed_in, staff
from webapp.web.acting import acting
from webapp.web.rendering import render

bp = Blueprint("home", __name__)
PANELS = (
    panels.the_city,
    panels.my_projects,
    panels.silent_leads,
    panels.silent_firms,
    panels.latest_notices,
)
"""Named here, so that the page and its own panels come together."""


@bp.get("/")
@signed_in
def today() -> ResponseReturnValue:
    """A specialist's day; an enterprise's user is led to the portal."""
    actor = acting()
    if actor.kind == "enterprise":
        return redirect("/portal/")
    session = db.session()
    todos = home.todos(session, actor)
    return render(
        "staff/home/today.html",
        todos=todos,
        late=sum(1 for row in todos if row.late),
        firsts=[] if todos else firsts.offered(),
        panels=home.panels(session, actor),
    )


@bp.get("/more")
@staff
def more() -> ResponseReturnValue:
    """Every place of the platform, for the phone's last thumb."""
    return render("staff/home/more.html")


@bp.get("/keys")
@staff
def keys() -> ResponseReturnValue:
    """The shortcuts, for whoever reads them without script; elsewhere "?" opens them over the page."""
    return render("staff/home/keys.html")
