"""Forms of the register: shape and wording; what needs other records belongs to the service."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from core.i18n import lazy as _l
from crm.enterprises.rules import STATUS_LABELS
from webapp.web.choices import SelectField
from webapp.web.fields import DayField, UsccField, WanField
from webapp.web.forms import BaseForm


class EnterpriseForm(BaseForm):
    """Master data of one enterprise."""

    name = StringField(_l("企业全称"), validators=[InputRequired(), Length(2, 200)])
    uscc = UsccField(_l("统一社会信用代码"), validators=[Optional()])
    short_name = StringField(_l("简称"), validators=[Optional(), Length(max=80)])
    english_name = StringField(_l("英文名"), validators=[Optional(), Length(max=200)])
    stock_code = StringField(_l("证券代码"), validators=[Optional(), Length(6, 6)])
    reg_status = SelectField(_l("登记状态"), choices=list(STATUS_LABELS.items()))
    legal_rep = StringField(_l("法定代表人"), validators=[Optional(), Length(max=80)])
    reg_capital_wan = WanField(_l("注册资本（万元）"), validators=[Optional()])
    founded_on = DayField(_l("成立日期"), validators=[Optional()])
    industry_code = StringField(_l("行业代码"), validators=[Optional(), Length(max=4)])
    park_id = SelectField(_l("园区"), coerce=int, validators=[Optional()])
    reg_address = StringField(_l("注册地址"), validators=[Optional(), Length(max=300)])
    main_products = TextAreaField(_l("主要产品"), validators=[Optional(), Length(max=2000)])
    above_scale = BooleanField(_l("规模以上"))

    def __init__(self, *args: Any, parks: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.park_id.choices = [(0, _l("不在园区")), *parks]

    def values(self) -> dict[str, Any]:
        """What the service takes; a blank optional field becomes None or an empty text."""
        data: dict[str, Any] = {
            name: self.data[name]
            for name in (
                "name", "short_name", "english_name", "reg_status", "legal_rep", "reg_capital_wan",
                "founded_on", "reg_address", "main_products", "above_scale",
            )
        }  # fmt: skip
        for name in ("short_name", "english_name", "legal_rep", "reg_address", "main_products"):
            data[name] = data[name] or ""
        for name in ("uscc", "stock_code", "industry_code", "park_id"):
            data[name] = self.data[name] or None
        return data


class YearForm(BaseForm):
    """A year's figures; blank means missing, never nought."""

    year = IntegerField(_l("年度"), validators=[InputRequired(), NumberRange(1980, 2100)])
    source = StringField(_l("来源"), validators=[InputRequired(), Length(2, 80)])
    revenue_wan = WanField(_l("营业收入（万元）"), validators=[Optional()])
    tax_paid_wan = WanField(_l("入库税金（万元）"), validators=[Optional()])
    rd_expense_wan = WanField(_l("研发费用（万元）"), validators=[Optional()])
    total_assets_wan = WanField(_l("资产总额（万元）"), validators=[Optional()])
    total_liabilities_wan = WanField(_l("负债总额（万元）"), validators=[Optional()])
    net_profit_wan = WanField(_l("净利润（万元）"), validators=[Optional()])
    employees_end = IntegerField(_l("年末从业人员（人）"), validators=[Optional(), NumberRange(0, 2_000_000)])
    tech_staff = IntegerField(_l("科技人员（人）"), validators=[Optional(), NumberRange(0, 2_000_000)])

    def figures(self) -> dict[str, Any]:
        skipped = ("csrf_token", "version", "form_key", "year", "source", "submit")
        return {name: value for name, value in self.data.items() if name not in skipped}


class ContactForm(BaseForm):
    """Somebody at the enterprise."""

    person = StringField(_l("姓名"), validators=[InputRequired(), Length(1, 80)])
    title = StringField(_l("职务"), validators=[Optional(), Length(max=80)])
    mobile = StringField(_l("手机"), validators=[InputRequired(), Length(7, 20)])


class RevealForm(BaseForm):
    """Why the whole number is needed; the answer is audited."""

    reason = StringField(_l("查看用途"), validators=[InputRequired(), Length(2, 120)])
