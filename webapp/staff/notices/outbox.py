"""Where messages go besides: webhooks and robots, their test, what was delivered and what was not."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from core import notify
from core.db import db, unit_of_work
from core.errors import Invalid
from core.i18n import _
from core.i18n import lazy as _l
from core.lists.spec import Tab
from core.outbox import access, desk, transport
from webapp.staff.notices import log_listing, words
from webapp.staff.notices.forms import KINDS, EndpointForm
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("outbox", __name__, url_prefix="/messages")

WORDS: Mapping[str, Any] = {
    "states": words.STATES,
    "channels": words.CHANNELS,
    "reasons": words.REASONS,
    "event_label": words.event_label,
}


@bp.get("")
@requires(access.MANAGE)
def index() -> ResponseReturnValue:
    """The webhooks and robots, and how the latest delivery to each went."""
    session = db.session()
    rows = [(each, _event_labels(each.events)) for each in desk.endpoints(session)]
    return render(
        "staff/notices/endpoints.html", rows=rows, last=desk.last_attempts(session), kinds=KINDS,
        reasons=words.REASONS, dead=desk.count_dead(session), mails=transport.present().mail is not None,
    )  # fmt: skip


def _event_labels(codes: list[Any]) -> list[Any]:
    return [_("全部")] if "*" in codes else [words.event_label(str(code)) for code in codes]


@bp.route("/new", methods=["GET", "POST"])
@requires(access.MANAGE)
def new() -> ResponseReturnValue:
    form = EndpointForm(choices=list(notify.events().items()))
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if not once(session, form.form_key.data):
                    desk.create(session, form.values(), actor=acting())
                    settle(session, form.form_key.data, url_for(".index"))
            return redirect(url_for(".index"), 303)
        except Invalid as error:
            form.absorb(error)
    return _form(form, None)


@bp.route("/<pid>/edit", methods=["GET", "POST"])
@requires(access.MANAGE)
def edit(pid: str) -> ResponseReturnValue:
    standing = desk.get(db.session(), pid)
    form = EndpointForm(choices=list(notify.events().items()), standing=standing)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                desk.change(session, pid, form.values(), version=form.version.data, actor=acting())
            return redirect(url_for(".index"), 303)
        except Invalid as error:
            form.absorb(error)
    return _form(form, standing)


def _form(form: EndpointForm, standing: Any) -> ResponseReturnValue:
    hosts = "、".join(transport.present().hosts)
    page = render("staff/notices/endpoint.html", form=form, standing=standing, hosts=hosts)
    return page, 422 if form.errors or form.form_errors else 200


@bp.post("/<pid>/test")
@requires(access.MANAGE)
def test(pid: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        message = desk.test(session, pid, actor=acting())
        public_id = message.public_id
    return redirect(url_for(".show", pid=public_id), 303)


@bp.get("/log")
@requires(access.MANAGE)
def log() -> ResponseReturnValue:
    """Every message that leaves: to whom, by what, whether it arrived. Its words are not kept."""
    dead = desk.count_dead(db.session())
    return lists.show(
        lists.open_list(log_listing.LIST, tabs=_tabs(dead), cells="staff/notices/_cells.html"),
        "staff/notices/log.html",
        nothing={
            "title": _("还没有发出去的消息"),
            "text": _("有人填了邮箱，或接了机器人，发出去的每一条都会记在这里。"),
            "symbol": "bell",
        },
        **WORDS,
    )


def _tabs(dead: int) -> lists.Tabs:
    return lambda _opened: [
        Tab(_l("Webhook 和机器人"), url=url_for(".index")),
        Tab(_l("发送记录")),
        Tab(_l("没送到的"), {"state": ("dead",)}, dead or None),
    ]


@bp.get("/log/<pid>")
@requires(access.MANAGE)
def show(pid: str) -> ResponseReturnValue:
    row, tries = desk.attempts(db.session(), pid)
    return render(
        "staff/notices/message.html", fragment="staff/notices/_message.html", row=row, tries=tries, **WORDS
    )


@bp.post("/log/<pid>/retry")
@requires(access.MANAGE)
def retry(pid: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        desk.retry(session, pid, actor=acting())
    flash(_("已重新排队。"))
    return redirect(url_for(".show", pid=pid), 303)
