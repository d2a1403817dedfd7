"""My tokens: what programs may do in my name."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.accounts import tokens
from core.db import db, unit_of_work
from core.errors import Invalid
from core.i18n import _
from webapp.staff.tokens.forms import AREAS, TokenForm
from webapp.web.access import requires_fresh, staff
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("tokens", __name__, url_prefix="/account/tokens")


@bp.get("")
@staff
def index() -> ResponseReturnValue:
    """The list, and a form for a new one."""
    return _page(TokenForm())


@bp.post("")
@staff
@requires_fresh
def create() -> ResponseReturnValue:
    """Make a token; it is shown once, right here."""
    form = TokenForm()
    made = ""
    if form.validate_on_submit():
        try:
            made = _make(form)
        except Invalid as error:
            form.absorb(error)
        else:
            if not made:
                flash(_("这个令牌已经建好了；它只在建好时显示一次。没抄下来就停用它，再建一个。"), "warn")
                return redirect(url_for(".index"), 303)
    if form.errors:
        return _page(form), 422
    return _page(TokenForm(formdata=None), made)


def _page(form: TokenForm, made: str = "") -> str:
    return render(
        "staff/tokens/index.html",
        form=form,
        listed=tokens.of_account(db.session(), acting().account_id),
        made=made,
        areas=dict(AREAS),
        now_at=clock.now(),
    )


def _make(form: TokenForm) -> str:
    """The text of the new token; empty when this form has made one before."""
    with unit_of_work() as session:
        if once(session, form.form_key.data):
            return ""
        _token, text = tokens.create(
            session,
            account_id=acting().account_id,
            name=form.name.data or "",
            scope=form.scope.data,
            areas=form.areas.data or (),
            days=form.days.data or 0,
            actor=acting(),
        )
        settle(session, form.form_key.data, url_for(".index"))
    return text


@bp.post("/<pid>/revoke")
@staff
def revoke(pid: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        token = tokens.revoke(session, pid, actor=acting())
    flash(_("“%(name)s”已停用，立即生效。", name=token.name))
    return redirect(url_for(".index"), 303)
