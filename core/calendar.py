"""The working-day calendar as rows: seeded from the announced years, extended by an administrator."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock
from core.db import Base
from core.types import UtcDateTime
from core.workdays import CalendarDay, DayKind, WorkCalendar


class CalendarRow(Base):
    """One exception from Monday-to-Friday, and where it was announced."""

    __tablename__ = "calendar_day"
    on: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(120), default="")
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


_kept: dict[str, tuple[object, WorkCalendar]] = {}


def present(session: Session) -> WorkCalendar:
    """The calendar as it stands. Rebuilt only when its rows have changed: one small query otherwise."""
    stamp = session.execute(select(func.count(), func.max(CalendarRow.entered_at))).one()
    key = str(session.get_bind().engine.url)
    kept = _kept.get(key)
    if kept is None or kept[0] != tuple(stamp):
        rows = session.execute(select(CalendarRow.on, CalendarRow.kind, CalendarRow.name))
        calendar = WorkCalendar(CalendarDay(row.on, DayKind(row.kind), row.name) for row in rows)
        kept = _kept[key] = (tuple(stamp), calendar)
    return kept[1]


def add(session: Session, days: Iterable[CalendarDay], source: str) -> None:
    """Enter days; a day that stands already is replaced. The instant makes every process read them anew."""
    now = clock.now()
    for day in days:
        row = CalendarRow(on=day.on, kind=day.kind.value, name=day.name, source=source, entered_at=now)
        session.merge(row)
