"""Targets as a board by contact state; what a step lacks is said at its card."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.db import db, unit_of_work
from core.errors import Refused
from core.i18n import _
from crm.targets import access, listing, queries, rules, service, terms
from crm.targets.lifecycle import TARGET
from webapp.web import boards, lists
from webapp.web.acting import acting
from webapp.web.boards import MoveForm
from webapp.web.once import once, settle

CODES = tuple(code for code, _label in listing.BOARD.states)


def page(refused: dict[str, Any] | None = None) -> ResponseReturnValue:
    """The board; `refused` is a move that was not possible."""
    may_move = acting().can(access.ADVANCE)
    return boards.show(
        lists.open_list(listing.LIST, kept=("at",), path=url_for("targets.board")),
        listing.BOARD,
        "staff/targets/board.html",
        refused=refused,
        cards="staff/targets/_card.html",
        show_endpoint="targets.show",
        move_endpoint="targets.move",
        may_move=may_move,
        moves=lambda row, code: boards.steps_to(TARGET, CODES, code) if may_move else (),
        late_words=lambda count: _("%(count)s 家久未联系", count=count),
        amounts=False,
        silence=rules.silence,
        terms=terms.on(clock.today()),
    )


def move(pid: str) -> ResponseReturnValue:
    """移到…: the step to the chosen state; a refused one lists what it lacks at its card."""
    form = MoveForm()
    target = queries.get(db.session(), pid, actor=acting())
    if not form.validate_on_submit() or form.target.data not in CODES:
        abort(400)
    state = target.contact_status
    step = next((each for each in TARGET.steps_from(state) if each.to == form.target.data), None)
    if step is None:
        abort(400)
    asked: dict[str, Any] = request.args.to_dict(flat=False)
    back = url_for("targets.board", **asked)
    try:
        with unit_of_work() as session:
            if done := once(session, form.form_key.data):
                return redirect(done, 303)
            service.advance(session, pid, step.verb, version=form.version.data or 0, actor=acting())
            settle(session, form.form_key.data, back[:400])
    except Refused as error:
        shown = url_for("targets.show", pid=pid)
        return page({"pid": pid, "stage": state, "entries": error.missing, "urls": {}, "url": shown})
    name = target.enterprise.name
    flash(_("%(name)s 已移到“%(stage)s”。", name=name, stage=TARGET.label_of(str(form.target.data))))
    return redirect(back, 303)
