"""What makes a node strong, emerging or weak: a sheet of versions (ships in data/rules, DOMAIN 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from core.criteria.sheets import Entry, Sheet, register
from core.i18n import lazy as _l

FILE = Path(__file__).resolve().parent.parent / "data" / "rules" / "chain_thresholds.json"


@dataclass(frozen=True)
class Thresholds:
    """One version. Scores run 0–100; weights are sums of `role_weights`, one role per firm and node."""

    version: str
    effective_from: date
    role_weights: Mapping[str, int]
    score_emerging: int
    score_strong: int
    min_peers: int
    weight_emerging: int
    weight_strong: int
    review_months: int

    @property
    def proposed(self) -> bool:
        """Whether this is still what ships as a proposal: nobody here has confirmed or changed it."""
        return self.version in _proposed()


def parse(data: dict[str, Any]) -> Thresholds:
    """One version of the file. Raises KeyError or ValueError when something is missing or odd."""
    names = (
        "role_weights", "score_emerging", "score_strong", "min_peers", "weight_emerging", "weight_strong",
        "review_months",
    )  # fmt: skip
    day = date.fromisoformat(data["effective_from"])
    return Thresholds(data["version"], day, **{name: data[name] for name in names})


def _odd(rule: Thresholds) -> Sequence[Any]:
    """What contradicts itself: bounds that cross, a weightier role that weighs less."""
    found: list[Any] = []
    if not rule.score_emerging < rule.score_strong:
        found.append(_l("规模分：潜力起点要低于优势起点。"))
    if not rule.weight_emerging < rule.weight_strong:
        found.append(_l("权重和：潜力起点要低于优势起点。"))
    weights = [rule.role_weights[role] for role in ("anchor", "leading", "backbone", "supporting")]
    if weights != sorted(weights, reverse=True):
        found.append(_l("角色权重要按链主、龙头、骨干、配套从高到低。"))
    return found


_SCORE = _l("分")
_ENTRIES = (
    Entry("role_weights.anchor", _l("角色权重：链主"), least=1, most=100),
    Entry("role_weights.leading", _l("角色权重：龙头"), least=1, most=100),
    Entry("role_weights.backbone", _l("角色权重：骨干"), least=1, most=100),
    Entry("role_weights.supporting", _l("角色权重：配套"), least=1, most=100),
    Entry("score_emerging", _l("规模分：潜力起点"), unit=_SCORE, least=1, most=100),
    Entry("score_strong", _l("规模分：优势起点"), unit=_SCORE, least=1, most=100),
    Entry("min_peers", _l("有企业的同级地区至少几个才给规模分"), unit=_l("个"), least=1, most=30),
    Entry("weight_emerging", _l("无外地对标时，权重和：潜力起点"), least=1, most=1000),
    Entry("weight_strong", _l("无外地对标时，权重和：优势起点"), least=1, most=1000),
    Entry("review_months", _l("挂点证据几个月后待复核"), unit=_l("个月"), least=1, most=120),
)
SHEET = register(
    Sheet(
        "chain_thresholds", _l("图谱节点状态阈值"),
        _l("新版从生效日起用于所有图谱的缺口分析和复核提醒；人工改判和已冻结的版本不变。"),
        FILE, _ENTRIES, parse, pick=lambda data: data, rules=_odd,
    )
)  # fmt: skip
on = SHEET.on
"""The version in force on a day; before the first one, the first."""


@cache
def _proposed() -> frozenset[str]:
    return frozenset(version for version, _since, body in SHEET.shipped() if body["status"] == "proposed")
