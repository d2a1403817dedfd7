"""Forms of the desk: shape and wording; what a step needs beyond that the table of steps says."""

from collections.abc import Sequence
from typing import Any

from wtforms.validators import InputRequired, Optional

from core.files import Received
from core.i18n import lazy as _l
from crm.service_requests import rules
from webapp.web.choices import RadioField, SelectField
from webapp.web.fields import LinesField, TextField, WholeNumber
from webapp.web.forms import BaseForm
from webapp.web.uploads import UploadsField


class AcceptForm(BaseForm):
    """What kind of request it is; its nature decides the term."""

    merges = False

    category = SelectField(_l("类别"), choices=list(rules.CATEGORIES.items()))
    nature = SelectField(_l("性质（决定办结时限）"), choices=list(rules.NATURES.items()))
    urgency = SelectField(_l("等级"), choices=list(rules.URGENCIES.items()), default="normal")


class DeclineForm(BaseForm):
    reason = LinesField(_l("不予受理的法定情形"), validators=[InputRequired()], limit=1000)
    other_channel = TextField(_l("请企业走的其他渠道"), validators=[InputRequired()])


class DispatchForm(BaseForm):
    """To which unit; the note is for colleagues."""

    host_unit_id = SelectField(_l("承办单位"), coerce=int, validators=[InputRequired()])
    note = LinesField(_l("派单意见（企业看不到）"), validators=[Optional()], limit=1000)

    def __init__(self, *args: Any, units: Sequence[tuple[int, str]] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.host_unit_id.choices = list(units)


class SendBackForm(BaseForm):
    reason = LinesField(_l("退单依据"), validators=[InputRequired()], limit=1000)
    suggested_unit = TextField(_l("建议承办单位"), validators=[InputRequired()])


class ReasonForm(BaseForm):
    reason = LinesField(_l("理由"), validators=[InputRequired()], limit=1000)


class ReplyForm(BaseForm):
    """One text for three deeds: an answer, a question that stops the clock, a note among colleagues."""

    text = LinesField(_l("答复企业"), validators=[InputRequired()])
    files = UploadsField(_l("附件"), validators=[Optional()])

    def uploads(self) -> list[Received]:
        return list(self.files.received)


class SuspendForm(BaseForm):
    """The head signs: the number of the paper stands in the record."""

    reason = LinesField(_l("为什么暂时解决不了"), validators=[InputRequired()], limit=1000)
    approval = TextField(_l("主要负责人签批（文号或批示日期）"), validators=[InputRequired()], limit=120)


class ConclusionForm(BaseForm):
    conclusion = LinesField(_l("结论"), validators=[InputRequired()], limit=1000)


class ExtensionForm(BaseForm):
    extra_days = WholeNumber(_l("延长几个工作日"), validators=[InputRequired()], minimum=1, maximum=60)
    reason = LinesField(_l("延期理由"), validators=[InputRequired()], limit=1000)


class CompleteForm(BaseForm):
    """“解释说明”是一种结果，不算“已解决”。"""

    merges = False

    result_kind = RadioField(
        _l("处理结果"), choices=list(rules.RESULTS.items()), validators=[InputRequired()]
    )
    result_text = LinesField(_l("办理情况（企业能看到）"), validators=[InputRequired()])


class CallBackForm(BaseForm):
    """What the enterprise says on the telephone."""

    merges = False

    called_person = TextField(_l("接受回访的人"), validators=[InputRequired()], limit=80)
    solved = RadioField(_l("问题解决了吗"), choices=list(rules.SOLVED.items()), validators=[InputRequired()])
    satisfaction = RadioField(
        _l("满意吗"), choices=list(rules.SATISFACTION.items()), coerce=int, validators=[InputRequired()]
    )
    text = LinesField(_l("意见"), validators=[Optional()], limit=1000)


class ConfirmForm(BaseForm):
    """A step that needs nothing but the decision."""
