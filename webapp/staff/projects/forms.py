"""Forms of projects, section by section: shape and wording; gates and tiers are the service's business."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.i18n import lazy as _l
from crm.projects import rules
from webapp.web.choices import RadioField, SelectField
from webapp.web.fields import DayField, DecimalText, MuField, SqmField, UsccField, WanField, WholeNumber
from webapp.web.forms import BaseForm

HIDDEN: Final = ("csrf_token", "version", "form_key", "base")


def _texts(form: BaseForm) -> dict[str, Any]:
    """Values as the service takes them: blank texts empty, blank choices None."""
    values = {name: value for name, value in form.data.items() if name not in HIDDEN}
    for name, value in values.items():
        field = form[name]
        if isinstance(field, (StringField, TextAreaField)) and not hasattr(field, "parse"):
            values[name] = value or ""
        elif isinstance(field, SelectField) and value in (0, "", "0"):
            values[name] = None
    return values


class SectionForm(BaseForm):
    """A part of the project that is edited by itself."""

    title: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.offer(kwargs.pop("choices", {}))
        super().__init__(*args, **kwargs)
        for name, choices in self._offered.items():
            if name in self._fields:
                self[name].choices = [(0 if self[name].coerce is int else "", _l("未定")), *choices]

    def offer(self, choices: Mapping[str, Sequence[tuple[Any, Any]]]) -> None:
        """Choices of select fields by name, from the database."""
        self._offered = dict(choices)

    def values(self) -> dict[str, Any]:
        return _texts(self)


class BasicsForm(SectionForm):
    title = _l("基本信息")
    name = StringField(_l("项目名称"), validators=[InputRequired(), Length(max=200)])
    kind = SelectField(_l("项目类型"), choices=list(rules.KIND_LABELS.items()))
    content = TextAreaField(_l("建设内容"), validators=[InputRequired(), Length(max=2000)])
    chain_node_id = SelectField(_l("产业链环节"), coerce=int, validators=[Optional()])
    park_id = SelectField(_l("园区"), coerce=int, validators=[Optional()])
    parcel = StringField(_l("地块或厂房"), validators=[Optional(), Length(max=80)])
    land_mode = SelectField(_l("用地方式"), choices=list(rules.LAND_LABELS.items()))
    land_sqm = MuField(_l("用地（亩）"), validators=[Optional()])
    factory_sqm = SqmField(_l("厂房（㎡）"), validators=[Optional()])
    total_investment_wan = WanField(_l("总投资（万元）"), validators=[InputRequired()])
    fixed_investment_wan = WanField(_l("固定资产投资（万元）"), validators=[Optional()])
    equipment_wan = WanField(_l("设备投资（万元）"), validators=[Optional()])
    est_output_wan = WanField(_l("约定年产值（万元）"), validators=[Optional()])
    est_tax_wan = WanField(_l("约定年税收（万元）"), validators=[Optional()])
    jobs = WholeNumber(_l("就业（人）"), validators=[Optional()])
    energy_tce = DecimalText(_l("综合能耗（吨标准煤）"), places=2, minimum=0, validators=[Optional()])
    leader_id = SelectField(_l("包抓领导"), coerce=int, validators=[Optional()])
    deputy_id = SelectField(_l("B 角"), coerce=int, validators=[Optional()])
    confidentiality = SelectField(_l("密级"), choices=list(rules.CONFIDENTIALITY_LABELS.items()))


class NewProjectForm(BasicsForm):
    """A project is made of a lead, and only with its specialist."""

    title = _l("转为项目")
    specialist_id = SelectField(_l("专员"), coerce=int, validators=[InputRequired()])


class AdmissionForm(SectionForm):
    title = _l("准入材料")
    case_by_case = BooleanField(_l("申请“一事一议”"))
    report_no = StringField(_l("研判报告编号"), validators=[Optional(), Length(max=80)])
    report_on = DayField(_l("研判报告日期"), validators=[Optional()])
    fairness_no = StringField(_l("公平竞争和合法性审核意见文号"), validators=[Optional(), Length(max=80)])


class ContractForm(SectionForm):
    title = _l("协议或合同")
    agreement_kind = SelectField(
        _l("协议类型"),
        choices=[("", _l("未定")), *rules.AGREEMENT_LABELS.items()],
        validators=[Optional()],
    )
    contract_no = StringField(_l("协议或合同编号"), validators=[Optional(), Length(max=80)])
    tax_per_mu_wan = WanField(_l("约定亩均税收（万元/亩）"), validators=[Optional()])
    agreed_start_on = DayField(_l("约定动工日"), validators=[Optional()])
    agreed_complete_on = DayField(_l("约定竣工日"), validators=[Optional()])
    agreed_produce_on = DayField(_l("约定投产日"), validators=[Optional()])
    agreed_capacity_on = DayField(_l("约定达产日"), validators=[Optional()])
    breach_terms = TextAreaField(_l("违约责任"), validators=[Optional(), Length(max=2000)])


class CompanyForm(SectionForm):
    title = _l("项目公司")
    company_name = StringField(_l("项目公司名称"), validators=[Optional(), Length(max=200)])
    company_uscc = UsccField(_l("统一社会信用代码"), validators=[Optional()])
    company_region_code = SelectField(_l("注册地"), validators=[Optional()])
    company_registered_on = DayField(_l("注册日"), validators=[Optional()])

    def values(self) -> dict[str, Any]:
        values = super().values()
        return {**values, "company_uscc": values["company_uscc"] or ""}


class LandForm(SectionForm):
    title = _l("供地或入驻")
    land_doc_no = StringField(_l("出让合同或划拨决定书号"), validators=[Optional(), Length(max=80)])
    land_price_wan = WanField(_l("土地价款（万元）"), validators=[Optional()])
    land_handover_on = DayField(_l("交地日"), validators=[Optional()])
    lease_no = StringField(_l("租约号"), validators=[Optional(), Length(max=80)])


class WorksForm(SectionForm):
    title = _l("建设和投产")
    permit_no = StringField(
        _l("施工许可证号（或装修、设备进场备案号）"), validators=[Optional(), Length(max=80)]
    )
    permit_on = DayField(_l("施工许可日"), validators=[Optional()])
    acceptance_no = StringField(_l("竣工验收备案号"), validators=[Optional(), Length(max=80)])
    production_evidence = StringField(
        _l("首笔销售发票号或产品下线证明"), validators=[Optional(), Length(max=120)]
    )
    capacity_review_no = StringField(_l("达产考核表编号"), validators=[Optional(), Length(max=80)])
    capacity_output_wan = WanField(_l("考核期产值（万元）"), validators=[Optional()])


SECTIONS: Final[Mapping[str, type[SectionForm]]] = {
    "basics": BasicsForm,
    "admission": AdmissionForm,
    "contract": ContractForm,
    "company": CompanyForm,
    "land": LandForm,
    "works": WorksForm,
}


class StepForm(BaseForm):
    """What a step asks for by itself; `webapp.staff.projects.steps` leaves out what it does not need."""

    merges = False

    actual_on = DayField(_l("实际日期"), validators=[Optional()])
    reason = TextAreaField(_l("事由"), validators=[Optional(), Length(max=1000)])
    approval = StringField(_l("审批依据（文号或纪要号）"), validators=[Optional(), Length(max=80)])
    resume_expected_on = DayField(_l("预计恢复日"), validators=[Optional()])
    lost_to = StringField(_l("流向地"), validators=[Optional(), Length(max=120)])
    release_doc_no = StringField(_l("解除协议或清退文书号"), validators=[Optional(), Length(max=80)])


class DecisionForm(BaseForm):
    """What whoever approves a step says; a refusal gives its reason."""

    merges = False

    decision = TextAreaField(_l("审批意见（不批准必填）"), validators=[Optional(), Length(max=1000)])


class ReviewForm(BaseForm):
    """What was decided on admission."""

    merges = False

    admission_doc_no = StringField(_l("纪要号或文号"), validators=[Optional(), Length(max=80)])
    admission_decided_on = DayField(_l("作出结论的日期"), validators=[Optional()])
    admission_conditions = TextAreaField(_l("附带条件清单"), validators=[Optional(), Length(max=2000)])
    recheck_note = TextAreaField(_l("复核意见"), validators=[Optional(), Length(max=1000)])
    reason = TextAreaField(_l("事由"), validators=[Optional(), Length(max=1000)])


class PlanRowForm(BaseForm):
    """One promise of 一策."""

    promise = StringField(_l("承诺事项"), validators=[InputRequired(), Length(max=300)])
    basis = StringField(_l("依据（文件、条款）"), validators=[InputRequired(), Length(max=200)])
    trigger = StringField(_l("触发条件"), validators=[InputRequired(), Length(max=200)])
    amount_wan = WanField(_l("金额（万元）"), validators=[Optional()])
    owner_id = SelectField(_l("责任人"), coerce=int, validators=[Optional()])
    owner = StringField(_l("责任单位或责任人"), validators=[Optional(), Length(max=120)])
    due_on = DayField(_l("兑现期限"), validators=[InputRequired()])

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.owner_id.choices = [(0, _l("不在本单位")), *people]

    def values(self) -> dict[str, Any]:
        return _texts(self)


class FulfilForm(BaseForm):
    merges = False

    done_on = DayField(_l("兑现日期"), validators=[InputRequired()])
    outcome = StringField(
        _l("怎样兑现（文号、金额或办结情况）"), validators=[InputRequired(), Length(max=300)]
    )


class ReceiptForm(BaseForm):
    """Money that arrived. The voucher is asked for by the rule, so that its own words explain why."""

    received_on = DayField(_l("到位日期"), validators=[InputRequired()])
    amount_wan = WanField(_l("金额（万元）"), validators=[InputRequired()])
    nature = RadioField(_l("性质"), choices=list(rules.NATURE_LABELS.items()), default="fixed")
    voucher_no = StringField(_l("凭证号"), validators=[Optional(), Length(max=80)])
    channel = StringField(_l("渠道"), validators=[Optional(), Length(max=80)])

    def values(self) -> dict[str, Any]:
        return _texts(self)


class SummaryForm(BaseForm):
    summary = TextAreaField(_l("一句话"), validators=[InputRequired(), Length(4, 300)])


class SpecialistForm(BaseForm):
    merges = False

    specialist_id = SelectField(_l("新专员"), coerce=int, validators=[InputRequired()])
    handover = TextAreaField(_l("交接内容"), validators=[InputRequired(), Length(max=1000)])

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.specialist_id.choices = [(0, _l("请选择")), *people]


class MoveForm(BaseForm):
    """移到…: one stage, from the board."""

    target = StringField(validators=[InputRequired(), Length(max=16)])
