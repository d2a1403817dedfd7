"""One timeline of deeds, follow-ups and notes; open tasks. The caller has checked the record itself."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, union_all
from sqlalchemy.orm import Session, joinedload

from core import clock, masking
from core.audit import AuditEntry
from core.errors import NotFound
from core.i18n import _
from core.i18n import lazy as _l
from crm.activity import rules
from crm.activity.models import FollowUp, Note, Task

SHOWN_BY_ITSELF = ("activity.followed_up", "activity.noted")
"""Deeds whose own rows stand in the timeline already."""

NAMED = ("activity.task", "files.")
"""Deeds whose label says, after the record's name, what they were done to."""

COMMON_ACTIONS: Mapping[str, Any] = {
    "activity.inherited": _l("带来以前的跟进记录"),
    "activity.task_added": _l("新增待办"),
    "activity.task_changed": _l("更新待办"),
    "activity.task_done": _l("办完一项"),
    "files.added": _l("上传附件"),
}
COMMON_FIELDS: Mapping[str, Any] = {
    "due_on": _l("期限"),
    "progress": _l("进展"),
    "follow_ups": _l("跟进记录"),
}


def _plain(name: str, value: Any) -> str:
    return "—" if value is None or value == "" else str(value)


@dataclass(frozen=True)
class Words:
    """How an area calls its deeds and fields; `shown` writes a value of a field as people read it.

    `named` are the beginnings of deeds whose label says, after the record's name, what they were done to.
    """

    actions: Mapping[str, Any]
    fields: Mapping[str, Any]
    shown: Callable[[str, Any], str] = _plain
    icons: Mapping[str, str] = field(default_factory=dict)
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    label: Any
    before: str
    after: str


@dataclass(frozen=True)
class About:
    """The record that a line is about, where it is not the page's own: how it is called, and where it stands."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Strand:
    """Records of one kind whose history stands in a timeline, by id; None for the page's own record.

    `hidden` are the fields whose values the reader is not shown: that they changed he is.
    """

    kind: str
    records: Mapping[int, About | None]
    words: Words
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TimelineItem:
    """One line of the timeline, newest first. `source` is follow, change or note."""

    at: datetime
    source: str
    icon: str
    title: Any
    text: str = ""
    next_step: str = ""
    who: str = ""
    changes: Sequence[Change] = ()
    files: Sequence[Sequence[str]] = ()
    about: About | None = None


@dataclass(frozen=True)
class Timeline:
    items: Sequence[TimelineItem]
    more: bool
    show: str = "all"
    start: int = 0

    @property
    def beyond(self) -> int:
        """How many lines are newer than the next ones."""
        return self.start + len(self.items)


def timeline(
    session: Session, strands: Sequence[Strand], *, show: str = "all", start: int = 0, limit: int = 20
) -> Timeline:
    """Deeds, follow-ups and notes of all strands, newest first, `start` lines left out; `show` is all, follow or
    change.

    At most three statements, whatever there is; no strand is read further than the timeline goes.
    """
    items: list[TimelineItem] = []
    end = start + limit
    if show in ("all", "change"):
        items += _deeds(session, strands, end + 1)
    if show in ("all", "follow"):
        items += _follow_ups(session, strands, end + 1)
        items += _notes(session, strands, end + 1)
    items.sort(key=lambda item: item.at, reverse=True)
    return Timeline(items[start:end], len(items) > end, show, start)


def _newest(model: Any, key: Any, order: Any, strands: Sequence[Strand], limit: int, *more: Any) -> Any:
    """The newest rows of all strands: each strand by its index, then the newest of these."""
    parts = [
        select(key.label("key"))
        .where(model.kind == strand.kind, model.record_id.in_(sorted(strand.records)), *more)
        .order_by(order.desc(), key.desc())
        .limit(limit)
        .subquery()
        for strand in strands
    ]
    among = union_all(*[select(part.c.key) for part in parts])
    return select(model).where(key.in_(among)).order_by(order.desc(), key.desc()).limit(limit)


def _deeds(session: Session, strands: Sequence[Strand], limit: int) -> list[TimelineItem]:
    by_kind = {strand.kind: strand for strand in strands}
    others = AuditEntry.action.not_in(SHOWN_BY_ITSELF)
    statement = _newest(AuditEntry, AuditEntry.seq, AuditEntry.seq, strands, limit, others)
    return [
        replace(_deed(entry, strand.words, strand.hidden), about=strand.records[entry.record_id])
        for entry in session.scalars(statement)
        for strand in (by_kind[entry.kind],)
    ]


def _deed(entry: AuditEntry, words: Words, hidden: frozenset[str]) -> TimelineItem:
    labels = {**COMMON_FIELDS, **words.fields}
    changes = [
        Change(labels[name], masking.COVERED, masking.COVERED)
        if name in hidden
        else Change(labels[name], words.shown(name, pair[0]), words.shown(name, pair[1]))
        for name, pair in entry.changes.items()
        if name in labels
    ]
    title = {**COMMON_ACTIONS, **words.actions}.get(entry.action, entry.action)
    text = entry.label.split("：", 1)[-1] if entry.action.startswith((*NAMED, *words.named)) else ""
    if entry.reason:
        text = _("%(text)s 事由：%(reason)s", text=text, reason=entry.reason).strip()
    icon = words.icons.get(entry.action, "clip" if entry.action.startswith("files.") else "edit")
    return TimelineItem(entry.at, "change", icon, title, text, "", entry.actor_name, changes)


def _follow_ups(session: Session, strands: Sequence[Strand], limit: int) -> list[TimelineItem]:
    """What a lead or project took over from its predecessor is told once, by the first that has it."""
    by_kind = {strand.kind: strand for strand in strands}
    told: dict[tuple[Any, ...], TimelineItem] = {}
    for row in session.scalars(_newest(FollowUp, FollowUp.id, FollowUp.at, strands, limit)):
        item = TimelineItem(
            row.at,
            "follow",
            rules.HOW_ICONS[row.how],
            rules.HOW_LABELS[row.how],
            _(
                "对方 %(theirs)s；我方 %(ours)s。%(summary)s",
                theirs="、".join(row.their_people),
                ours="、".join(row.our_people),
                summary=row.summary,
            ),
            row.next_step + (f"（{row.next_on.isoformat()}）" if row.next_on else ""),
            row.account_name,
            files=row.files,
            about=by_kind[row.kind].records[row.record_id],
        )
        told.setdefault((row.at, row.account_id, row.summary), item)
    return list(told.values())


def _notes(session: Session, strands: Sequence[Strand], limit: int) -> list[TimelineItem]:
    by_kind = {strand.kind: strand for strand in strands}
    return [
        TimelineItem(
            row.at, "note", "request", _("备注"), row.text, "", row.account_name,
            about=by_kind[row.kind].records[row.record_id],
        )
        for row in session.scalars(_newest(Note, Note.id, Note.at, strands, limit))
    ]  # fmt: skip


def latest_words(session: Session, kind: str, ids: Sequence[int]) -> dict[int, tuple[date, str]]:
    """The day and the words of the last follow-up of each record that has one. One statement."""
    last = (
        select(FollowUp.record_id, func.max(FollowUp.at).label("at"))
        .where(FollowUp.kind == kind, FollowUp.record_id.in_(ids))
        .group_by(FollowUp.record_id)
        .subquery()
    )
    statement = select(FollowUp.record_id, FollowUp.at, FollowUp.summary).join(
        last, and_(FollowUp.record_id == last.c.record_id, FollowUp.at == last.c.at)
    )
    rows = session.execute(statement.where(FollowUp.kind == kind))
    return {row.record_id: (clock.local(row.at).date(), row.summary) for row in rows}


def tasks(session: Session, kind: str, record_id: int, *, done: bool = False) -> list[Task]:
    """Open (or finished) tasks and problems of one record, by their day."""
    state = Task.done_at.is_not(None) if done else Task.done_at.is_(None)
    statement = (
        select(Task)
        .where(Task.kind == kind, Task.record_id == record_id, state)
        .options(joinedload(Task.owner))
        .order_by(Task.due_on, Task.id)
        .limit(200)
    )
    return list(session.scalars(statement))


def task(session: Session, public_id: str, kind: str, record_id: int) -> Task:
    """One task of one record. Raises NotFound."""
    statement = select(Task).where(
        Task.public_id == public_id, Task.kind == kind, Task.record_id == record_id
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def records(
    session: Session, model: Any, ids: Collection[int], visible: ColumnElement[bool]
) -> dict[int, Any]:
    """The records of one kind that may be seen, by id. One statement."""
    found = session.scalars(select(model).where(model.id.in_(ids), visible))
    return {record.id: record for record in found}


def tasks_of(session: Session, account_id: int, today: date, *, days: int = 7) -> list[Task]:
    """A person's open tasks that fall due within some days, on any record, the earliest first."""
    statement = (
        select(Task)
        .where(
            Task.owner_id == account_id, Task.done_at.is_(None), Task.due_on <= today + timedelta(days=days)
        )
        .order_by(Task.due_on, Task.id)
        .limit(30)
    )
    return list(session.scalars(statement))


def follow_up_count(session: Session, kind: str, record_id: int, since: datetime | None = None) -> int:
    """How many follow-ups a record has (since an instant)."""
    statement = select(FollowUp.id).where(FollowUp.kind == kind, FollowUp.record_id == record_id)
    if since is not None:
        statement = statement.where(FollowUp.at >= since)
    return len(session.scalars(statement.limit(1000)).all())
