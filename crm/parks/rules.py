"""What a park can be: open, closed by its last day, or not begun yet (DOMAIN 2.2)."""

from datetime import date
from typing import Any, Final

from core.i18n import lazy as _l
from core.i18n import lazy_pgettext

KIND: Final = "park"
STATES: Final[dict[str, Any]] = {
    "open": _l("在用"),
    "waiting": _l("未启用"),
    "closed": lazy_pgettext("park", "已停用"),
}


def state_of(first: date | None, last: date | None, today: date) -> str:
    """The state on a day; both days are included."""
    if last is not None and last < today:
        return "closed"
    return "waiting" if first is not None and first > today else "open"
