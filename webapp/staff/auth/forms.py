"""Forms of the door: signing in, choosing a password."""

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from core.i18n import lazy as _l
from webapp.web.forms import BaseForm

_LIMIT = Length(max=256, message=_l("密码最多 256 位。"))


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


class NewPasswordForm(BaseForm):
    """A first password, or a new one by a one-time link."""

    password = PasswordField(
        _l("新密码"),
        [InputRequired(_l("请填新密码。")), _LIMIT],
        render_kw={"autocomplete": "new-password"},
        description=_l("至少 8 位，大写、小写、数字、符号要有三类；不要用单位名或平台名。"),
    )
    again = PasswordField(
        _l("再填一遍新密码"),
        [InputRequired(_l("请再填一遍新密码。")), EqualTo("password", _l("两遍填的不一样。"))],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """One's own password; the present one is asked for first."""

    present = PasswordField(
        _l("现在的密码"),
        [InputRequired(_l("请填现在的密码。")), _LIMIT],
        render_kw={"autocomplete": "current-password"},
    )
