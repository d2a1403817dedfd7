"""Forms of the door: signing in, the second factor, choosing a password, proving again who one is."""

from typing import Any

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from core.accounts.policy import DEFAULT, Policy
from core.i18n import lazy as _l
from webapp.web.forms import BaseForm

_LIMIT = Length(max=256, message=_l("密码最多 256 位。"))


def password_hint(rules: Policy) -> Any:
    """What a new password must be, in one sentence."""
    if rules.strength == "nist":
        return _l("至少 12 位，越长越好，可用一句话；不要用单位名、姓名或常见密码。")
    return _l("至少 8 位，大写、小写、数字、符号要有三类；不要用单位名、姓名或平台名。")


class SignInForm(BaseForm):
    username = StringField(
        _l("账号"),
        [InputRequired(_l("请填账号。")), Length(max=200, message=_l("账号没有这么长。"))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("密码"),
        [InputRequired(_l("请填密码。")), _LIMIT],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(BaseForm):
    """The six digits of an authenticator, or a recovery code."""

    code = StringField(
        _l("验证码"),
        [InputRequired(_l("请填验证码。")), Length(max=40, message=_l("验证码没有这么长。"))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"},
        description=_l("验证器里的 6 位数；手机不在身边，填一个恢复码。"),
    )


class ProofForm(BaseForm):
    """Password or code, whichever is at hand."""

    proof = PasswordField(
        _l("密码或验证码"),
        [InputRequired(_l("请填密码或验证码。")), _LIMIT],
        render_kw={"autocomplete": "current-password"},
        description=_l("登录密码；开了第二因素的，也可以填 6 位验证码。"),
    )


class NewPasswordForm(BaseForm):
    """A first password, or a new one by a one-time link."""

    password = PasswordField(
        _l("新密码"),
        [InputRequired(_l("请填新密码。")), _LIMIT],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("再填一遍新密码"),
        [InputRequired(_l("请再填一遍新密码。")), EqualTo("password", _l("两遍填的不一样。"))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *, rules: Policy = DEFAULT, **values: Any) -> None:
        super().__init__(**values)
        self.password.description = password_hint(rules)


class ChangePasswordForm(NewPasswordForm):
    """One's own password; the present one is asked for first."""

    present = PasswordField(
        _l("现在的密码"),
        [InputRequired(_l("请填现在的密码。")), _LIMIT],
        render_kw={"autocomplete": "current-password"},
    )
