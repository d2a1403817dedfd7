"""When a message goes, and how long a failed one waits. Pure functions of plain values."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from core.clock import SHANGHAI, local

DEFAULT_CHANNELS: Final = ("app", "mail")
MOST_ATTEMPTS: Final = 9
LONGEST_PAUSE: Final = timedelta(hours=24)


def pause(attempts: int) -> timedelta:
    """After the nth failure: 30 s, 2 min, 8 min, 32 min, 2 h, 8.5 h, then 24 h."""
    seconds: int = 30 * 4 ** min(max(attempts - 1, 0), 10)
    return min(timedelta(seconds=seconds), LONGEST_PAUSE)


def channels_of(chosen: Mapping[str, Any] | None, code: str) -> Sequence[str]:
    """By which channels a person hears of an event."""
    if chosen is None or code not in chosen:
        return DEFAULT_CHANNELS
    return [str(channel) for channel in chosen[code]]


def not_before(now: datetime, quiet_from: time | None, quiet_until: time | None) -> datetime:
    """The first instant, not before `now`, outside the quiet hours (which may pass midnight)."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return now
    here = local(now)
    at = here.time()
    if quiet_from < quiet_until:
        quiet = quiet_from <= at < quiet_until
    else:
        quiet = at >= quiet_from or at < quiet_until
    if not quiet:
        return now
    end = datetime.combine(here.date(), quiet_until, SHANGHAI)
    return end if end > here else end + timedelta(days=1)
