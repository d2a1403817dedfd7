"""The service desk: a queue by due time, one request beside it, and its steps."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core.db import db, unit_of_work
from core.errors import Invalid, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.lists.spec import Tab
from crm.service_requests import access, listing, queries, rules
from crm.service_requests.lifecycle import REQUEST
from crm.service_requests.moves import KIND
from webapp.staff.activity import component
from webapp.staff.requests import deeds, panels
from webapp.staff.requests.words import WORDS
from webapp.web import boards, downloads, lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("requests", __name__, url_prefix="/requests")
panels.register()

ANY_STEP = tuple(dict.fromkeys(deed.permission for deed in deeds.DEEDS.values()))


@bp.get("")
@requires(access.VIEW)
def index() -> ResponseReturnValue:
    return render("staff/requests/index.html", **_queue(request.args.get("view", "todo")))


def _tabs(opened: lists.OpenList) -> list[Tab]:
    counts = opened.counts
    return [
        Tab(_l("全部"), {}),
        *(
            Tab(label, {"status": rules.VIEWS[code]}, None if code == "done" else counts[code])
            for code, label in rules.VIEW_LABELS.items()
        ),
        Tab(_l("超期"), {"late": "yes"}),
    ]


@bp.get("/list")
@requires(access.VIEW)
def listed() -> ResponseReturnValue:
    """Every request with all conditions; the desk shows what is due, this finds and takes out."""
    return lists.show(
        lists.open_list(
            listing.LIST,
            tabs=_tabs,
            counts=queries.counts(db.session(), actor=acting()),
            cells="staff/requests/_cells.html",
        ),
        "staff/requests/list.html",
        lifecycle=REQUEST,
        nothing={
            "title": _("还没有诉求"),
            "text": _("企业在自己的页面提交后，会出现在这里。"),
            "symbol": "request",
        },
    )


@bp.get("/board")
@requires(access.VIEW)
def board() -> ResponseReturnValue:
    """Open requests by state. A step wants its answers, so cards are opened, not moved."""
    return boards.show(
        lists.open_list(listing.LIST, kept=("at",), path=url_for(".board")),
        listing.BOARD,
        "staff/requests/board.html",
        cards="staff/requests/_card.html",
        show_endpoint="requests.show",
        may_move=False,
        moves=lambda row, code: (),
        late_words=lambda count: _("%(count)s 件超期", count=count),
    )


@bp.get("/<pid>")
@requires(access.VIEW)
def show(pid: str) -> ResponseReturnValue:
    return render("staff/requests/show.html", **_record(pid))


@bp.post("/<pid>/<verb>")
@requires(*ANY_STEP)
def take(pid: str, verb: str) -> ResponseReturnValue:
    """One step of a request. Shape is judged here, everything else by the verb and the table."""
    deed = deeds.DEEDS.get(verb)
    if deed is None:
        abort(404)
    found = queries.get(db.session(), pid, actor=acting())
    form = deeds.form_for(db.session(), deed, found)
    if form.validate_on_submit():
        url = url_for(".show", pid=pid)
        key = f"{form.form_key.data}:{verb}"  # one form, several buttons: each of them counts once
        try:
            with unit_of_work() as session:
                if not once(session, key):
                    deed.run(session, pid, form, acting())
                    settle(session, key, url)
            flash(str(deed.said))
            return redirect(url, 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    return render("staff/requests/show.html", **_record(pid, (deed.slot, form))), 422


@bp.get("/files/<pid>")
@requires(access.VIEW)
def attachment(pid: str) -> ResponseReturnValue:
    """A file of a message, for whoever may see the request."""
    found = queries.attachment(db.session(), pid, actor=acting())
    return downloads.send(found)


def _queue(view: str) -> dict[str, Any]:
    """The queue and its tabs; an unknown view is the first one."""
    session, actor = db.session(), acting()
    chosen = view if view in rules.VIEWS else "todo"
    counts = queries.counts(session, actor=actor)
    tabs = [
        (label, url_for(".index", view=code), code == chosen, None if code == "done" else counts[code])
        for code, label in rules.VIEW_LABELS.items()
    ]
    return {
        "view": chosen,
        "tabs": tabs,
        "groups": queries.queue(session, chosen, actor=actor),
        "todo": counts["todo"],
        "limit": queries.QUEUE_LIMIT,
        "urgencies": rules.URGENCIES,
    }


def _record(pid: str, bound: tuple[str, BaseForm] | None = None) -> dict[str, Any]:
    session, actor = db.session(), acting()
    found = queries.get(session, pid, actor=actor)
    view = next(code for code, states in rules.VIEWS.items() if found.status in states)
    offered = deeds.offered(session, found, actor=actor, bound=bound)
    shown = {each.deed.slot for each in offered.values()}
    return {
        **_queue(request.args.get("view", view)),
        "record": found,
        "state": REQUEST.state(found.status),
        "clock": queries.clock_of(session, found) or queries.acceptance_clock(session, found),
        "due": queries.due_of(session, found),
        "messages": queries.messages(session, found, actor=actor),
        "offered": offered,
        "out_of_turn": bound[1] if bound and bound[0] not in shown else None,
        "timeline": component.timeline(KIND, found.id, WORDS),
        "address": url_for(".show", pid=pid),
        "rules": rules,
    }
