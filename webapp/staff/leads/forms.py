"""Forms of leads: shape and wording; who came first is the service's business."""

from collections.abc import Sequence
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.i18n import lazy as _l
from crm.leads import rules
from webapp.web.choices import RadioField, SelectField
from webapp.web.fields import DecimalText, KeptPhoneField, MuField, SqmField, WanField, WholeNumber
from webapp.web.forms import BaseForm

NOT_VALUES = ("csrf_token", "version", "form_key", "base")
TEXTS = (
    "source", "referrer", "investor_name", "foreign_reg_no", "country", "group_name", "content",
    "emission_note", "site_intent", "policy_ask", "contact_person", "contact_title",
)  # fmt: skip


class LeadForm(BaseForm):
    """The content of a lead. A draft may lack anything; registering says what is missing."""

    investor_name = StringField(_l("投资主体"), validators=[Optional(), Length(max=200)])
    group_name = StringField(_l("所属集团"), validators=[Optional(), Length(max=200)])
    foreign_reg_no = StringField(_l("境外注册号"), validators=[Optional(), Length(max=60)])
    country = StringField(_l("国别代码"), default="CN", validators=[Optional(), Length(max=2)])
    chain_node_id = SelectField(_l("产业链环节"), coerce=int, validators=[Optional()])
    content = TextAreaField(_l("项目内容"), validators=[Optional(), Length(max=2000)])
    source = SelectField(_l("线索来源"), validators=[Optional()])
    referrer = StringField(_l("引荐人"), validators=[Optional(), Length(max=120)])
    total_investment_wan = WanField(_l("拟投总额（万元）"), validators=[Optional()])
    fixed_investment_wan = WanField(_l("固定资产投资（万元）"), validators=[Optional()])
    foreign_usd_wan = DecimalText(_l("外资（万美元）"), places=2, minimum=0, validators=[Optional()])
    land_sqm = MuField(_l("用地（亩）"), validators=[Optional()])
    factory_sqm = SqmField(_l("厂房（㎡）"), validators=[Optional()])
    est_output_wan = WanField(_l("预计年产值（万元）"), validators=[Optional()])
    est_tax_wan = WanField(_l("预计年税收（万元）"), validators=[Optional()])
    est_jobs = WholeNumber(_l("预计就业（人）"), validators=[Optional()])
    energy_tce = DecimalText(_l("能耗（吨标准煤）"), places=2, minimum=0, validators=[Optional()])
    emission_note = StringField(_l("排放"), validators=[Optional(), Length(max=300)])
    site_intent = StringField(_l("选址意向"), validators=[Optional(), Length(max=200)])
    policy_ask = TextAreaField(_l("政策诉求"), validators=[Optional(), Length(max=2000)])
    contact_person = StringField(_l("联系人"), validators=[Optional(), Length(max=80)])
    contact_title = StringField(_l("联系人职务"), validators=[Optional(), Length(max=80)])
    contact_mobile = KeptPhoneField(_l("联系人手机"), validators=[Optional()])
    confidentiality = SelectField(_l("密级"), choices=list(rules.CONFIDENTIALITY_LABELS.items()))

    def __init__(self, *args: Any, nodes: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chain_node_id.choices = [(0, _l("请选择")), *nodes]
        self.source.choices = [("", _l("请选择")), *rules.SOURCE_LABELS.items()]

    def values(self) -> dict[str, Any]:
        """What the service takes: blank texts empty, blank figures None."""
        values = {name: value for name, value in self.data.items() if name not in NOT_VALUES}
        for name in TEXTS:
            values[name] = values[name] or ""
        values["country"] = (values["country"] or "CN").upper()
        values["chain_node_id"] = values["chain_node_id"] or None
        values["investor_id"] = None
        if values["contact_mobile"] is None:
            del values["contact_mobile"]  # left blank: the stored number stays
        return values


class SpecialistForm(BaseForm):
    """Who takes it over."""

    merges = False

    specialist_id = SelectField(_l("专员"), coerce=int, validators=[InputRequired()])

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.specialist_id.choices = [(0, _l("请选择")), *people]


class StudyForm(BaseForm):
    """The opinion and where it leads."""

    merges = False

    verb = RadioField(
        _l("结论"),
        choices=[
            ("study_follow", _l("跟进")),
            ("study_ask", _l("请补充材料")),
            ("study_decline", _l("不跟进")),
        ],
        validators=[InputRequired()],
    )
    study_note = TextAreaField(_l("研判意见"), validators=[InputRequired(), Length(max=2000)])


class RenewForm(BaseForm):
    evidence = TextAreaField(
        _l("实质进展依据（互访纪要、选址、协议稿、评审）"), validators=[InputRequired(), Length(max=1000)]
    )


class ReasonForm(BaseForm):
    reason = TextAreaField(_l("事由"), validators=[InputRequired(), Length(max=1000)])


class RulingForm(BaseForm):
    """The promotion office decides."""

    merges = False

    outcome = RadioField(
        _l("裁定结果"), choices=list(rules.OUTCOME_LABELS.items()), validators=[InputRequired()]
    )
    reason = TextAreaField(_l("裁定理由"), validators=[InputRequired(), Length(4, 1000)])


class RevealForm(BaseForm):
    reason = StringField(_l("查看用途"), validators=[InputRequired(), Length(2, 120)])
