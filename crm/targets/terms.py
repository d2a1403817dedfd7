"""Weights of the fit score and days of silence: a sheet of versions (shipped: data/rules/target_fit.json, DOMAIN 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.criteria.sheets import Entry, Sheet, register
from core.i18n import lazy as _l

FILE = Path(__file__).resolve().parents[2] / "data" / "rules" / "target_fit.json"
_WHOLE = 100


@dataclass(frozen=True)
class Terms:
    """One version. Points per part add up to 100; steps go from the highest bound down."""

    version: str
    effective_from: date
    parts: Mapping[str, int]
    gap_points: Mapping[str, int]
    evidence_factor: Mapping[str, Decimal]
    anchor_points: int
    growth_steps: Sequence[tuple[Decimal, int]]
    shrinking_points: int
    role_points: Mapping[str, int]
    revenue_steps_wan: Sequence[tuple[Decimal, int]]
    remind_days: int
    release_days: int


def parse(data: dict[str, Any]) -> Terms:
    """One version of the file. Raises KeyError or ValueError when something is missing or odd."""
    return Terms(
        version=data["version"],
        effective_from=date.fromisoformat(data["effective_from"]),
        parts=data["parts"],
        gap_points=data["gap_points"],
        evidence_factor={name: Decimal(value) for name, value in data["evidence_factor"].items()},
        anchor_points=data["anchor_points"],
        growth_steps=[(Decimal(bound), points) for bound, points in data["growth_steps"]],
        shrinking_points=data["shrinking_points"],
        role_points=data["role_points"],
        revenue_steps_wan=[(Decimal(bound), points) for bound, points in data["revenue_steps_wan"]],
        remind_days=data["remind_days"],
        release_days=data["release_days"],
    )


def _odd(terms: Terms) -> Sequence[Any]:
    """What contradicts itself: weights that are no hundred, points beyond their part, steps out of order."""
    found: list[Any] = []
    if sum(terms.parts.values()) != _WHOLE:
        found.append(_l("五部分权重之和要等于 100。"))
    most = {
        "gap": max(terms.gap_points.values()),
        "anchor": terms.anchor_points,
        "expansion": max([terms.shrinking_points, *(points for _bound, points in terms.growth_steps)]),
        "strength": max(
            [*terms.role_points.values(), *(points for _bound, points in terms.revenue_steps_wan)]
        ),
    }
    if any(points > terms.parts[name] for name, points in most.items()):
        found.append(_l("每一项的得分不能超过所属部分的权重。"))
    steps = (terms.growth_steps, terms.revenue_steps_wan)
    if any(list(each) != sorted(each, reverse=True) for each in steps):
        found.append(_l("分档的起点和得分要从高到低。"))
    if terms.remind_days >= terms.release_days:
        found.append(_l("提醒天数要小于回收天数。"))
    return found


_POINTS = _l("分")
_ENTRIES = (
    Entry("parts.gap", _l("权重：缺口"), unit=_POINTS, most=100),
    Entry("parts.anchor", _l("权重：链主关系"), unit=_POINTS, most=100),
    Entry("parts.expansion", _l("权重：扩张信号"), unit=_POINTS, most=100),
    Entry("parts.strength", _l("权重：实力"), unit=_POINTS, most=100),
    Entry("parts.factors", _l("权重：要素匹配"), unit=_POINTS, most=100),
    Entry("gap_points.missing", _l("缺口：本地缺失"), unit=_POINTS, most=100),
    Entry("gap_points.weak", _l("缺口：本地薄弱"), unit=_POINTS, most=100),
    Entry("gap_points.emerging", _l("缺口：本地有潜力"), unit=_POINTS, most=100),
    Entry("gap_points.strong", _l("缺口：本地有优势"), unit=_POINTS, most=100),
    Entry("evidence_factor.placement", _l("证据系数：挂在本环节"), "number", most=1),
    Entry("evidence_factor.near_placement", _l("证据系数：挂在相近环节"), "number", most=1),
    Entry("evidence_factor.product", _l("证据系数：产品对得上"), "number", most=1),
    Entry("evidence_factor.industry", _l("证据系数：行业对得上"), "number", most=1),
    Entry("anchor_points", _l("链主关系：图谱上与本地链主相邻"), unit=_POINTS, most=100),
    *(
        entry
        for place, name in enumerate((_l("第一档"), _l("第二档"), _l("第三档")))
        for entry in (
            Entry(f"growth_steps.{place}.0", _l("营收增长%(step)s起点（1 为 100%%）", step=name), "number"),
            Entry(f"growth_steps.{place}.1", _l("营收增长%(step)s得分", step=name), unit=_POINTS, most=100),
        )
    ),
    Entry("shrinking_points", _l("营收下降得分"), unit=_POINTS, most=100),
    Entry("role_points.anchor", _l("实力：链主"), unit=_POINTS, most=100),
    Entry("role_points.leading", _l("实力：龙头"), unit=_POINTS, most=100),
    Entry("role_points.backbone", _l("实力：骨干"), unit=_POINTS, most=100),
    Entry("role_points.supporting", _l("实力：配套"), unit=_POINTS, most=100),
    *(
        entry
        for place, name in enumerate((_l("第一档"), _l("第二档"), _l("第三档"), _l("第四档")))
        for entry in (
            Entry(
                f"revenue_steps_wan.{place}.0", _l("实力：营收%(step)s起点", step=name), "number", _l("万元")
            ),
            Entry(
                f"revenue_steps_wan.{place}.1",
                _l("实力：营收%(step)s得分", step=name),
                unit=_POINTS,
                most=100,
            ),
        )
    ),
    Entry("remind_days", _l("几天没有跟进提醒"), unit=_l("天"), least=1, most=3650),
    Entry("release_days", _l("几天没有跟进回收公海"), unit=_l("天"), least=1, most=3650),
)
SHEET = register(
    Sheet(
        "target_fit", _l("目标企业契合分与跟进时限"),
        _l("新版从生效日起用于新的评分、提醒和回收；名单上已有的分数不变，重新评分时才用新版。"),
        FILE, _ENTRIES, parse, pick=lambda data: data, rules=_odd,
    )
)  # fmt: skip
on = SHEET.on
"""The version in force on a day; before the first one, the first."""
