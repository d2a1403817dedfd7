"""The columns of a sheet of honours, and how authorities spell kinds and levels."""

import re
from typing import Final

from core.fields import days, texts
from core.fields.errors import FieldError
from core.fields.texts import Raw
from core.i18n import lazy as _l
from core.imports.columns import Column
from crm.enterprises.import_columns import middle_text, short_text
from crm.enterprises.import_owned import OWNER_COLUMNS

_LEVELS: Final = {
    "国家级": "national", "国家": "national", "省级": "provincial", "省": "provincial", "市级": "municipal",
    "市": "municipal", "县级": "county", "区级": "county", "县区级": "county", "县": "county", "区": "county",
}  # fmt: skip
_KINDS: Final = {
    "高新技术企业": "hte", "高企": "hte", "国家高新技术企业": "hte",
    "科技型中小企业": "tech_sme",
    "创新型中小企业": "innovative_sme",
    "专精特新中小企业": "srdi_sme", "专精特新": "srdi_sme", "专精特新企业": "srdi_sme",
    "专精特新小巨人企业": "little_giant", "专精特新小巨人": "little_giant", "小巨人": "little_giant",
    "小巨人企业": "little_giant",
    "制造业单项冠军": "champion", "制造业单项冠军企业": "champion", "单项冠军": "champion",
    "规模以上企业": "above_scale", "规上企业": "above_scale",
}  # fmt: skip
_QUOTES = re.compile(r"[\s“”\"'「」（）()]")


def level(cell: Raw) -> str | None:
    if texts.is_blank(cell):
        return None
    word = texts.folded(cell)
    if word not in _LEVELS:
        raise FieldError(
            "level", _l("不认识“%(value)s”，请填国家级、省级、市级或县级。", value=str(cell)[:20])
        )
    return _LEVELS[word]


def honour(cell: Raw) -> str | None:
    return texts.text(cell, limit=120)


def kind_of(name: str) -> str:
    """The code of an honour by its name; one that is not known by itself is `other`."""
    word = _QUOTES.sub("", texts.folded(name))
    for prefix in ("", "国家级", "国家", "省级", "市级", "县级", "区级"):
        if word.startswith(prefix) and word[len(prefix) :] in _KINDS:
            return _KINDS[word[len(prefix) :]]
    return "other"


COLUMNS: Final = (
    *OWNER_COLUMNS,
    Column(
        "honour", _l("荣誉名称"), honour, ("资质名称", "荣誉", "资质", "认定名称", "称号", "资质荣誉"),
        required=True, sample="高新技术企业", whole=True,
    ),
    Column(
        "level", _l("级别"), level, ("认定级别", "等级"), "choice", "choice", required=True, sample="国家级",
        whole=True,
    ),
    Column("batch", _l("批次"), short_text, ("认定批次",), whole=True),
    Column("doc_no", _l("文号"), short_text, ("发文文号", "认定文号", "证书编号"), whole=True),
    Column(
        "granted_on", _l("认定日期"), days.day, ("发证日期", "认定时间", "有效期起"), "day", "day", whole=True
    ),
    Column(
        "granted_year", _l("认定年度"), days.year, ("认定年份",), "integer", "day", whole=True
    ),
    Column("valid_to", _l("有效期止"), days.day, ("有效期至", "到期日期", "有效期截止"), "day", "day", whole=True),
    Column("source", _l("来源"), middle_text, ("数据来源",), whole=True),
)  # fmt: skip
