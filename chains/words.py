"""The words of the map: codes of the files and of the database, and what people read."""

from typing import Any

from core.i18n import lazy as _l
from core.i18n import lazy_pgettext

STAGES: dict[str, Any] = {
    "up": _l("上游"),
    "mid": _l("中游"),
    "down": _l("下游"),
    "support": lazy_pgettext("stage", "配套"),
}
STATES: dict[str, Any] = {
    "strong": _l("优势"),
    "emerging": _l("潜力"),
    "weak": _l("薄弱"),
    "missing": _l("缺失"),
}
ROLES: dict[str, Any] = {
    "anchor": _l("链主"),
    "leading": _l("龙头"),
    "backbone": _l("骨干"),
    "supporting": lazy_pgettext("role", "配套"),
}
ACTIONS: dict[str, Any] = {
    "fill": _l("补链"),
    "extend": _l("延链"),
    "strengthen": _l("强链"),
    "create": _l("建链（引链主）"),
}
GAP_KINDS: dict[str, Any] = {
    "upstream": _l("上游缺口"),
    "downstream": _l("下游缺口"),
    "supply": _l("供应链缺口"),
}
PRIORITIES: dict[str, Any] = {"high": _l("优先级高"), "medium": _l("优先级中"), "low": _l("优先级低")}
EDGES: dict[str, Any] = {
    "supply": _l("供应"),
    "support": lazy_pgettext("edge", "配套"),
    "substitute": _l("替代"),
    "derive": _l("衍生"),
}
STATUSES: dict[str, Any] = {
    "draft": _l("草稿"),
    "review": _l("审核中"),
    "published": _l("已发布"),
    "archived": _l("已归档"),
}
OFFICES: dict[str, Any] = {
    "chief": _l("链长"),
    "deputy": _l("副链长"),
    "lead_department": _l("牵头部门"),
    "member": _l("成员单位"),
}

STAGE_OF = {"上游": "up", "中游": "mid", "下游": "down", "配套": "support"}
EDGE_OF = {"供应": "supply", "配套": "support", "替代": "substitute", "衍生": "derive"}
ROLE_OF = {"链主": "anchor", "龙头": "leading", "骨干": "backbone", "配套": "supporting"}
"""How files of officials write them."""
