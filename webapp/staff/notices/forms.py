"""Forms of the notice centre: what a person wants to hear, and where messages go besides."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, PasswordField, StringField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from core.i18n import lazy as _l
from core.outbox.models import Endpoint, Preference
from core.outbox.preferences import Choice
from core.outbox.rules import channels_of
from webapp.web.choices import BoxesField, RadioField
from webapp.web.forms import BaseForm

KINDS: Mapping[str, Any] = {
    "webhook": _l("Webhook"),
    "wecom": _l("企业微信机器人"),
    "dingtalk": _l("钉钉机器人"),
}


class PreferenceForm(BaseForm):
    """Address, quiet hours, digest; the events stand in two sets of boxes, one for each channel."""

    mail = StringField(_l("邮箱"), validators=[Optional(), Length(max=200)])
    digest = BooleanField(_l("邮件每天汇总成一封（早上 8 点）"))
    quiet_from = TimeField(_l("安静时段从"), validators=[Optional()])
    quiet_until = TimeField(_l("到"), validators=[Optional()])
    app = BoxesField(_l("系统里提醒"), validators=[Optional()])
    by_mail = BoxesField(_l("发邮件"), validators=[Optional()])

    def __init__(self, *args: Any, events: Mapping[str, Any], standing: Preference, **kwargs: Any) -> None:
        self.events = events
        heard = {code: channels_of(standing.channels, code) for code in events}
        super().__init__(
            *args,
            mail=standing.mail,
            digest=standing.digest,
            quiet_from=standing.quiet_from,
            quiet_until=standing.quiet_until,
            app=[code for code, channels in heard.items() if "app" in channels],
            by_mail=[code for code, channels in heard.items() if "mail" in channels],
            version=standing.version,
            **kwargs,
        )
        for field in (self.app, self.by_mail):
            field.choices = list(events.items())

    def choice(self) -> Choice:
        app, mail = self.app.data or [], self.by_mail.data or []
        return Choice(
            mail=self.mail.data or "",
            channels={
                code: [name for name, chosen in (("app", app), ("mail", mail)) if code in chosen]
                for code in self.events
            },
            quiet_from=self.quiet_from.data,
            quiet_until=self.quiet_until.data,
            digest=bool(self.digest.data),
        )


class EndpointForm(BaseForm):
    """A webhook or a robot. Address and secret are never shown again; left empty they stay."""

    name = StringField(_l("名称"), validators=[InputRequired(), Length(max=60)])
    kind = RadioField(
        _l("种类"), choices=list(KINDS.items()), default="webhook", validators=[InputRequired()]
    )
    address = StringField(_l("地址"), validators=[Optional(), Length(max=200)])
    secret = PasswordField(_l("密钥"), validators=[Optional(), Length(max=150)])
    events = BoxesField(_l("收哪些消息"), validators=[Optional()])
    active = BooleanField(_l("启用"), default=True)

    def __init__(
        self, *args: Any, choices: Sequence[tuple[str, Any]], standing: Endpoint | None = None, **kwargs: Any
    ) -> None:
        if standing is not None:
            kwargs |= {
                "name": standing.name, "kind": standing.kind, "events": list(standing.events),
                "active": standing.active, "version": standing.version,
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.events.choices = [("*", _l("全部")), *choices]

    def values(self) -> dict[str, Any]:
        return {
            "name": (self.name.data or "").strip(),
            "kind": self.kind.data,
            "address": (self.address.data or "").strip(),
            "secret": self.secret.data or "",
            "events": self.events.data or [],
            "active": self.active.data,
        }

    def stored(self, record: Any) -> dict[str, Any]:
        """Neither address nor secret stands on a conflict page."""
        return {"name": record.name, "kind": record.kind, "active": record.active}
