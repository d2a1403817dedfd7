"""The columns of a sheet of what anchors buy in a year (DOMAIN 4)."""

from functools import partial
from typing import Final

from core.fields import days, numbers
from core.i18n import lazy as _l
from core.imports.columns import Column
from crm.enterprises.import_columns import middle_text, short_text
from crm.enterprises.import_owned import OWNER_COLUMNS

_money = partial(numbers.money_wan, minimum=0)
COLUMNS: Final = (
    *OWNER_COLUMNS,
    Column("home", _l("统计范围"), short_text, ("地方", "地区", "范围", "本地范围", "园区"), family="choice",
           required=True, whole=True, sample=str(_l("示例市"))),
    Column("year", _l("年度"), days.year, ("年份", "所属年度", "报告年度"), "integer", "day", required=True,
           whole=True, sample="2025"),
    Column("total_wan", _l("采购总额"), _money, ("采购额", "年采购总额", "全年采购额"), "decimal", "number",
           required=True, unit="万元", sample="124000"),
    Column("local_wan", _l("其中本地供应商"), _money, ("本地采购额", "本地供应商采购额", "市内采购额", "其中本地"),
           "decimal", "number", required=True, unit="万元", sample="39680"),
    Column("source", _l("数据来源"), middle_text, ("来源", "依据", "口径"), required=True, whole=True,
           sample=str(_l("企业报送的采购台账"))),
)  # fmt: skip
