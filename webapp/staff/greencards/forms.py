"""Forms of cards and service cases: shape and wording; rules belong to the service."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.i18n import lazy as _l
from crm.greencards import case_service, checklist, rules, task_force
from crm.greencards.eligibility import industry_choices
from webapp.web.choices import RadioField, SelectField
from webapp.web.fields import DayField, DecimalText, WholeNumber
from webapp.web.forms import BaseForm


class ApplyForm(BaseForm):
    """An application. What stands in the contract is read from the project, not asked again."""

    kind = RadioField(_l("卡类"), choices=list(rules.KIND_LABELS.items()), default="project")
    industry_group = SelectField(_l("项目所属产业"), validators=[InputRequired()])
    foreign = BooleanField(_l("是外商直接投资项目"))
    foreign_usd_wan = DecimalText(
        _l("外商直接投资（万美元）"), validators=[Optional()], places=2, minimum=0, maximum=10_000_000
    )
    holder_person = StringField(_l("持卡人（生活卡）"), validators=[Optional(), Length(max=80)])
    grade = SelectField(_l("等级"), choices=list(rules.GRADES.items()), default="municipal")
    statement = TextAreaField(_l("申报说明"), validators=[Optional(), Length(max=2000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.industry_group.choices = [("", _l("请选择")), *industry_choices()]

    def values(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            name: self.data[name]
            for name in ("kind", "industry_group", "holder_person", "grade", "statement")
        }
        data["foreign_usd_wan"] = (self.foreign_usd_wan.data or 0) if self.foreign.data else None
        return data


class PassForm(BaseForm):
    """Passing the first two levels."""

    comment = TextAreaField(_l("意见"), validators=[Optional(), Length(max=1000)])


class ApproveForm(BaseForm):
    """The third level issues the card."""

    doc_no = StringField(_l("批准文号"), validators=[InputRequired(), Length(2, 60)])
    valid_to = DayField(_l("有效期至"), validators=[InputRequired()])
    comment = TextAreaField(_l("意见"), validators=[Optional(), Length(max=1000)])


class ReasonForm(BaseForm):
    """Why a card is refused, stopped, withdrawn, applied for again; why a step goes back."""

    reason = TextAreaField(_l("事由"), validators=[InputRequired(), Length(2, 1000)])


class UseForm(BaseForm):
    """A use of the card."""

    used_on = DayField(_l("用卡日期"), validators=[InputRequired()])
    matter = StringField(_l("事项"), validators=[InputRequired(), Length(2, 120)])
    window = StringField(_l("窗口"), validators=[InputRequired(), Length(2, 120)])
    taken_wd = WholeNumber(_l("用时（工作日）"), validators=[Optional()], maximum=3650)


class FinishForm(BaseForm):
    """What a step that is done can show."""

    merges = False

    evidence = TextAreaField(_l("办结凭据"), validators=[InputRequired(), Length(2, 1000)])


class PauseForm(BaseForm):
    """Who is waited for, and why."""

    cause = RadioField(
        _l("暂停原因"),
        choices=[(cause.code, cause.label) for cause in checklist.CAUSES.values()],
        validators=[InputRequired()],
    )
    reason = TextAreaField(_l("说明（企业看得到）"), validators=[InputRequired(), Length(2, 1000)])


class PromiseForm(BaseForm):
    """Promised days and the unit that answers for a step."""

    owner_text = StringField(_l("责任单位"), validators=[InputRequired(), Length(2, 120)])
    owner_id = SelectField(_l("责任人"), coerce=int, validators=[Optional()])
    promised_wd = WholeNumber(_l("承诺时限（工作日）"), validators=[Optional()], maximum=365)

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.owner_id.choices = [(0, _l("未指定")), *people]


class MemberForm(BaseForm):
    """Somebody of the task force."""

    duty = SelectField(_l("职责"), choices=list(task_force.DUTIES.items()), default="member")
    name = StringField(_l("姓名"), validators=[InputRequired(), Length(1, 80)])
    unit_text = StringField(_l("单位、职务"), validators=[Optional(), Length(max=120)])
    phone = StringField(_l("联系电话"), validators=[InputRequired(), Length(max=40)])


class CloseForm(BaseForm):
    """What closes a case."""

    merges = False

    production_on = DayField(_l("投产日"), validators=[InputRequired()])
    satisfaction = RadioField(
        _l("企业评价"),
        choices=[(str(value), label) for value, label in case_service.SATISFACTION.items()],
        validators=[InputRequired()],
    )
    evaluation = TextAreaField(_l("评价意见"), validators=[Optional(), Length(max=1000)])
    archive_no = StringField(_l("归档号"), validators=[InputRequired(), Length(2, 60)])


class TermForm(BaseForm):
    """The legal days of a kind of step, with the text they stand in."""

    code = SelectField(_l("事项"), validators=[InputRequired()])
    legal_wd = WholeNumber(_l("法定时限（工作日）"), validators=[InputRequired()], minimum=1, maximum=365)
    legal_basis = StringField(
        _l("依据（法律、法规或文件条款）"), validators=[InputRequired(), Length(4, 200)]
    )

    def __init__(self, *args: Any, steps: Sequence[tuple[str, str]] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.code.choices = list(steps)
