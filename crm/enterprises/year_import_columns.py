"""The columns of a sheet of yearly figures."""

from functools import partial
from typing import Final

from core.fields import days, numbers, texts
from core.fields.texts import Raw
from core.i18n import lazy as _l
from core.imports.columns import Column
from crm.enterprises import rules
from crm.enterprises.import_owned import OWNER_COLUMNS
from crm.enterprises.models import EnterpriseYear

_SIGNED: Final = ("net_profit_wan", "value_added_wan")
_SYNONYMS: Final = {
    "revenue_wan": ("营收", "营业总收入", "年营业收入", "销售收入"),
    "main_revenue_wan": ("主营收入",),
    "gross_output_wan": ("总产值", "产值"),
    "value_added_wan": ("工业增加值",),
    "tax_paid_wan": ("税收", "入库税收", "实缴税金", "纳税额", "税金"),
    "net_profit_wan": ("净利",),
    "total_assets_wan": ("资产总计", "总资产"),
    "total_liabilities_wan": ("负债合计", "总负债"),
    "rd_expense_wan": ("研发投入", "研发经费", "研究开发费用"),
    "cost_wan": ("成本",),
    "employees_end": ("从业人员", "从业人数", "员工人数", "职工人数", "年末从业人数"),
    "employees_avg": ("平均职工", "平均用工人数"),
    "power_kwh": ("用电",),
    "energy_tce": ("能耗", "综合能源消费量"),
    "emission_t": ("排放",),
    "land_sqm": ("用地",),
}


def source(cell: Raw) -> str | None:
    return texts.text(cell, limit=80)


def _figure(name: str) -> Column:
    label, synonyms = rules.FIGURE_LABELS[name], _SYNONYMS.get(name, ())
    if name.endswith("_wan"):
        parse = partial(numbers.money_wan, minimum=None if name in _SIGNED else 0)
        return Column(name, label, parse, synonyms, "decimal", "number", unit="万元")
    if name == "land_sqm":
        return Column(name, label, numbers.area_sqm, synonyms, "decimal", "number", unit="亩")
    if EnterpriseYear.__table__.c.get(name) is not None:
        return Column(name, label, numbers.integer, synonyms, "integer", "number")
    return Column(name, label, partial(numbers.decimal, places=2, minimum=0), synonyms, "decimal", "number")


FIGURES: Final = tuple(_figure(name) for name in rules.FIGURE_LABELS)
COLUMNS: Final = (
    *OWNER_COLUMNS,
    Column(
        "year", _l("年度"), days.year, ("年份", "所属年度", "报告年度"), "integer", "day", required=True,
        sample="2025", whole=True,
    ),
    Column(
        "source", _l("数据来源"), source, ("来源", "口径"), required=True, sample=str(_l("统计年报")), whole=True,
    ),
    *FIGURES,
)  # fmt: skip
