"""Forms of the security administrator: the rules of the door, a lost factor, an identity."""

from typing import Any

from wtforms import BooleanField
from wtforms.validators import InputRequired

from core.accounts.policy import BOUNDS
from core.i18n import lazy as _l
from webapp.web.choices import SelectField
from webapp.web.fields import TextField, WholeNumber
from webapp.web.forms import BaseForm


def _number(name: str, label: Any, hint: Any = "") -> WholeNumber:
    least, most = BOUNDS[name]
    said = hint or _l("%(least)s 到 %(most)s。", least=least, most=most)
    return WholeNumber(label, [InputRequired(_l("请填一个整数。"))], maximum=most, description=said)


class PolicyForm(BaseForm):
    lock_failures = _number("lock_failures", _l("连错几次锁账号"))
    lock_minutes = _number("lock_minutes", _l("锁多少分钟"))
    strength = SelectField(
        _l("密码规则"),
        choices=[
            ("dengbao", _l("等保：至少 8 位，四类字符有三类，定期更换，最近 5 次不重复")),
            ("nist", _l("NIST：至少 12 位，不限字符种类，不定期更换")),
        ],
        description=_l("两种都不许用常见密码、姓名和单位名。"),
    )
    password_days = _number("password_days", _l("密码多少天一换"), _l("30 到 365；只用于等保规则。"))
    staff_second_factor = BooleanField(_l("全体工作人员都要第二因素（管理员一律要）"))
    sessions = _number("sessions", _l("一个账号最多同时登录几处"))
    idle_minutes = _number("idle_minutes", _l("多少分钟不操作自动退出"))
    session_hours = _number("session_hours", _l("一次登录最长几小时"))
    unused_days = _number("unused_days", _l("多少天不用停住账号"))
    reveals_a_day = _number("reveals_a_day", _l("一人一天看多少个号码就提醒安全管理员"))


class ResetFactorForm(BaseForm):
    reason = TextField(
        _l("为什么重置"), [InputRequired(_l("请写明为什么要重置。"))], limit=200,
        description=_l("如：手机丢失，已当面核对身份。"),
    )  # fmt: skip


class IdentityForm(BaseForm):
    subject = TextField(
        _l("用户标识（sub）"), [InputRequired(_l("请填统一身份认证里的用户标识（sub）。"))], limit=255,
        description=_l("由统一身份认证的管理员提供；不能用邮箱代替。"),
    )  # fmt: skip
