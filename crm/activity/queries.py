"""One timeline of deeds, follow-ups and notes; open tasks. The caller has checked the record itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from core import clock
from core.audit import AuditEntry
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


@dataclass(frozen=True)
class Timeline:
    items: Sequence[TimelineItem]
    more: bool
    show: str = "all"


def timeline(
    session: Session, kind: str, record_id: int, words: Words, *, show: str = "all", limit: int = 20
) -> Timeline:
    """Deeds, follow-ups and notes of one record, newest first; `show` is all, follow or change."""
    items: list[TimelineItem] = []
    if show in ("all", "change"):
        items += _deeds(session, kind, record_id, words, limit + 1)
    if show in ("all", "follow"):
        items += _follow_ups(session, kind, record_id, limit + 1)
        items += _notes(session, kind, record_id, limit + 1)
    items.sort(key=lambda item: item.at, reverse=True)
    return Timeline(items[:limit], len(items) > limit, show)


def _deeds(session: Session, kind: str, record_id: int, words: Words, limit: int) -> list[TimelineItem]:
    statement = (
        select(AuditEntry)
        .where(
            AuditEntry.kind == kind,
            AuditEntry.record_id == record_id,
            AuditEntry.action.not_in(SHOWN_BY_ITSELF),
        )
        .order_by(AuditEntry.seq.desc())
        .limit(limit)
    )
    return [_deed(entry, words) for entry in session.scalars(statement)]


def _deed(entry: AuditEntry, words: Words) -> TimelineItem:
    labels = {**COMMON_FIELDS, **words.fields}
    changes = [
        Change(labels[name], words.shown(name, pair[0]), words.shown(name, pair[1]))
        for name, pair in entry.changes.items()
        if name in labels
    ]
    title = {**COMMON_ACTIONS, **words.actions}.get(entry.action, entry.action)
    text = entry.label.split("：", 1)[-1] if entry.action.startswith((*NAMED, *words.named)) else ""
    if entry.reason:
        text = _("%(text)s 事由：%(reason)s", text=text, reason=entry.reason).strip()
    icon = words.icons.get(entry.action, "clip" if entry.action.startswith("files.") else "edit")
    return TimelineItem(entry.at, "change", icon, title, text, "", entry.actor_name, changes)


def _follow_ups(session: Session, kind: str, record_id: int, limit: int) -> list[TimelineItem]:
    statement = (
        select(FollowUp)
        .where(FollowUp.kind == kind, FollowUp.record_id == record_id)
        .order_by(FollowUp.at.desc(), FollowUp.id.desc())
        .limit(limit)
    )
    return [
        TimelineItem(
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
        )
        for row in session.scalars(statement)
    ]


def _notes(session: Session, kind: str, record_id: int, limit: int) -> list[TimelineItem]:
    statement = (
        select(Note)
        .where(Note.kind == kind, Note.record_id == record_id)
        .order_by(Note.at.desc(), Note.id.desc())
        .limit(limit)
    )
    return [
        TimelineItem(row.at, "note", "request", _("备注"), row.text, "", row.account_name)
        for row in session.scalars(statement)
    ]


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
