"""The second factor of one's own account: turn it on with a QR code, keep the recovery codes, turn it off."""

import segno
from flask import flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from core.accounts import second_factor, sessions
from core.accounts.credentials import SecondFactor
from core.accounts.models import Account
from core.db import db, unit_of_work
from core.errors import DomainError, Invalid
from core.i18n import _
from webapp.staff.auth import entering
from webapp.staff.auth.account import bp
from webapp.staff.auth.forms import CodeForm
from webapp.web.access import requires_fresh, signed_in
from webapp.web.acting import account, acting, become, resolved
from webapp.web.demands import must_have_factor
from webapp.web.rendering import render

__all__ = ["bp"]


@bp.get("/account/second-factor")
@signed_in
@requires_fresh
def factor() -> ResponseReturnValue:
    """What it is, and the QR code once it has been asked for."""
    return _page(CodeForm())


def _page(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    found, row = resolved(), db.session.get(SecondFactor, acting().account_id)
    begun = row is not None and row.confirmed_at is None
    address = second_factor.address(row.seed, account().username) if row is not None and begun else ""
    page = render(
        "staff/auth/factor.html",
        form=form,
        begun=begun,
        enrolled=row is not None and not begun,
        seed=" ".join(row.seed[place : place + 4] for place in range(0, len(row.seed), 4)) if row else "",
        qr=_drawn(address) if address else "",
        codes_left=second_factor.codes_left(db.session(), acting().account_id),
        needed=must_have_factor(db.session(), account()),
        confined=found.confined if found else (),
    )
    return page, status


def _drawn(address: str) -> Markup:
    drawn = segno.make(address, error="m").svg_inline(scale=4, border=2, light="#fff")
    return Markup(drawn)  # noqa: S704 - drawn by us from our own address


@bp.post("/account/second-factor/begin")
@signed_in
@requires_fresh
def begin_factor() -> ResponseReturnValue:
    """Make the seed; it is worth nothing until a first code has been right."""
    with unit_of_work() as session:
        second_factor.begin(session, acting().account_id)
    return redirect(url_for(".factor"), 303)


@bp.post("/account/second-factor/confirm")
@signed_in
@requires_fresh
def confirm_factor() -> ResponseReturnValue:
    """A first right code puts it in force; the recovery codes are shown once, the session gets a new cookie."""
    form, actor = CodeForm(), acting()
    if not form.validate_on_submit():
        return _page(form, 422)
    assert actor.session_id is not None
    try:
        with unit_of_work() as session:
            owner = session.get_one(Account, actor.account_id)
            codes = second_factor.confirm(session, owner, form.code.data or "", actor=actor)
            token = sessions.renew(session, actor.session_id, freed_of="factor")
    except Invalid as error:
        form.absorb(error)
        return _page(form, 422)
    return _codes(codes, token)


def _codes(codes: list[str], token: str | None = None) -> ResponseReturnValue:
    """The only page that ever shows the codes."""
    if token is not None:
        found = sessions.resolve(db.session(), token)
        assert found is not None
        become(found)
    response = make_response(render("staff/auth/codes.html", codes=codes, owner=account()))
    if token is not None:
        entering.give_cookie(response, token)
    return response


@bp.post("/account/second-factor/codes")
@signed_in
@requires_fresh
def new_codes() -> ResponseReturnValue:
    """Ten new recovery codes; the earlier ones are worth nothing."""
    actor = acting()
    with unit_of_work() as session:
        owner = session.get_one(Account, actor.account_id)
        codes = second_factor.renew_codes(session, owner, actor=actor)
    return _codes(codes)


@bp.post("/account/second-factor/remove")
@signed_in
@requires_fresh
def remove_factor() -> ResponseReturnValue:
    """Turn it off, where nobody demands it."""
    if must_have_factor(db.session(), account()):
        raise DomainError(
            _("您的账号必须有第二因素，不能关闭。要换手机，请让另一位管理员重置。"), code="factor_needed"
        )
    actor = acting()
    with unit_of_work() as session:
        second_factor.remove(session, session.get_one(Account, actor.account_id), actor=actor)
    flash(_("第二因素已关闭。"))
    return redirect(url_for(".mine"), 303)
