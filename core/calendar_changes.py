"""Changes to the calendar by upload: read with faults by row, previewed, applied, and taken back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit, calendar, clock
from core.calendar import CalendarRow
from core.db import Base, Keyed, Versioned, load
from core.errors import Fault, Invalid, Missing, Refused
from core.fields import days
from core.fields.errors import FieldError
from core.i18n import _
from core.i18n import lazy as _l
from core.imports import precheck, sheets
from core.permissions import Actor, require
from core.types import BIG, UtcDateTime
from core.workdays import CalendarDay, DayKind, WorkCalendar

MANAGE = "calendar:day:manage"
MOST_ROWS = 400
_HEADS: Mapping[str, Sequence[str]] = {
    "on": ("日期", "date"),
    "kind": ("类型", "类别", "安排", "kind"),
    "name": ("名称", "节日", "说明", "name_zh", "name"),
}
KINDS: Mapping[str, DayKind] = {
    **dict.fromkeys(("放假", "休", "休息", "节假日", "holiday"), DayKind.HOLIDAY),
    **dict.fromkeys(("上班", "班", "调休", "调休上班", "补班", "workday"), DayKind.WORKDAY),
    **dict.fromkeys(("停工", "本地停工", "closed"), DayKind.CLOSED),
    **dict.fromkeys(("本地上班", "开工", "open"), DayKind.OPEN),
}
LABELS: Mapping[DayKind, Any] = {
    DayKind.HOLIDAY: _l("放假"),
    DayKind.WORKDAY: _l("调休上班"),
    DayKind.CLOSED: _l("本地停工"),
    DayKind.OPEN: _l("本地上班"),
}


class CalendarUpload(Keyed, Versioned, Base):
    """One uploaded table of days. `before` holds what stood at its days, so that it can be taken back."""

    __tablename__ = "calendar_upload"
    file_name: Mapped[str] = mapped_column(String(150))
    rows: Mapped[list[Any]] = mapped_column(JSON)
    before: Mapped[list[Any]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(8), default="draft")
    account_id: Mapped[int] = mapped_column(BIG)
    account_name: Mapped[str] = mapped_column(String(120))
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("state IN ('draft', 'applied', 'undone')", name="known_state"),)

    @property
    def days(self) -> list[CalendarDay]:
        return [CalendarDay(date.fromisoformat(on), DayKind(kind), name) for on, kind, name in self.rows]


@dataclass(frozen=True)
class Moved:
    """A deadline that another calendar moves."""

    label: str
    url: str
    before: datetime | None
    after: datetime


@dataclass(frozen=True)
class Mover:
    """An area with stored deadlines: what a calendar would move, and the writing of it."""

    preview: Callable[[Session, WorkCalendar], Iterable[Moved]]
    settle: Callable[[Session, Actor], int]


_movers: dict[str, Mover] = {}


def register(name: str, mover: Mover) -> None:
    _movers[name] = mover


def read(path: Path, name: str) -> list[CalendarDay]:
    """The days of an xlsx or CSV file. Raises Invalid naming every faulty row and column."""
    kind = precheck.kind_of(path, name)
    heads = sheets.peek(path, kind)
    places: dict[str, int] = {}
    faults: list[Fault] = []
    found: dict[date, CalendarDay] = {}
    for batch in sheets.stream(path, kind, heads[0].sheet if heads else "", ()):
        for number, cells in batch:
            texts = ["" if cell is None else str(cell).strip() for cell in cells]
            if not places:
                places = _header(texts)
            elif any(texts):
                _take(number, texts, cells, places, found, faults)
    if not places:
        raise precheck.refused("no_header", _l("没有找到表头。第一行请写：日期、类型、名称。"))
    if len(found) > MOST_ROWS:
        faults.append(Fault("file", "too_many", _l("一次最多 %(count)s 天。", count=MOST_ROWS)))
    if not found and not faults:
        faults.append(Fault("file", "no_rows", _l("表里没有一天。")))
    if faults:
        raise Invalid(faults)
    return sorted(found.values(), key=lambda day: day.on)


def _header(texts: list[str]) -> dict[str, int]:
    places = {
        key: index
        for key, words in _HEADS.items()
        for index, text in enumerate(texts)
        if text.lower() in words
    }
    return places if "on" in places and "kind" in places else {}


def _take(
    number: int,
    texts: list[str],
    cells: Sequence[Any],
    places: Mapping[str, int],
    found: dict[date, CalendarDay],
    faults: list[Fault],
) -> None:
    def cell(key: str) -> str:
        place = places.get(key, -1)
        return texts[place] if 0 <= place < len(texts) else ""

    def fault(code: str, column: str, message: Any) -> None:
        words = _("第 %(row)s 行“%(column)s”：%(message)s", row=number, column=column, message=message)
        faults.append(Fault("file", code, words, row=number, column=column))

    kind = KINDS.get(cell("kind").lower())
    if kind is None:
        fault(
            "kind",
            _("类型"),
            _("“%(value)s”不认识，请填放假、上班、停工或本地上班。", value=cell("kind")[:20]),
        )
    try:
        place = places["on"]
        on = days.day(cells[place] if place < len(cells) else None)
    except FieldError as error:
        fault("day", _("日期"), error)
        return
    if on is None:
        fault("day", _("日期"), _("请填日期。"))
    elif on in found:
        fault("twice", _("日期"), _("%(day)s 写了两次。", day=on.isoformat()))
    elif kind is not None:
        found[on] = CalendarDay(on, kind, cell("name")[:60])


def keep(session: Session, name: str, found: Sequence[CalendarDay], *, actor: Actor) -> CalendarUpload:
    """Keep what was read as a draft; nothing of the calendar changes."""
    require(actor, MANAGE)
    made = CalendarUpload(
        file_name=name[:150],
        rows=[[day.on.isoformat(), day.kind.value, day.name] for day in found],
        account_id=actor.account_id,
        account_name=actor.name,
    )
    session.add(made)
    session.flush()
    return made


def proposed(session: Session, upload: CalendarUpload) -> WorkCalendar:
    """The calendar as it would stand with this upload."""
    standing = {row.on: row for row in _rows(session)}
    mine = {day.on: day for day in upload.days}
    others = (
        CalendarDay(row.on, DayKind(row.kind), row.name) for on, row in standing.items() if on not in mine
    )
    return WorkCalendar([*others, *mine.values()])


def moved(session: Session, upload: CalendarUpload) -> list[Moved]:
    """Which stored deadlines this upload would move."""
    made = proposed(session, upload)
    return [each for mover in _movers.values() for each in mover.preview(session, made)]


def apply(session: Session, public_id: str, *, version: int | None, actor: Actor) -> int:
    """Enter the days and move the deadlines; how many moved. Raises Refused when it is no draft."""
    require(actor, MANAGE)
    upload = _in_state(session, public_id, version, "draft")
    wanted = [day.on for day in upload.days]
    standing = session.scalars(select(CalendarRow).where(CalendarRow.on.in_(wanted)))
    upload.before = [[row.on.isoformat(), row.kind, row.name, row.source] for row in standing]
    calendar.add(session, upload.days, upload.file_name[:120])
    upload.state, upload.applied_at = "applied", clock.now()
    return _settle(session, upload, "calendar.changed", actor)


def undo(session: Session, public_id: str, *, version: int | None, actor: Actor) -> int:
    """Put back what stood before. Raises Refused when a later upload has changed one of the days."""
    require(actor, MANAGE)
    upload = _in_state(session, public_id, version, "applied")
    mine = {on: (kind, name) for on, kind, name in upload.rows}
    wanted = [date.fromisoformat(on) for on in mine]
    now = {
        row.on.isoformat(): (row.kind, row.name)
        for row in session.scalars(select(CalendarRow).where(CalendarRow.on.in_(wanted)))
    }
    if now != mine:
        raise Refused([Missing(None, "changed", _l("后来又改过其中的日子，请先撤销后面那次。"))])
    session.execute(delete(CalendarRow).where(CalendarRow.on.in_(wanted)))
    session.expire_all()
    for on, kind, name, source in upload.before:
        calendar.add(session, [CalendarDay(date.fromisoformat(on), DayKind(kind), name)], source)
    upload.state = "undone"
    return _settle(session, upload, "calendar.undone", actor)


def _in_state(session: Session, public_id: str, version: int | None, state: str) -> CalendarUpload:
    upload = load(session, CalendarUpload, public_id, version)
    if upload.state != state:
        raise Refused([Missing(None, "state", _l("这份日历已经处理过了。"))])
    return upload


def _settle(session: Session, upload: CalendarUpload, action: str, actor: Actor) -> int:
    session.flush()
    moved_count = sum(mover.settle(session, actor) for mover in _movers.values())
    audit.record(
        action, "calendar", upload.id, actor=actor, label=upload.file_name,
        changes={"days": (len(upload.before), len(upload.rows)), "deadlines": (0, moved_count)},
    )  # fmt: skip
    return moved_count


def _rows(session: Session) -> list[CalendarRow]:
    return list(session.scalars(select(CalendarRow)))


def uploads(session: Session) -> list[CalendarUpload]:
    """The latest uploads that were applied or taken back."""
    statement = select(CalendarUpload).where(CalendarUpload.state != "draft")
    return list(session.scalars(statement.order_by(CalendarUpload.id.desc()).limit(20)))


def missing_year(days: WorkCalendar, today: date) -> int | None:
    """The coming year, from November on, while its arrangement has not been entered."""
    known = days.known_until.year
    return today.year + 1 if today.month >= 11 and known <= today.year else None
