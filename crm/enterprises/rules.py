"""Rules of the register: words, states of honours, growth. Pure functions of plain values."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core.i18n import lazy as _l

STATUS_LABELS: Mapping[str, Any] = {
    "active": _l("存续"),
    "moved_out": _l("迁出"),
    "deregistered": _l("注销"),
    "revoked": _l("吊销"),
    "cancelled": _l("撤销"),
}
SIZE_LABELS: Mapping[str, Any] = {
    "large": _l("大型"),
    "medium": _l("中型"),
    "small": _l("小型"),
    "micro": _l("微型"),
}
LEVEL_LABELS: Mapping[str, Any] = {
    "national": _l("国家级"),
    "provincial": _l("省级"),
    "municipal": _l("市级"),
    "county": _l("县级"),
}
FIGURE_LABELS: Mapping[str, Any] = {
    "revenue_wan": _l("营业收入"),
    "main_revenue_wan": _l("主营业务收入"),
    "gross_output_wan": _l("工业总产值"),
    "value_added_wan": _l("增加值"),
    "tax_paid_wan": _l("入库税金"),
    "net_profit_wan": _l("净利润"),
    "total_assets_wan": _l("资产总额"),
    "total_liabilities_wan": _l("负债总额"),
    "rd_expense_wan": _l("研发费用"),
    "cost_wan": _l("成本费用"),
    "employees_end": _l("年末从业人员"),
    "employees_avg": _l("平均职工人数"),
    "tech_staff": _l("科技人员"),
    "rd_staff": _l("研发人员"),
    "power_kwh": _l("用电量"),
    "energy_tce": _l("综合能耗"),
    "emission_t": _l("主要污染物排放"),
    "land_sqm": _l("用地面积"),
}
FIGURE_UNITS: Mapping[str, Any] = {
    "employees_end": _l("人"), "employees_avg": _l("人"), "tech_staff": _l("人"), "rd_staff": _l("人"),
    "power_kwh": _l("千瓦时"), "energy_tce": _l("吨标准煤"), "emission_t": _l("吨"), "land_sqm": _l("亩"),
}  # fmt: skip
"""What a figure is counted in where it is not 万元; land is kept in ㎡ and shown in 亩."""


HONOUR_KINDS: Mapping[str, Any] = {
    "hte": _l("高新技术企业"),
    "tech_sme": _l("科技型中小企业"),
    "innovative_sme": _l("创新型中小企业"),
    "srdi_sme": _l("专精特新中小企业"),
    "little_giant": _l("专精特新“小巨人”企业"),
    "champion": _l("制造业单项冠军"),
    "above_scale": _l("规模以上企业"),
    "other": _l("其他"),
}
BOARDS: Mapping[str, Any] = {
    "600": _l("上交所主板"), "601": _l("上交所主板"), "603": _l("上交所主板"), "605": _l("上交所主板"),
    "688": _l("上交所科创板"), "689": _l("上交所科创板"), "900": _l("上交所 B 股"),
    "000": _l("深交所主板"), "001": _l("深交所主板"), "002": _l("深交所主板"), "003": _l("深交所主板"),
    "300": _l("深交所创业板"), "301": _l("深交所创业板"), "302": _l("深交所创业板"), "200": _l("深交所 B 股"),
    "92": _l("北交所"), "43": _l("北交所"), "83": _l("北交所"), "87": _l("北交所"), "88": _l("北交所"),
}  # fmt: skip
"""The board by the first digits of a stock code, as the exchanges give them out."""

HONOUR_LEVELS: Mapping[str, tuple[str, ...]] = {
    "little_giant": ("national",),
    "srdi_sme": ("provincial", "municipal", "county"),
}
"""Levels that a kind can have, where only some are possible: a municipal one never reads as national."""
HONOUR_STATES: Mapping[str, Any] = {
    "valid": _l("有效"),
    "expiring": _l("快到期"),
    "waiting": _l("未生效"),
    "expired": _l("已过期"),
    "revoked": _l("被撤销"),
}
HONOUR_TONES: Mapping[str, str] = {
    "valid": "ok", "expiring": "warn", "waiting": "idle", "expired": "late", "revoked": "late",
}  # fmt: skip
CONSENT_LABELS: Mapping[str, Any] = {"statutory": _l("履行法定职责"), "consent": _l("本人同意")}
ENERGY_BASES: Mapping[str, Any] = {"equivalent": _l("等价值"), "calorific": _l("当量值")}


def board_of(stock_code: str | None) -> Any:
    """The board on which a stock code is traded; empty where its beginning is given out by none."""
    code = stock_code or ""
    return BOARDS.get(code[:3]) or BOARDS.get(code[:2]) or ""


def honour_state(
    valid_from: date | None, valid_to: date | None, revoked_on: date | None, today: date, warning_days: int
) -> str:
    """The state of an honour on a day: it changes with the date by itself. `valid_to` is its last valid day."""
    if revoked_on is not None and revoked_on <= today:
        return "revoked"
    if valid_to is not None and valid_to < today:
        return "expired"
    if valid_from is not None and valid_from > today:
        return "waiting"
    if valid_to is not None and (valid_to - today).days <= warning_days:
        return "expiring"
    return "valid"


def growth(before: Decimal | int | None, after: Decimal | int | None) -> Decimal | None:
    """Year-on-year change as a share (0.12 is +12 %); None without a positive base."""
    if before is None or after is None or before <= 0:
        return None
    return Decimal(after - before) / Decimal(before)
