"""Who is invited; the password is the user's own and never passes through here."""

from wtforms.validators import InputRequired, Length, Optional, Regexp

from core.i18n import lazy as _l
from webapp.web.fields import PhoneField, TextField
from webapp.web.forms import BaseForm


class InviteForm(BaseForm):
    name = TextField(_l("使用人姓名"), validators=[InputRequired(), Length(1, 80)])
    username = TextField(
        _l("用户名"),
        validators=[
            InputRequired(),
            Length(3, 40),
            Regexp(r"^[A-Za-z0-9_.\-]+$", message=_l("用户名只用字母、数字、点、横线和下划线。")),
        ],
        description=_l("登录用，字母或数字，至少 3 个，如 huaqing01。"),
    )
    phone = PhoneField(_l("手机"), validators=[Optional()])


class AgainForm(BaseForm):
    """A fresh link for a user who has not set a password yet."""
