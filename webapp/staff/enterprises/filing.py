"""Forms of what an enterprise's record gathers: yearly figures, honours, contacts, former names."""

from typing import Any

from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from core import clock
from core.i18n import lazy as _l
from crm.enterprises import rules
from webapp.web.choices import SelectField
from webapp.web.fields import (
    DayField,
    DecimalText,
    KeptPhoneField,
    MuField,
    PhoneField,
    WanField,
    WholeNumber,
)
from webapp.web.forms import BaseForm
from webapp.web.uploads import UploadField

_FIGURES = tuple(rules.FIGURE_LABELS)


class YearForm(BaseForm):
    """A year's figures; blank means missing, never nought."""

    year = IntegerField(_l("年度"), validators=[InputRequired(), NumberRange(1980, 2100)])
    source = StringField(_l("来源"), validators=[InputRequired(), Length(2, 80)])
    revenue_wan = WanField(_l("营业收入（万元）"), validators=[Optional()])
    main_revenue_wan = WanField(_l("主营业务收入（万元）"), validators=[Optional()])
    gross_output_wan = WanField(_l("工业总产值（万元）"), validators=[Optional()])
    value_added_wan = WanField(_l("增加值（万元）"), validators=[Optional()], minimum=None)
    tax_paid_wan = WanField(_l("入库税金（万元）"), validators=[Optional()])
    net_profit_wan = WanField(_l("净利润（万元）"), validators=[Optional()], minimum=None)
    rd_expense_wan = WanField(_l("研发费用（万元）"), validators=[Optional()])
    cost_wan = WanField(_l("成本费用（万元）"), validators=[Optional()])
    total_assets_wan = WanField(_l("资产总额（万元）"), validators=[Optional()])
    total_liabilities_wan = WanField(_l("负债总额（万元）"), validators=[Optional()])
    employees_end = WholeNumber(_l("年末从业人员（人）"), validators=[Optional()], maximum=2_000_000)
    employees_avg = WholeNumber(_l("平均职工人数（人）"), validators=[Optional()], maximum=2_000_000)
    tech_staff = WholeNumber(_l("科技人员（人）"), validators=[Optional()], maximum=2_000_000)
    rd_staff = WholeNumber(_l("研发人员（人）"), validators=[Optional()], maximum=2_000_000)
    power_kwh = DecimalText(_l("用电量（千瓦时）"), validators=[Optional()], minimum=0, places=2)
    energy_tce = DecimalText(_l("综合能耗（吨标准煤）"), validators=[Optional()], minimum=0, places=2)
    energy_basis = SelectField(
        _l("能耗口径"),
        choices=[("", _l("未注明")), *rules.ENERGY_BASES.items()],
        default="",
        validators=[Optional()],
    )
    emission_t = DecimalText(_l("主要污染物排放（吨）"), validators=[Optional()], minimum=0, places=4)
    land_sqm = MuField(_l("用地面积（亩）"), validators=[Optional()])

    def figures(self) -> dict[str, Any]:
        found = {name: self[name].data for name in _FIGURES}
        return {**found, "energy_basis": self.energy_basis.data or ""}


class HonourForm(BaseForm):
    """What was granted by whom, on which paper, from when until when."""

    kind = SelectField(_l("类别"), choices=list(rules.HONOUR_KINDS.items()))
    name = StringField(
        _l("名称"), validators=[InputRequired(), Length(max=120)], description=_l("照公告文件写，自评不算。")
    )
    level = SelectField(_l("级别"), choices=list(rules.LEVEL_LABELS.items()))
    batch = StringField(_l("批次"), validators=[Optional(), Length(max=40)])
    doc_no = StringField(
        _l("文号"), validators=[Optional(), Length(max=60)], description=_l("如川经信〔2025〕3号。")
    )
    granted_on = DayField(_l("认定日期"), validators=[Optional()])
    granted_year = WholeNumber(
        _l("认定年份（不知道日期时）"), validators=[Optional()], minimum=1980, maximum=2100
    )
    valid_from = DayField(_l("有效期起"), validators=[Optional()])
    valid_to = DayField(_l("有效期止（含当日）"), validators=[Optional()])
    review_result = StringField(_l("复核结果"), validators=[Optional(), Length(max=80)])
    source = StringField(
        _l("来源"), validators=[Optional(), Length(max=200)], description=_l("公告标题或网址。")
    )
    evidence = UploadField(_l("证明材料"), description=_l("公告、证书的 PDF 或图片；也列在附件里。"))

    def values(self) -> dict[str, Any]:
        found = {field.short_name: field.data for field in self.visible() if field.short_name != "evidence"}
        texts = ("name", "batch", "doc_no", "review_result", "source")
        return {**found, **{name: (found[name] or "").strip() for name in texts}}


class RevokeForm(BaseForm):
    revoked_on = DayField(_l("撤销日期"), validators=[InputRequired()])
    reason = StringField(_l("文件或原因"), validators=[InputRequired(), Length(2, 200)])


class ReasonForm(BaseForm):
    reason = StringField(_l("原因"), validators=[InputRequired(), Length(2, 200)])


class ConfirmForm(BaseForm):
    """Nothing to fill in: only whether."""


class ContactForm(BaseForm):
    """Somebody at the enterprise."""

    person = StringField(_l("姓名"), validators=[InputRequired(), Length(1, 80)])
    title = StringField(_l("职务"), validators=[Optional(), Length(max=80)])
    mobile = PhoneField(
        _l("手机"),
        validators=[InputRequired()],
        description=_l("页面上只显示 138****1234，点开要写用途并留痕。"),
    )
    role = StringField(
        _l("分工"), validators=[Optional(), Length(max=40)], description=_l("如项目、财务、政策申报。")
    )
    is_primary = BooleanField(_l("首选联系人"))
    consent_basis = SelectField(
        _l("处理依据"), choices=list(rules.CONSENT_LABELS.items()), default="statutory"
    )
    retain_until = DayField(
        _l("保存到"),
        validators=[Optional()],
        description=_l("离职后过了这一天，姓名和号码自动匿名。空着就一直保存。"),
    )

    def values(self) -> dict[str, Any]:
        return {field.short_name: field.data for field in self.visible()} | {
            "title": (self.title.data or "").strip(),
            "role": (self.role.data or "").strip(),
            "mobile": self.mobile.data or "",
        }


class KeptContactForm(ContactForm):
    """The same for somebody who is known: the number stays unless a new one is typed."""

    mobile = KeptPhoneField(_l("手机"), validators=[Optional()])

    def values(self) -> dict[str, Any]:
        found = super().values()
        if self.mobile.data is None:
            del found["mobile"]
        return found


class LeftForm(BaseForm):
    left_on = DayField(_l("离职日期"), validators=[InputRequired()], default=clock.today)


class FormerNameForm(BaseForm):
    """A name of earlier days."""

    name = StringField(_l("曾用名"), validators=[InputRequired(), Length(2, 200)])
    from_on = DayField(_l("启用日期"), validators=[Optional()])
    until_on = DayField(_l("停用日期"), validators=[Optional()])

    def values(self) -> dict[str, Any]:
        return {"name": self.name.data or "", "from_on": self.from_on.data, "until_on": self.until_on.data}


class RevealForm(BaseForm):
    """Why the whole number is needed; the answer is audited."""

    reason = StringField(_l("查看用途"), validators=[InputRequired(), Length(2, 120)])
