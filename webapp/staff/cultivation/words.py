"""How verdicts look and how deeds on the roster are told."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.audit import AuditEntry
from core.i18n import lazy as _l

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


def timeline(entries: Iterable[AuditEntry]) -> list[dict[str, Any]]:
    """What `ui.timeline` shows, newest first."""
    items = []
    for entry in entries:
        symbol, title = DEEDS.get(entry.action, ("dot", entry.action))
        items.append(
            {"at": entry.at, "icon": symbol, "title": title, "who": entry.actor_name, "text": entry.reason}
        )
    return items
