"""Rules of the register: size class, years. Pure functions of plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    "tax_paid_wan": _l("入库税金"),
    "net_profit_wan": _l("净利润"),
    "total_assets_wan": _l("资产总额"),
    "total_liabilities_wan": _l("负债总额"),
    "rd_expense_wan": _l("研发费用"),
    "cost_wan": _l("成本费用"),
    "employees_end": _l("年末从业人员"),
    "tech_staff": _l("科技人员"),
    "rd_staff": _l("研发人员"),
}


@dataclass(frozen=True)
class SizeThresholds:
    """Lower limits of 工业 by 工信部联企业〔2011〕300号 (DOMAIN 3, marked M: proposals)."""

    large_people: int = 1000
    large_revenue_wan: Decimal = Decimal(40000)
    medium_people: int = 300
    medium_revenue_wan: Decimal = Decimal(2000)
    small_people: int = 20
    small_revenue_wan: Decimal = Decimal(300)


def size_class(
    employees: int | None, revenue_wan: Decimal | None, limits: SizeThresholds = SizeThresholds()
) -> str | None:
    """Size class of an industrial firm; both lower limits must be reached. None when a figure is missing."""
    if employees is None or revenue_wan is None:
        return None
    for name, people, revenue in (
        ("large", limits.large_people, limits.large_revenue_wan),
        ("medium", limits.medium_people, limits.medium_revenue_wan),
        ("small", limits.small_people, limits.small_revenue_wan),
    ):
        if employees >= people and revenue_wan >= revenue:
            return name
    return "micro"


def growth(before: Decimal | int | None, after: Decimal | int | None) -> Decimal | None:
    """Year-on-year change as a share (0.12 is +12 %); None without a positive base."""
    if before is None or after is None or before <= 0:
        return None
    return Decimal(after - before) / Decimal(before)
