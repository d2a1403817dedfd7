"""What I hold here and why; who stands in for me, and for whom I do."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from core.accounts import deputies, granting, queries
from core.accounts.models import Account
from core.db import db, load
from core.errors import NotFound
from core.i18n import _
from core.permissions import Actor
from crm import roles
from webapp.staff.people.forms import ConfirmForm, DeputyForm
from webapp.web import reaches, rights
from webapp.web.access import staff
from webapp.web.acting import account, acting
from webapp.web.carrying import Answer, carry
from webapp.web.rendering import render

bp = Blueprint("people", __name__)


@bp.get("/account/rights")
@staff
def mine() -> ResponseReturnValue:
    """My roles in words: what they let me do, over what, since when and by whom."""
    session = db.session()
    asked = granting.requests_of(session, acting().account_id)
    return render(
        "staff/people/rights.html",
        owner=account(),
        held=reaches.held(acting(), queries.unit_names(session)),
        because={row.grant_id: row for row in asked if row.grant_id is not None},
        labels={role.code: rights.of_role(role) for role in roles.ROLES},
        roles=roles.BY_CODE,
    )


@bp.route("/account/deputies", methods=["GET", "POST"])
@staff
def deputy() -> Answer:
    """Name a deputy for oneself, or as a head for one's people; see who stands in for whom."""
    session, actor = db.session(), acting()
    people = _people(actor)
    form = DeputyForm(
        people=[(one.public_id, one.name) for one in people],
        colleagues=[
            (one.public_id, f"{one.name}（{one.unit.name}）" if one.unit is not None else one.name)
            for one in [account(), *deputies.colleagues(session, account())]
        ],
    )

    def act(writing: Any) -> None:
        absent, chosen = (load(writing, Account, pid) for pid in (form.absent.data, form.deputy.data))
        deputies.name(
            writing, absent, chosen, form.valid_from.data, form.valid_to.data,
            reason=form.reason.data or "", actor=actor,
        )  # fmt: skip

    def again() -> str:
        reading = db.session()
        listed = {row.id: row for one in people for row in deputies.of(reading, one.id)}
        return render(
            "staff/people/deputies.html", form=form, rows=list(listed.values()), end=ConfirmForm(),
            people=people, mine=actor.account_id,
        )  # fmt: skip

    if not form.is_submitted():
        return again()
    return carry(form, act, url_for(".deputy"), _("已定好代理，双方都会收到消息。"), again)


@bp.post("/account/deputies/<pid>/end")
@staff
def end_deputy(pid: str) -> Answer:
    form, actor = ConfirmForm(), acting()

    def act(writing: Any) -> None:
        deputies.end(writing, pid, version=form.version.data, actor=actor)

    def again() -> str:
        raise NotFound()

    return carry(form, act, url_for(".deputy"), _("代理已结束。"), again)


def _people(actor: Actor) -> list[Account]:
    """For whom this person may name a deputy, himself first."""
    return deputies.people_of(db.session(), actor)
