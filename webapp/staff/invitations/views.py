"""The desk opens an enterprise's account and hands over a printed link. Nothing is mailed."""

from typing import Any

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from core import clock
from core.accounts.service import INVITE_LIFE
from core.db import db, unit_of_work
from core.errors import Invalid
from core.i18n import _
from core.i18n import lazy as _l
from core.lists.spec import Tab
from core.permissions import Actor
from crm.enterprises import access, invitations, queries, users_listing
from crm.enterprises.invitations import Invitation
from crm.enterprises.models import Enterprise
from webapp.staff.invitations.forms import AgainForm, InviteForm
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.panels import panel
from webapp.web.rendering import render

bp = Blueprint("invitations", __name__, url_prefix="/enterprises")


@panel(
    "enterprise",
    "users",
    template="staff/invitations/_of_enterprise.html",
    permission=access.INVITE,
    order=80,
)
def users_panel(session: Session, record: Enterprise, actor: Actor) -> dict[str, Any] | None:
    """Who signs in for the enterprise, for those who may invite."""
    if not access.can_invite(actor, record):
        return None
    return {"users": invitations.users_of(session, record.id), "again_form": AgainForm()}


@bp.get("/users")
@requires(access.INVITE)
def index() -> ResponseReturnValue:
    """Whom one has invited for which enterprise, and who has not come in yet."""
    return lists.show(
        lists.open_list(users_listing.LIST, tabs=_tabs, cells="staff/invitations/_cells.html"),
        "staff/invitations/index.html",
        nothing={
            "title": _("还没有企业账号"),
            "text": _("打开一家企业，在“企业账号”里邀请使用人，打印邀请单当面交给企业。"),
            "symbol": "user2",
        },
    )


def _tabs(opened: lists.OpenList) -> list[Tab]:
    return [
        Tab(_l("全部账号")),
        Tab(_l("待设密码"), {"state": "waiting"}),
        Tab(_l("链接过期"), {"state": "run_out"}),
    ]


@bp.route("/<pid>/users/new", methods=["GET", "POST"])
@requires(access.INVITE)
def new(pid: str) -> ResponseReturnValue:
    """Name and user name in, a sheet to print out. A second submit is led to the enterprise: the link shows once."""
    enterprise = queries.get(db.session(), pid, actor=acting())
    form = InviteForm()
    if form.validate_on_submit():
        url = url_for("enterprises.show", pid=pid)
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    flash(_("这个人刚才已经开通。登录链接只显示一次，需要时请重新发一张。"))
                    return redirect(done, 303)
                invited = invitations.invite(
                    session,
                    pid,
                    username=str(form.username.data),
                    name=str(form.name.data),
                    phone=form.phone.data or "",
                    actor=acting(),
                )
                settle(session, form.form_key.data, url)
            return _sheet(invited)
        except Invalid as error:
            form.absorb(error)
    page = render("staff/invitations/form.html", form=form, enterprise=enterprise)
    return page, 422 if form.errors else 200


@bp.post("/<pid>/users/<account_pid>/again")
@requires(access.INVITE)
def again(pid: str, account_pid: str) -> ResponseReturnValue:
    """A fresh sheet; the earlier link is dead from now on."""
    with unit_of_work() as session:
        invited = invitations.invite_again(session, pid, account_pid, actor=acting())
    return _sheet(invited)


def _sheet(invited: Invitation) -> ResponseReturnValue:
    """The only page that ever shows the link: kept out of every cache and of the address bar."""
    base = current_app.config["SETTINGS"].public_url
    url = base + url_for("auth.first_password", token=invited.token)
    page = render_template(
        "staff/invitations/sheet.html",
        enterprise=invited.enterprise,
        account_invited=invited.account,
        url=url,
        qr=Markup(segno.make(url, error="m").svg_inline(scale=5, border=2, light="#fff")),  # noqa: S704 - drawn by us from our address
        until=clock.now() + INVITE_LIFE,
    )
    return page, 201, {"Cache-Control": "no-store"}
