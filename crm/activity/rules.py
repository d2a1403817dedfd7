"""What makes a follow-up count, and what colour a silence has. Pure functions of plain values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from core.errors import Fault
from core.i18n import lazy as _l
from crm.activity.terms import Terms

HOW_LABELS: Final[Mapping[str, Any]] = {
    "visit": _l("上门拜访"),
    "host": _l("来访接待"),
    "call": _l("电话"),
    "online": _l("线上会议"),
    "meeting": _l("座谈会"),
}
HOW_ICONS: Final[Mapping[str, str]] = {
    "visit": "pin",
    "host": "user2",
    "call": "phone",
    "online": "phone",
    "meeting": "user2",
}
FIRST_YEAR: Final = 1980
SORT_LABELS: Final[Mapping[str, Any]] = {"todo": _l("待办"), "problem": _l("问题")}

_SEPARATORS = re.compile(r"[、,，;；\n]+")


@dataclass(frozen=True)
class FollowUpValues:
    """What a follow-up consists of. `at` is aware."""

    at: datetime
    how: str
    our_people: Sequence[str]
    their_people: Sequence[str]
    summary: str
    next_step: str
    next_on: date | None


def people(text: str) -> list[str]:
    """Names out of one line, separated by 、 or commas; doubles once."""
    names = (part.strip() for part in _SEPARATORS.split(text))
    return list(dict.fromkeys(name for name in names if name))


def follow_up_faults(values: FollowUpValues, now: datetime, today: date) -> list[Fault]:
    """Everything that keeps a record from being a follow-up (DOMAIN 6 有效跟进)."""
    faults = []
    if values.how not in HOW_LABELS:
        faults.append(Fault("how", "unknown", _l("请选择联系方式。")))
    if values.at > now:
        faults.append(Fault("at", "future", _l("跟进时间不能晚于现在；以后的安排写在“下一步”。")))
    if values.at.year < FIRST_YEAR:
        faults.append(Fault("at", "long_ago", _l("请核对年份：%(year)s 年不会有跟进。", year=values.at.year)))
    if not values.their_people:
        faults.append(Fault("their_people", "required", _l("请写明对方是谁；没有对方人员的不算有效跟进。")))
    if not values.our_people:
        faults.append(Fault("our_people", "required", _l("请写明我方是谁。")))
    if len(values.summary.strip()) < 4:
        faults.append(Fault("summary", "required", _l("请写明谈了什么。")))
    if not values.next_step.strip():
        faults.append(Fault("next_step", "required", _l("请写明下一步做什么。")))
    if values.next_on is not None and values.next_on < today:
        faults.append(Fault("next_on", "past", _l("下一步日期不能早于今天。")))
    return faults


def silence_light(last_on: date | None, today: date, terms: Terms) -> str:
    """green, amber or red by days since the last contact; grey when there was none yet."""
    if last_on is None:
        return "grey"
    days = (today - last_on).days
    if days > terms.red_days:
        return "red"
    return "amber" if days > terms.amber_days else "green"
