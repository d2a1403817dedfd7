"""The columns of a sheet of placements, and how their cells are read (DOMAIN 4)."""

from decimal import Decimal
from typing import Final

from core.fields import days, numbers, texts
from core.fields.errors import FieldError
from core.fields.texts import Raw, folded
from core.i18n import lazy as _l
from core.imports.columns import Column
from crm.enterprises.import_columns import credit_code, middle_text, short_text
from crm.enterprises.import_columns import name as firm_name

ROLES: Final = {
    "链主": "anchor", "链主企业": "anchor", "龙头": "leading", "龙头企业": "leading", "骨干": "backbone",
    "骨干企业": "backbone", "配套": "supporting", "配套企业": "supporting",
}  # fmt: skip
HUNDRED: Final = Decimal(100)


def role(cell: Raw) -> str | None:
    if texts.is_blank(cell):
        return None
    written = folded(cell).replace(" ", "")
    if written not in ROLES:
        raise FieldError(
            "role", _l("不认识角色“%(value)s”，请填链主、龙头、骨干或配套。", value=written[:20])
        )
    return ROLES[written]


def share(cell: Raw) -> Decimal | None:
    """A share of revenue as a part of 1; a cell in percent format holds 0.948."""
    fraction = isinstance(cell, float) and 0 <= cell <= 1
    found = numbers.percent(cell, places=2, minimum=0, maximum=100, fraction=fraction)
    return None if found is None else found / HUNDRED


COLUMNS: Final = (
    Column("name", _l("企业名称"), firm_name, ("企业", "公司名称", "企业全称", "名称"), required=True,
           sample="示例市栖霞微显示有限公司"),
    Column("uscc", _l("统一社会信用代码"), credit_code, ("社会信用代码", "信用代码"), family="code"),
    Column("stock_code", _l("证券代码"), texts.stock_code, ("股票代码",), family="code"),
    Column("chain", _l("产业链"), short_text, ("链", "所属产业链"), family="choice", whole=True, sample="新型显示"),
    Column("node", _l("节点"), short_text, ("环节", "节点代码", "细分环节", "产业链环节"), family="choice",
           required=True, sample="偏光片"),
    Column("role", _l("角色"), role, ("企业角色", "地位"), kind="choice", family="choice",
           required=True, sample="骨干"),
    Column("product", _l("主导产品"), middle_text, ("主营产品", "产品"), required=True, sample="TFT 偏光片"),
    Column("revenue_share", _l("该产品营收占比"), share, ("营收占比", "占比"), kind="decimal", family="number",
           sample="94.8%"),
    Column("evidence", _l("证据来源"), middle_text, ("证据", "来源", "依据"), required=True, whole=True,
           sample="2025 年年报主营产品"),
    Column("evidence_on", _l("证据日期"), days.day, ("日期", "截至日期"), kind="day", family="day", required=True,
           whole=True, sample="2025-12-31"),
)  # fmt: skip
