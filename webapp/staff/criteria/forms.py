"""Forms of the standards: a new version, its days and reason, a step, what was compared with the text."""

from collections.abc import Sequence
from typing import Any

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.i18n import lazy as _l
from webapp.web.choices import SelectField
from webapp.web.fields import DayField, TextField
from webapp.web.forms import BaseForm


class DraftForm(BaseForm):
    """On which version the new one is built, and from when it holds."""

    based_on = SelectField(_l("从哪一版改起"), validators=[Optional()])
    effective_from = DayField(_l("生效日"), validators=[InputRequired()])

    def __init__(self, *args: Any, versions: Sequence[tuple[str, Any]] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.based_on.choices = [*versions, ("", _l("从空白开始"))]


class HeadForm(BaseForm):
    """The days and what stands above the rule."""

    merges = False

    effective_from = DayField(_l("生效日"), validators=[InputRequired()])
    effective_to = DayField(_l("失效日（可不填）"), validators=[Optional()])
    authority = TextField(_l("制定机关和文号"), validators=[Optional()], limit=200)
    source = TextField(_l("出处"), validators=[Optional()], limit=300)
    remark = TextAreaField(_l("说明"), validators=[Optional(), Length(max=1000)])


class StepForm(BaseForm):
    """A step of the version, with its reason."""

    merges = False

    reason = TextAreaField(_l("依据或理由"), validators=[Optional(), Length(max=1000)])


class ConfirmForm(BaseForm):
    """Which text the lines were compared with."""

    source = TextField(_l("核对的原文（文号、条款或网址）"), validators=[InputRequired()], limit=300)
