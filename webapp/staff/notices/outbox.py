"""Where messages go besides: webhooks and robots, their test, what was delivered and what was not."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from core import notify
from core.db import db, unit_of_work
from core.errors import Invalid
from core.i18n import _
from core.i18n import lazy as _l
from core.outbox import access, desk, rendering, transport
from webapp.staff.notices.forms import KINDS, EndpointForm
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.listing import Filter, ListState
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("outbox", __name__, url_prefix="/messages")

STATES = {
    "waiting": (_l("待发"), "idle"),
    "sending": (_l("正在发"), "info"),
    "sent": (_l("已送达"), "ok"),
    "dead": (_l("没送到"), "late"),
}
CHANNELS = {"mail": _l("邮件"), **KINDS}
REASONS = {
    "refused_by_receiver": _l("对方没有收下"),
    "address_host": _l("网站不在允许的名单里"),
    "address_private": _l("地址指向内部网络，没有发"),
    "address_scheme": _l("地址不是 https"),
    "endpoint_off": _l("已停用"),
    "no_address": _l("这个人没有邮箱或已停用"),
    "no_mail_server": _l("没有设置邮件服务器"),
    "interrupted": _l("发送时程序中断"),
    "SMTPRecipientsRefused": _l("邮箱不存在或拒收"),
    "SMTPAuthenticationError": _l("邮件服务器的账号或密码不对"),
    "TimeoutError": _l("对方太久没有回答"),
    "ConnectionRefusedError": _l("连不上对方"),
    "gaierror": _l("网站名称查不到"),
    "SSLCertVerificationError": _l("对方的证书不可信"),
}


def event_label(code: str) -> Any:
    own = {rendering.TEST: _l("测试消息"), rendering.DIGEST: _l("每日消息汇总")}
    return own.get(code) or notify.label_of(code)


def _words() -> dict[str, Any]:
    return {"states": STATES, "channels": CHANNELS, "reasons": REASONS, "event_label": event_label}


@bp.get("")
@requires(access.MANAGE)
def index() -> ResponseReturnValue:
    """The webhooks and robots, and how the latest delivery to each went."""
    session = db.session()
    rows = [(each, event_labels(each.events)) for each in desk.endpoints(session)]
    return render(
        "staff/notices/endpoints.html", rows=rows, last=desk.last_attempts(session), kinds=KINDS,
        reasons=REASONS, dead=desk.count_dead(session), mails=transport.present().mail is not None,
    )  # fmt: skip


def event_labels(codes: list[Any]) -> list[Any]:
    return [_("全部")] if "*" in codes else [event_label(str(code)) for code in codes]


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
    session = db.session()

    def receivers() -> list[tuple[str, str]]:
        return [(each.public_id, each.name) for each in desk.endpoints(session)]

    state = ListState(
        [
            Filter("state", _l("状态"), [(key, text) for key, (text, _look) in STATES.items()], several=True),
            Filter("channel", _l("渠道"), list(CHANNELS.items()), several=True),
            Filter("receiver", _l("接收方"), receivers),
        ],
        sorts={"at": _l("时间"), "next": _l("下次再试")},
        default_sort="-at",
    )
    page = desk.page(session, state.query)
    return render("staff/notices/log.html", state=state, page=page, dead=desk.count_dead(session), **_words())


@bp.get("/log/<pid>")
@requires(access.MANAGE)
def show(pid: str) -> ResponseReturnValue:
    row, tries = desk.attempts(db.session(), pid)
    return render(
        "staff/notices/message.html", fragment="staff/notices/_message.html", row=row, tries=tries, **_words()
    )


@bp.post("/log/<pid>/retry")
@requires(access.MANAGE)
def retry(pid: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        desk.retry(session, pid, actor=acting())
    flash(_("已重新排队。"))
    return redirect(url_for(".show", pid=pid), 303)
