"""How verdicts look and how deeds on the roster are told."""

from collections.abc import Mapping
from typing import Any

from core.i18n import lazy as _l
from crm.activity.queries import Words

SHAPES: Mapping[str, tuple[str, str]] = {
    "met": ("ok", "check"),
    "not_met": ("late", "x"),
    "missing": ("idle", "info"),
    "unconfirmed": ("idle", "ring"),
    "not_entered": ("warn", "clock"),
}
"""Verdict → state and icon of its chip."""

DEEDS: Mapping[str, tuple[str, Any]] = {
    "cultivation.enrolled": ("ladder", _l("入库")),
    "cultivation.moved": ("up", _l("调整库或台阶")),
    "cultivation.changed": ("edit", _l("修改名录内容")),
    "cultivation.target_set": ("target", _l("定年度目标")),
    "cultivation.left": ("x", _l("出库")),
}

WORDS = Words(
    actions={action: label for action, (_icon, label) in DEEDS.items()},
    fields={"plan_text": _l("一企一策"), "leader_text": _l("联系领导"), "exit_reason": _l("出库原因")},
    icons={action: symbol for action, (symbol, _label) in DEEDS.items()},
)
