"""Words, groups of the queue, facts for the steps. Pure functions of plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from core.errors import Fault
from core.i18n import lazy as _l
from core.types import quantize
from core.workdays import WorkCalendar

MIN_CONTENT: Final = 10
"""Fewer characters describe no problem (face: 请写清时间、地点和想要的结果)."""

CATEGORIES: Final[Mapping[str, Any]] = {
    "policy": _l("政策"),
    "finance": _l("融资"),
    "land": _l("用地"),
    "staff": _l("用工"),
    "utility": _l("水电气"),
    "approval": _l("审批"),
    "logistics": _l("物流"),
    "environment": _l("环保"),
    "dispute": _l("纠纷"),
    "other": _l("其他"),
}
NATURES: Final[Mapping[str, Any]] = {
    "consult": _l("咨询"),
    "help": _l("求助"),
    "advice": _l("建议"),
    "complaint": _l("投诉举报"),
    "resource": _l("要素保障"),
    "complex": _l("复杂疑难"),
}
URGENCIES: Final[Mapping[str, Any]] = {"urgent": _l("紧急"), "important": _l("重要"), "normal": _l("一般")}
CHANNELS: Final[Mapping[str, Any]] = {
    "platform": _l("平台提交"),
    "hotline": _l("12345 转办"),
    "visit": _l("领导走访"),
    "meeting": _l("座谈会"),
    "specialist": _l("驻企专员"),
    "window": _l("窗口"),
}
RESULTS: Final[Mapping[str, Any]] = {
    "solved": _l("已解决"),
    "partial": _l("部分解决"),
    "explained": _l("解释说明"),
    "unsolvable": _l("暂无法解决"),
}
SOLVED: Final[Mapping[str, Any]] = {"yes": _l("解决了"), "partly": _l("解决一部分"), "no": _l("没解决")}
SATISFACTION: Final[Mapping[int, Any]] = {3: _l("满意"), 2: _l("基本满意"), 1: _l("不满意")}

WORKING: Final = (
    "submitted",
    "accepted",
    "dispatched",
    "return_pending",
    "handling",
    "extend_pending",
    "escalated",
)
VIEWS: Final[Mapping[str, tuple[str, ...]]] = {
    "todo": WORKING,
    "unsigned": ("dispatched",),
    "waiting": ("waiting_enterprise",),
    "reviewing": ("reviewing",),
    "suspended": ("suspended",),
    "done": ("completed", "unreachable", "unrated", "evaluated", "archived", "not_accepted", "withdrawn"),
}
VIEW_LABELS: Final[Mapping[str, Any]] = {
    "todo": _l("待我办"),
    "unsigned": _l("待签收"),
    "waiting": _l("等企业补充"),
    "reviewing": _l("待审核"),
    "suspended": _l("挂账"),
    "done": _l("已办结"),
}
RATEABLE: Final = ("completed", "unreachable")
GROUPS: Final[Mapping[str, Any]] = {
    "late": _l("已超期"),
    "today": _l("今天到期"),
    "soon": _l("5 个工作日内"),
    "later": _l("以后"),
    "waiting": _l("时限已暂停"),
}
SOON_WORKDAYS: Final = 5


def group_of(due_at: datetime | None, now: datetime, soon_until: date) -> str:
    """The group of the queue, both instants on the local clock; `soon_until` is five working days on."""
    if due_at is None:
        return "later"
    if due_at < now:
        return "late"
    if due_at.date() == now.date():
        return "today"
    return "soon" if due_at.date() <= soon_until else "later"


def soon_until(calendar: WorkCalendar, today: date) -> date:
    return calendar.add_workdays(today, SOON_WORKDAYS).on


def submission_faults(values: Mapping[str, Any]) -> list[Fault]:
    """Everything that keeps a new request from being taken, field by field."""
    faults = []
    if not str(values.get("title") or "").strip():
        faults.append(Fault("title", "missing", _l("请用一句话说明。")))
    if len(str(values.get("content") or "").strip()) < MIN_CONTENT:
        faults.append(Fault("content", "too_short", _l("请写清时间、地点和想要的结果，至少 10 个字。")))
    for name, known in (("category", CATEGORIES), ("nature", NATURES)):
        if values.get(name) not in known:
            faults.append(Fault(name, "unknown", _l("请选一项。")))
    return faults


@dataclass(frozen=True)
class Tally:
    """Counts of a period (DOMAIN 11). Open requests that are not yet due count nowhere."""

    closed_in_time: int
    closed_late: int
    overdue_open: int
    called_back: int
    solved: int
    content: int
    fairly_content: int
    rated: int


def rate(part: int, whole: int) -> Decimal | None:
    """Per cent with two decimals; None where the denominator is nought (shown as —)."""
    return None if whole == 0 else quantize(Decimal(part) * 100 / whole, 2)


def in_time_rate(tally: Tally) -> Decimal | None:
    """按期办结率 = in time / (completed + overdue and open)."""
    return rate(tally.closed_in_time, tally.closed_in_time + tally.closed_late + tally.overdue_open)


def solved_rate(tally: Tally) -> Decimal | None:
    """解决率 = solved / valid call-backs; an explanation is no solution."""
    return rate(tally.solved, tally.called_back)


def satisfaction_rate(tally: Tally) -> Decimal | None:
    return rate(tally.content + tally.fairly_content, tally.rated)


def participation_rate(tally: Tally) -> Decimal | None:
    """参评率 = valid ratings / completed."""
    return rate(tally.rated, tally.closed_in_time + tally.closed_late)
