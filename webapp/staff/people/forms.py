"""Forms of deputies and hand-overs."""

from typing import Any

from wtforms.validators import InputRequired, Optional

from core.i18n import lazy as _l
from webapp.web.choices import SelectField
from webapp.web.fields import DayField, TextField
from webapp.web.forms import BaseForm

Choices = list[tuple[str, Any]]


class DeputyForm(BaseForm):
    """Who stands in for whom, from which day to which."""

    absent = SelectField(_l("谁请假"), [InputRequired()])
    deputy = SelectField(_l("由谁代理"), [InputRequired(_l("请选代理人。"))])
    valid_from = DayField(_l("从哪天起"), [InputRequired(_l("请填开始日。"))])
    valid_to = DayField(
        _l("到哪天止"), [InputRequired(_l("请填结束日。"))], description=_l("含这一天；过后自动结束。")
    )
    reason = TextField(_l("事由"), [Optional()], limit=200)

    def __init__(self, *args: Any, people: Choices, colleagues: Choices, **values: Any) -> None:
        super().__init__(*args, **values)
        self.absent.choices = list(people)
        self.deputy.choices = [("", _l("请选择")), *colleagues]


class HandoverForm(BaseForm):
    """Why work is handed over; receivers and notes stand beside their rows."""

    reason = TextField(_l("交接原因"), [InputRequired(_l("请写明交接原因，比如调任。"))], limit=300)


class ConfirmForm(BaseForm):
    """A button with the version of what it confirms."""
