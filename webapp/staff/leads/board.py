"""Leads as a board by state. A step of a lead wants its own answers, so a move opens the form of that step."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from core.db import db
from core.i18n import _
from crm.leads import access, listing, queries
from crm.leads.lifecycle import LEAD
from webapp.staff.leads.views import bp
from webapp.web import boards, lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.boards import MoveForm

PLACES = {
    "respond": "leads.respond",
    "study_follow": "leads.study",
    "study_ask": "leads.study",
    "assign": "leads.assign",
}
"""The steps that a move can open, and where their forms stand."""

RIGHTS = (access.RESPOND, access.STUDY, access.ASSIGN)


def _steps(code: str) -> dict[str, str]:
    """State → endpoint of the form that leads there."""
    return {step.to: PLACES[step.verb] for step in LEAD.steps_from(code) if step.verb in PLACES}


@bp.get("/board")
@requires(access.VIEW)
def board() -> ResponseReturnValue:
    may_move = any(acting().can(right) for right in RIGHTS)
    return boards.show(
        lists.open_list(listing.LIST, kept=("at",), path=url_for(".board")),
        listing.BOARD,
        "staff/leads/board.html",
        cards="staff/leads/_card.html",
        show_endpoint="leads.show",
        move_endpoint="leads.move",
        may_move=may_move,
        moves=lambda row, code: [(state, LEAD.label_of(state)) for state in _steps(code)] if may_move else (),
        late_words=lambda count: _("%(count)s 条久未跟进", count=count),
        amounts=access.MONEY.open_everywhere(acting()),
    )


@bp.post("/<pid>/move")
@requires(*RIGHTS)
def move(pid: str) -> ResponseReturnValue:
    """移到…: the form of the step, where everything that it needs is asked for."""
    form = MoveForm()
    lead = queries.get(db.session(), pid, actor=acting())
    place = _steps(lead.status).get(str(form.target.data))
    if not form.validate_on_submit() or place is None:
        abort(400)
    return redirect(url_for(place, pid=pid), 303)
