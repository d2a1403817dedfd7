"""The words of the map: codes of the files and of the database, and what people read."""

from collections.abc import Mapping
from typing import Any

from chains.gaps import NodeState, State
from chains.thresholds import Thresholds
from core.i18n import _, lazy_pgettext
from core.i18n import lazy as _l

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


def tally(missing: int, weak: int) -> str:
    """How many end nodes below a node are missing and weak, as short as the picture needs it."""
    if missing and weak:
        return str(_("缺 %(missing)s 弱 %(weak)s", missing=missing, weak=weak))
    if missing:
        return str(_("缺 %(missing)s", missing=missing))
    return str(_("弱 %(weak)s", weak=weak)) if weak else str(_("齐全"))


def tally_spoken(missing: int, weak: int) -> str:
    """The same in whole words, for whoever hears the picture."""
    if missing or weak:
        return str(_("缺失 %(missing)s 个，薄弱 %(weak)s 个", missing=missing, weak=weak))
    return str(_("没有缺失和薄弱"))


def arithmetic(state: NodeState, rule: Thresholds, names: Mapping[str, str]) -> list[str]:
    """How a node came to its state, line by line, so that anybody can check it by hand."""
    lines = [_local(state, rule)]
    if state.strongest is not None:
        best = state.strongest
        place = names.get(best.place, best.place)
        lines.append(
            _(
                "最强地区：%(place)s %(firms)s 家，权重和 %(weight)s。",
                place=place,
                firms=best.firms,
                weight=best.weight,
            )
        )
    if state.state is State.MISSING:
        lines.append(_("本地没有企业，判为缺失。"))
        return lines
    bounds = {"emerging": rule.score_emerging, "strong": rule.score_strong}
    if state.score is not None and state.strongest is not None:
        weights = {"local": state.local_weight, "best": state.strongest.weight, "score": f"{state.score:f}"}
        lines.append(_("规模分 100 × %(local)s ÷ %(best)s = %(score)s（最高 100）。", **weights))
        lines.append(
            _("低于 %(emerging)s 薄弱，%(emerging)s–%(strong)s 潜力，%(strong)s 以上优势。", **bounds)
        )
    else:
        bounds = {"emerging": rule.weight_emerging, "strong": rule.weight_strong}
        counts = {"peers": state.peers, "least": rule.min_peers}
        lines.append(
            _("无外地对标（有企业的同级地区 %(peers)s 个，不足 %(least)s 个），按本地权重和分级。", **counts)
        )
        lines.append(_("%(strong)s 以上优势，%(emerging)s 以上潜力，其余薄弱。", **bounds))
    return lines


def _local(state: NodeState, rule: Thresholds) -> str:
    if not state.local_firms:
        return str(_("本地 0 家。"))
    parts = [
        _(
            "%(role)s %(count)s × %(weight)s",
            role=ROLES[role],
            count=state.roles[role],
            weight=rule.role_weights[role],
        )
        for role in ROLES
        if role in state.roles
    ]
    values = {"firms": state.local_firms, "parts": "、".join(parts), "weight": state.local_weight}
    return str(_("本地 %(firms)s 家：%(parts)s，权重和 %(weight)s。", **values))
