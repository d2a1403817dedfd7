"""The one place that time comes from: aware UTC instants, and days as Shanghai counts them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_frozen: datetime | None = None


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen if _frozen is not None else datetime.now(UTC)


def today() -> date:
    """The present business day in Shanghai."""
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """The same instant on Shanghai's clock."""
    return instant.astimezone(SHANGHAI)


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Hold the clock of this process at `instant` (tests)."""
    global _frozen
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=SHANGHAI)
    before, _frozen = _frozen, instant.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before
