"""The columns of an enterprise sheet: what officials call them and how their cells are read."""

import re
from typing import Final

from core.fields import days, numbers, texts, uscc
from core.fields.errors import FieldError
from core.fields.texts import Raw
from core.i18n import lazy as _l
from core.imports.columns import Column

_STATUS: Final = {
    "存续": "active", "在业": "active", "开业": "active", "在营": "active", "正常": "active", "存续在业": "active",
    "迁出": "moved_out", "注销": "deregistered", "吊销": "revoked", "撤销": "cancelled", "吊销未注销": "revoked",
    "吊销已注销": "deregistered",
}  # fmt: skip
_INDUSTRY = re.compile(r"[A-T]?(\d{4})")
_SEPARATORS = re.compile(r"[、,，;；|\n]+")


def credit_code(cell: Raw) -> str | None:
    """A verified code, or None where a table says that there is none."""
    return None if texts.is_blank(cell) else uscc.enterprise_code(cell)


def name(cell: Raw) -> str | None:
    if isinstance(cell, (int, float)):
        raise FieldError("name", _l("“%(value)s”是数字，不像企业名称。", value=str(cell)[:30]))
    found = texts.text(cell, limit=200)
    if found is not None and len(found) < 2:
        raise FieldError("name", _l("名称只有一个字，请填全称。"))
    return found


def short_text(cell: Raw) -> str | None:
    return _text(cell, 80)


def middle_text(cell: Raw) -> str | None:
    return _text(cell, 300)


def long_text(cell: Raw) -> str | None:
    return _text(cell, 4000, lines=True)


def _text(cell: Raw, limit: int, *, lines: bool = False) -> str | None:
    """Text, or None for the signs that mean "nothing here", which are all short."""
    written = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    found = texts.text(written, limit=limit, lines=lines)
    return None if found is not None and len(found) <= 4 and texts.is_blank(found) else found


def names(cell: Raw) -> list[str]:
    """Several names in one cell, parted by 、 or commas."""
    whole = _text(cell, 1000, lines=True)
    parts = [part.strip() for part in _SEPARATORS.split(whole or "")]
    return [text for part in dict.fromkeys(parts) if (text := texts.text(part, limit=200))]


def industry_code(cell: Raw) -> str | None:
    """A class of GB/T 4754: 3974 or C3974; a number that lost its leading nought gets it back."""
    if texts.is_blank(cell):
        return None
    written = f"{cell:04d}" if isinstance(cell, int) else texts.folded(cell).upper().replace(" ", "")
    found = _INDUSTRY.fullmatch(written)
    if found is None:
        raise FieldError("industry", _l("要 4 位小类代码，现在是“%(value)s”。", value=str(cell)[:20]))
    return found[1]


def status(cell: Raw) -> str | None:
    if texts.is_blank(cell):
        return None
    word = re.sub(r"[\s()（）、,，/]|企业$", "", texts.folded(cell))
    if word not in _STATUS:
        raise FieldError(
            "status", _l("不认识“%(value)s”，请填存续、迁出、注销、吊销或撤销。", value=str(cell)[:20])
        )
    return _STATUS[word]


COLUMNS: Final = (
    Column(
        "name", _l("企业名称"), name, required=True, sample="示例市栖霞微显示有限公司",
        synonyms=("企业全称", "公司名称", "单位名称", "单位全称", "公司全称", "名称", "纳税人名称", "市场主体名称",
                  "full_name"),
    ),
    Column(
        "uscc", _l("统一社会信用代码"), credit_code, family="code", sample="91519900MA6SL00472",
        synonyms=("社会信用代码", "信用代码", "统一信用代码", "社会统一信用代码", "统一代码", "纳税人识别号", "税号"),
    ),
    Column("stock_code", _l("证券代码"), texts.stock_code, ("股票代码", "A股代码", "symbol"), family="code"),
    Column("short_name", _l("简称"), short_text, ("企业简称", "公司简称", "证券简称", "股票简称", "short_name_2026")),
    Column("former_names", _l("曾用名"), names, ("曾用名称", "原名称", "更名前名称"), kind="texts"),
    Column("english_name", _l("英文名称"), middle_text, ("英文名",)),
    Column(
        "reg_status", _l("登记状态"), status, ("经营状态", "企业状态", "存续状态", "状态"),
        kind="choice", family="choice", sample="存续",
    ),
    Column("legal_rep", _l("法定代表人"), short_text, ("法人代表", "法人", "法定代表人姓名", "法人姓名")),
    Column(
        "reg_capital_wan", _l("注册资本"), numbers.money_wan, ("注册资金", "注册资本金"),
        kind="decimal", family="number", unit="万元", sample="5000",
    ),
    Column(
        "founded_on", _l("成立日期"), days.day, ("成立时间", "注册日期", "注册时间", "设立日期", "成立年月日"),
        kind="day", family="day", sample="2019-04-02",
    ),
    Column("listed_on", _l("上市日期"), days.day, ("上市时间", "list_date"), kind="day", family="day"),
    Column(
        "region", _l("所属地区"), short_text, family="choice",
        synonyms=("地区", "行政区划", "所在地区", "区划代码", "行政区划代码", "属地", "所属区县", "area", "area_2026"),
    ),
    Column("park", _l("园区"), short_text, ("所在园区", "所属园区", "片区", "开发区"), family="choice"),
    Column(
        "industry_code", _l("行业代码"), industry_code, family="choice", sample="3974",
        synonyms=("行业小类", "行业小类代码", "国民经济行业代码", "gbt4754"),
    ),
    Column("industry_text", _l("行业"), short_text, ("所属行业", "行业名称", "行业类别", "industry", "industry_ts")),
    Column("reg_address", _l("注册地址"), middle_text, ("住所", "注册地", "登记地址", "地址")),
    Column("site_address", _l("经营地址"), middle_text, ("生产经营地址", "实际经营地址", "办公地址", "通讯地址")),
    Column("main_products", _l("主要产品"), long_text, ("主营产品", "主导产品", "产品", "主要产品及服务", "主营业务")),
    Column("scope_text", _l("经营范围"), long_text, ("业务范围",)),
    Column(
        "above_scale", _l("是否规上"), texts.yes_no, ("规上", "规上企业", "是否规上企业", "是否规模以上"),
        kind="flag", family="choice",
    ),
)  # fmt: skip
"""Every column that can be imported; only the name must be there. Money is in 万元 unless the sheet says so."""

WORDS: Final = {"reg_status": ("存续", "迁出", "注销", "吊销", "撤销"), "above_scale": ("是", "否")}
"""Of columns with few words, those that a person can choose among."""
