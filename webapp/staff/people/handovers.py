"""The hand-over: all open work grouped by kind, a receiver for each, a second person who confirms."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.accounts import deputies, handing_over, holdings, queries
from core.accounts.handing_over import Given
from core.accounts.models import Account
from core.db import db, load
from core.errors import Invalid, NotFound, NotPermitted, Refused
from core.i18n import _
from webapp.staff.people.forms import ConfirmForm, HandoverForm
from webapp.staff.people.views import bp
from webapp.web.access import requires_fresh, staff
from webapp.web.acting import acting
from webapp.web.carrying import Answer, carry
from webapp.web.rendering import render

__all__ = ["bp"]


@bp.get("/handovers")
@staff
def handovers() -> ResponseReturnValue:
    """The sheets that concern me, and whose work I may hand over."""
    session, actor = db.session(), acting()
    people = handing_over.people_of(session, actor)
    return render(
        "staff/people/handovers.html",
        sheets=handing_over.concerning(session, actor),
        people=[(one, sum(holdings.counts_of(session, one.id).values())) for one in people],
        mine=actor.account_id,
    )


@bp.route("/handovers/new/<pid>", methods=["GET", "POST"])
@staff
def prepare(pid: str) -> Answer:
    """Lay out somebody's open work and choose who takes each piece."""
    session, actor = db.session(), acting()
    giver = queries.get(session, pid)
    if not handing_over.may_prepare(giver, actor):
        raise NotFound()
    form = HandoverForm()
    receivers = deputies.colleagues(session, giver)
    numbers = {one.public_id: one.id for one in receivers}
    faults: dict[str, list[Any]] = {}

    def act(writing: Any) -> None:
        account = load(writing, Account, pid)
        given = _given(writing, account.id, numbers)
        try:
            handing_over.prepare(writing, account, given, reason=form.reason.data or "", actor=actor)
        except Invalid as error:
            for fault in error.faults:
                faults.setdefault(fault.field or "", []).append(fault.message)
            raise

    def again() -> str:
        reading = db.session()
        return render(
            "staff/people/handover_form.html", form=form, giver=giver, groups=_groups(reading, giver.id),
            receivers=receivers, chosen=request.form, faults=faults,
            open=handing_over.open_of(reading, giver.id),
        )  # fmt: skip

    if not form.is_submitted():
        return again()
    said = _("交接单已开出，等第二个人确认后一次移交。")
    return carry(form, act, url_for(".handovers"), said, again)


def _groups(session: Any, account_id: int) -> list[tuple[holdings.Kind, list[holdings.Piece]]]:
    laid_out = (
        (kind, [kind.piece(record) for record in holdings.records_of(session, kind, account_id)])
        for kind in holdings.kinds()
    )
    return [(kind, pieces) for kind, pieces in laid_out if pieces]


def _given(session: Any, account_id: int, numbers: Mapping[str, int]) -> dict[tuple[str, int], Given]:
    """Receivers as the form names them: a row's own choice, else the one for its kind."""
    given: dict[tuple[str, int], Given] = {}
    for kind, pieces in _groups(session, account_id):
        for piece in pieces:
            field = f"{kind.code}-{piece.record_id}"
            chosen = request.form.get(f"to-{field}") or request.form.get(f"all-{kind.code}") or ""
            note = request.form.get(f"note-{field}", "")[:4000]
            given[kind.code, piece.record_id] = Given(numbers.get(chosen), note)
    return given


@bp.get("/handovers/<pid>")
@staff
def handover(pid: str) -> ResponseReturnValue:
    return _sheet(pid, ConfirmForm())


def _sheet(pid: str, form: ConfirmForm) -> str:
    actor = acting()
    sheet = handing_over.get(db.session(), pid, actor)
    rows: dict[str, list[Any]] = {}
    for row in sheet.rows:
        rows.setdefault(row.kind, []).append(row)
    return render(
        "staff/people/handover.html",
        sheet=sheet,
        groups=[(kind, rows[kind.code]) for kind in holdings.kinds() if kind.code in rows],
        form=form,
        because=handing_over.concerns(sheet, actor),
        may_confirm=handing_over.may_confirm(sheet, actor),
        may_withdraw=sheet.state == "open"
        and (actor.account_id == sheet.prepared_by or handing_over.may_prepare(sheet.account, actor)),
    )


@bp.post("/handovers/<pid>/<any(confirm, withdraw):verb>")
@staff
@requires_fresh
def settle_handover(pid: str, verb: str) -> Answer:
    """Confirm as the second person, which moves everything; or take the sheet back."""
    form, actor = ConfirmForm(), acting()
    handing_over.get(db.session(), pid, actor)

    def act(writing: Any) -> None:
        done = handing_over.confirm if verb == "confirm" else handing_over.withdraw
        done(writing, pid, version=form.version.data, actor=actor)

    said = {"confirm": _("交接已办完，工作都已移交。"), "withdraw": _("交接单已撤回。")}
    try:
        return carry(form, act, url_for(".handover", pid=pid), said[verb], lambda: _sheet(pid, form))
    except (NotPermitted, Refused) as error:
        form.absorb(error)
        return _sheet(pid, form), 403
