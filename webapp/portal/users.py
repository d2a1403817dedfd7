"""Who acts for the enterprise here: its administrator invites handlers and closes their accounts."""

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired, Length, Optional, Regexp

from core.db import db, unit_of_work
from core.errors import Invalid
from core.i18n import _
from core.i18n import lazy as _l
from crm.enterprises import access, invitations, membership
from webapp.portal.views import bp
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.fields import PhoneField, TextField
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render

__all__ = ["bp"]


class HandlerForm(BaseForm):
    """Who is invited; the password is his own to set."""

    name = TextField(_l("经办人姓名"), validators=[InputRequired(_l("请填姓名。")), Length(1, 80)])
    username = TextField(
        _l("用户名"),
        validators=[
            InputRequired(_l("请填用户名。")),
            Length(3, 40),
            Regexp(r"^[A-Za-z0-9_.\-]+$", message=_l("用户名只用字母、数字、点、横线和下划线。")),
        ],
    )
    phone = PhoneField(_l("手机"), validators=[Optional()])


@bp.get("/users")
@requires(access.OWN_USERS)
def users() -> ResponseReturnValue:
    return _users(HandlerForm())


def _users(form: HandlerForm, status: int = 200, link: str | None = None) -> ResponseReturnValue:
    session, enterprise_id = db.session(), acting().enterprise_id
    rows = invitations.members_of(session, enterprise_id) if enterprise_id is not None else []
    page = render("portal/users.html", form=form, rows=rows, link=link, handler=membership.HANDLER)
    return page, status


@bp.post("/users")
@requires(access.OWN_USERS)
def invite_user() -> ResponseReturnValue:
    """Open a handler's account; its link is shown once in this answer."""
    form = HandlerForm()
    if not form.validate_on_submit():
        return _users(form, 422)
    try:
        with unit_of_work() as session:
            if once(session, form.form_key.data):
                return redirect(url_for(".users"), 303)
            invited = invitations.invite_handler(
                session,
                username=form.username.data,
                name=form.name.data,
                phone=form.phone.data or "",
                actor=acting(),
            )
            settle(session, form.form_key.data, url_for(".users"))
    except Invalid as error:
        form.absorb(error)
        return _users(form, 422)
    base = current_app.config["SETTINGS"].public_url
    return _users(HandlerForm(formdata=None), 201, base + url_for("auth.first_password", token=invited.token))


@bp.post("/users/<pid>/retire")
@requires(access.OWN_USERS)
def retire_user(pid: str) -> ResponseReturnValue:
    """Close a handler's account at once."""
    with unit_of_work() as session:
        retired = invitations.retire_handler(session, pid, actor=acting())
    flash(_("%(name)s的账号已停用。", name=retired.name))
    return redirect(url_for(".users"), 303)
