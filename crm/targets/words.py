"""The words of targets: labels, and the reasons behind a score."""

from decimal import Decimal
from typing import Any

from chains.words import ROLES, STATES
from core.i18n import _
from core.i18n import lazy as _l
from crm.targets.lifecycle import TARGET
from crm.targets.rules import Part

PARTS: dict[str, Any] = {
    "gap": _l("缺口"),
    "anchor": _l("链主关系"),
    "expansion": _l("扩张信号"),
    "strength": _l("实力"),
    "factors": _l("要素匹配"),
}
MATURITIES: dict[str, Any] = {
    "A": _l("A 意向明确"),
    "B": _l("B 有意向"),
    "C": _l("C 初步接触"),
    "D": _l("D 待了解"),
}
CATEGORIES: dict[str, Any] = {
    "fortune500": _l("世界500强"),
    "unicorn": _l("独角兽"),
    "listed": _l("上市公司"),
    "champion": _l("单项冠军"),
    "little_giant": _l("小巨人"),
    "srdi_sme": _l("专精特新"),
    "supplier": _l("链主配套"),
    "hte": _l("高新技术企业"),
    "other": _l("其他"),
}


def compared_labels() -> dict[str, Any]:
    """What two versions of a list are compared by."""
    return {
        "contact_status": _l("对接状态"),
        "maturity": _l("成熟度"),
        "fit_points": _l("契合分"),
        "unit": _l("责任单位"),
        "specialist": _l("专员"),
        "product": _l("主导产品"),
        "next_step": _l("下步计划"),
    }


def compared_value(name: str, value: Any) -> str:
    """A compared value as people read it."""
    if value is None or value == "":
        return "—"
    if name == "contact_status":
        return str(TARGET.label_of(value))
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def reason(part: Part) -> str:
    """One line: why a part has its points, or which data it lacks."""
    params = dict(part.params)
    if "state" in params:
        params["state"] = STATES[params["state"]]
    if params.get("role"):
        params["role"] = ROLES[params["role"]]
    return str(_WORDS[part.code](params))


_WORDS: dict[str, Any] = {
    "gap_placement": lambda p: _(
        "本地%(state)s；已挂在本环节，产品“%(product)s”", **_of(p, "state", "product")
    ),
    "gap_near_placement": lambda p: _(
        "本地%(state)s；挂在相近环节，产品“%(product)s”", **_of(p, "state", "product")
    ),
    "gap_product": lambda p: _(
        "本地%(state)s；产品“%(product)s”含关键词“%(word)s”", **_of(p, "state", "product", "word")
    ),
    "gap_industry": lambda p: _(
        "本地%(state)s；行业 %(industry)s 对得上，产品未核实", **_of(p, "state", "industry")
    ),
    "no_evidence": lambda p: _("缺数据：没有挂点，主要产品和行业也对不上，人工列入"),
    "anchor_near": lambda p: _(
        "图谱上与本地链主%(anchor)s（%(node)s）相邻，实际供货待核实", **_of(p, "anchor", "node")
    ),
    "no_anchor": lambda p: _("缺数据：相邻环节没有本地链主，或没有供货记录"),
    "growth": lambda p: _("%(year)s 年营收比上年 %(growth)s%%", **_of(p, "year", "growth")),
    "no_growth": lambda p: _("缺数据：没有连续两年的营收"),
    "revenue": lambda p: _("%(year)s 年营收 %(revenue)s 万元", **_of(p, "year", "revenue")),
    "role": lambda p: _("在图谱上是%(role)s", **_of(p, "role")),
    "role_share": lambda p: _(
        "%(role)s，“%(product)s”占营收 %(share)s%%", **_of(p, "role", "product", "share")
    ),
    "no_strength": lambda p: _("缺数据：没有营收，也没有挂点"),
    "by_hand": lambda p: _("人工：%(reason)s（%(who)s，%(on)s）", **_of(p, "reason", "who", "on")),
    "factors": lambda p: _yields(p),
    "no_factors": lambda p: _("缺数据：没有登记它的用地和用能"),
    "no_local_factors": lambda p: _("缺数据：本地同链企业没有登记用地和用能，无从比较"),
}


def _yields(params: dict[str, Any]) -> str:
    """Land and energy, each as far as it is told."""
    said = []
    if "land" in params:
        said.append(
            _("每亩营收 %(land)s 万元，本地同链企业 %(local_land)s", **_of(params, "land", "local_land"))
        )
    if "energy" in params:
        said.append(
            _(
                "每吨标准煤营收 %(energy)s 万元，本地同链企业 %(local_energy)s",
                **_of(params, "energy", "local_energy"),
            )
        )
    return _("；").join(map(str, said))


def _of(params: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: params.get(name) if params.get(name) is not None else "—" for name in names}
