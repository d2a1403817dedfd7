"""How messages that leave are called: their states, channels, the reasons of a failure, their events."""

from collections.abc import Mapping
from typing import Any

from core import notify
from core.i18n import lazy as _l
from core.outbox import rendering
from webapp.staff.notices.forms import KINDS

STATES: Mapping[str, tuple[Any, str]] = {
    "waiting": (_l("待发"), "idle"),
    "sending": (_l("正在发"), "info"),
    "sent": (_l("已送达"), "ok"),
    "dead": (_l("没送到"), "late"),
}
CHANNELS: Mapping[str, Any] = {"mail": _l("邮件"), **KINDS}
REASONS: Mapping[str, Any] = {
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


_OWN: Mapping[str, Any] = {rendering.TEST: _l("测试消息"), rendering.DIGEST: _l("每日消息汇总")}


def event_label(code: str) -> Any:
    return _OWN.get(code) or notify.label_of(code)


def events() -> Mapping[str, Any]:
    """Code → label of everything that can leave."""
    return {**notify.events(), **_OWN}
