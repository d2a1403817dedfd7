"""The columns of a target list as officials keep it in Excel, and how their cells are read (DOMAIN 5)."""

import re
from collections.abc import Mapping
from typing import Any, Final

from core.fields import days, texts
from core.fields.errors import FieldError
from core.fields.texts import Raw
from core.i18n import lazy as _l
from core.imports.columns import Column
from crm.activity.rules import HOW_LABELS
from crm.enterprises.import_columns import credit_code, long_text, middle_text, name, short_text
from crm.targets.words import CATEGORIES

_STATES: Final = {
    "未对接": "none", "未联系": "none", "未启动": "none", "待对接": "none",
    "已建联": "linked", "建联": "linked", "已联系": "linked", "已对接": "linked",
    "已拜访": "visited", "来访": "visited", "已来访": "visited", "已拜访来访": "visited",
    "拜访": "visited",
    "互访": "mutual", "已互访": "mutual",
    "在谈": "negotiating", "洽谈中": "negotiating", "正在洽谈": "negotiating", "深度洽谈": "negotiating",
    "搁置": "paused", "暂停": "paused", "放弃": "dropped", "终止": "dropped", "已放弃": "dropped",
}  # fmt: skip
_OVER: Final = frozenset({"转项目", "已转项目", "已签约", "签约", "已落地", "转线索", "已转线索"})
_CATEGORIES: Final = {
    "世界500强": "fortune500", "500强": "fortune500", "独角兽": "unicorn", "独角兽企业": "unicorn", "上市": "listed",
    "上市公司": "listed", "上市企业": "listed", "单项冠军": "champion", "制造业单项冠军": "champion",
    "小巨人": "little_giant", "专精特新小巨人": "little_giant", "专精特新": "srdi_sme",
    "链主配套": "supplier",
    "配套企业": "supplier", "高新技术企业": "hte", "高企": "hte", "其他": "other",
}  # fmt: skip
_HOWS: Final = {
    "上门拜访": "visit", "拜访": "visit", "来访": "host", "来访接待": "host", "接待": "host", "电话": "call",
    "微信": "call", "线上": "online", "线上会议": "online", "视频会议": "online", "座谈": "meeting",
    "座谈会": "meeting", "会议": "meeting",
}  # fmt: skip
_BOTH = re.compile(r"\s*[/／]\s*")
_MARKS = re.compile(r"[\s()（）、,，/／\"“”]")


def _word(cell: Raw) -> str | None:
    return None if texts.is_blank(cell) else _MARKS.sub("", texts.folded(cell))


def _one_of(known: dict[str, str], words: Any, cell: Raw) -> str | None:
    written = _word(cell)
    if written is None:
        return None
    if written not in known:
        raise FieldError(
            "choice", _l("不认识“%(value)s”，请填：%(known)s。", value=str(cell)[:20], known=words)
        )
    return known[written]


def state(cell: Raw) -> str | None:
    """A contact state. What has become a lead or project belongs to those lists."""
    if _word(cell) in _OVER:
        raise FieldError(
            "over", _l("“%(value)s”的请登记为线索或项目；目标名单只收还在跟的。", value=str(cell)[:20])
        )
    return _one_of(_STATES, _l("未对接、已建联、已拜访、互访、在谈、搁置、放弃"), cell)


def category(cell: Raw) -> str | None:
    words = "、".join(str(label) for label in CATEGORIES.values())
    return _one_of(_CATEGORIES, words, cell)


def maturity(cell: Raw) -> str | None:
    written = _word(cell)
    if written is None:
        return None
    letter = written.upper().removesuffix("类").removesuffix("级")
    if letter not in ("A", "B", "C", "D"):
        raise FieldError("choice", _l("成熟度填 A、B、C 或 D，现在是“%(value)s”。", value=str(cell)[:20]))
    return letter


def how(cell: Raw) -> str | None:
    return _one_of(_HOWS, "、".join(str(label) for label in HOW_LABELS.values()), cell)


def owners(values: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """(unit, specialist) of a row; one cell may hold both, as “责任单位/专员” of the filed table does."""
    unit, person = values.get("unit"), values.get("specialist")
    if unit is None or not (parts := _BOTH.split(unit, maxsplit=1))[1:]:
        return unit, person
    return parts[0] or None, person or parts[1] or None


COLUMNS: Final = (
    Column("name", _l("企业名称"), name, ("企业", "公司名称", "目标企业", "企业全称", "名称"), required=True,
           sample="示例市栖霞微显示有限公司"),
    Column("uscc", _l("统一社会信用代码"), credit_code, ("社会信用代码", "信用代码"), family="code",
           sample="91519900MA6SL00472"),
    Column("stock_code", _l("证券代码"), texts.stock_code, ("股票代码",), family="code"),
    Column("list", _l("名单"), short_text, ("目标名单", "名单名称", "专题"), whole=True, sample="新型显示补链名单"),
    Column("chain", _l("产业链"), short_text, ("链", "所属产业链", "产业", "链条"), family="choice", whole=True,
           sample="新型显示"),
    Column("node", _l("环节"), short_text, ("节点", "细分环节", "产业环节", "细分领域", "产业链环节", "细分方向"),
           family="choice", sample="偏光片"),
    Column("category", _l("企业类别"), category, ("类别", "企业类型"), kind="choice", family="choice"),
    Column("product", _l("主导产品"), middle_text, ("主营产品", "主要产品", "产品"), sample="TFT 偏光片"),
    Column("maturity", _l("成熟度"), maturity, ("意向程度",), kind="choice", family="choice"),
    Column("layout", _l("在外布局与扩张动态"), long_text, ("扩张动态", "在外布局", "投资动态")),
    Column("reason", _l("与本地契合点"), long_text, ("契合点", "招引理由", "推荐理由")),
    Column("unit", _l("责任单位"), short_text, ("牵头单位", "归口单位", "招商单位", "责任单位/专员"), family="choice",
           whole=True),
    Column("specialist", _l("专员"), short_text, ("招商专员", "责任人", "联系人", "跟进人"), family="choice"),
    Column("leader", _l("牵头领导"), short_text, ("包抓领导", "领导", "挂钩领导"), family="choice"),
    Column("state", _l("对接状态"), state, ("状态", "进展情况", "对接情况"), kind="choice", family="choice",
           sample="已建联"),
    Column("first_on", _l("首次对接日"), days.day, ("首次对接时间", "首次联系日期"), kind="day", family="day"),
    Column("last_on", _l("最近跟进日"), days.day, ("最近联系日期", "最近跟进时间", "上次联系"), kind="day",
           family="day", sample="2026-10-20"),
    Column("progress", _l("最近进展"), long_text, ("进展", "跟进记录", "工作进展", "对接进展"),
           sample="2026-10-20 视频会议，对方考虑扩产"),
    Column("how", _l("对接方式"), how, ("联系方式",), kind="choice", family="choice"),
    Column("next_step", _l("下步计划"), middle_text, ("下一步计划", "下一步", "下步打算", "下步工作")),
    Column("next_on", _l("下次计划日期"), days.day, ("下次联系日期", "计划日期"), kind="day", family="day"),
    Column("end_reason", _l("放弃原因"), middle_text, ("搁置原因", "未成原因")),
    Column("source", _l("来源"), short_text, ("线索来源", "信息来源"), whole=True),
)  # fmt: skip
"""Only the name must be there."""
