"""Every write of follow-ups, tasks and notes. The area has loaded the record and found it within reach."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock
from core.db import load
from core.dirty import touch
from core.errors import Conflict, Fault, Invalid, NotFound, Refused
from core.errors import Missing as Gap
from core.files import Attachment
from core.i18n import lazy as _l
from core.notify import notify, words
from core.permissions import Actor, require
from crm.activity import access, rules
from crm.activity.models import FollowUp, Note, Task
from crm.activity.rules import FollowUpValues

words("activity.task_given", _l("%(who)s交给您一件事，%(day)s 前办：%(title)s"), _l("有人交给我一件事"))


def task_url(task: Task) -> str:
    """Where a task is opened, whatever record it is of."""
    return f"/tasks/{task.public_id}"


class Contacted(Protocol):
    """A record that keeps when it was last and will next be contacted."""

    last_contact_on: Any
    next_contact_on: Any


@dataclass(frozen=True)
class Subject:
    """The record that an activity belongs to. `record` takes the days of contact where it keeps them.

    `spoken` is told the day of a contact: who speaks about a project speaks with its enterprise.
    """

    kind: str
    record_id: int
    label: str
    unit_id: int | None = None
    record: Contacted | None = None
    spoken: Callable[[Session, date], None] | None = None


def follow_up(
    session: Session,
    subject: Subject,
    values: FollowUpValues,
    *,
    actor: Actor,
    files: Sequence[Attachment] = (),
) -> FollowUp:
    """Note a contact and the next step. Raises Invalid naming everything that keeps it from counting.

    `files` are attachments of the same record that belong to what was said.
    """
    require(actor, access.FOLLOW)
    if faults := rules.follow_up_faults(values, clock.now(), clock.today()):
        raise Invalid(faults)
    made = FollowUp(
        kind=subject.kind,
        record_id=subject.record_id,
        unit_id=subject.unit_id,
        at=values.at,
        how=values.how,
        our_people=list(values.our_people),
        their_people=list(values.their_people),
        summary=values.summary.strip(),
        next_step=values.next_step.strip(),
        next_on=values.next_on,
        files=[[file.public_id, file.name] for file in files],
        account_id=actor.account_id,
        account_name=actor.name,
    )
    session.add(made)
    _keep_contact(session, subject, values)
    session.flush()
    audit.record(
        "activity.followed_up", subject.kind, subject.record_id, actor=actor, label=subject.label,
        changes={"next_step": (None, made.next_step), "next_on": (None, made.next_on)},
    )  # fmt: skip
    touch(subject.kind, [subject.record_id])
    return made


def _keep_contact(session: Session, subject: Subject, values: FollowUpValues) -> None:
    """The latest contact wins; one that is entered late does not push the next step back."""
    day, record = clock.local(values.at).date(), subject.record
    if subject.spoken is not None:
        subject.spoken(session, day)
    if record is None:
        return
    if getattr(record, "first_contact_on", day) is None:
        record.first_contact_on = day  # type: ignore[attr-defined]  # a target keeps it
    if record.last_contact_on is None or day >= record.last_contact_on:
        record.last_contact_on = day
        record.next_contact_on = values.next_on
        if hasattr(record, "next_step"):
            record.next_step = values.next_step.strip()


def inherit(session: Session, source: tuple[str, int], target: Subject, *, actor: Actor) -> int:
    """Copy the follow-ups of one record to its successor (target → lead → project); how many there were."""
    kind, record_id = source
    rows = list(
        session.scalars(
            select(FollowUp)
            .where(FollowUp.kind == kind, FollowUp.record_id == record_id)
            .order_by(FollowUp.at)
        )
    )
    names = ("unit_id", "at", "how", "our_people", "their_people", "summary", "next_step", "next_on", "files",
             "account_id", "account_name")  # fmt: skip
    for row in rows:
        copied = {name: getattr(row, name) for name in names}
        session.add(FollowUp(kind=target.kind, record_id=target.record_id, **copied))
    if rows and target.record is not None:
        target.record.last_contact_on = clock.local(rows[-1].at).date()
        target.record.next_contact_on = rows[-1].next_on
    if rows:
        session.flush()
        audit.record(
            "activity.inherited", target.kind, target.record_id, actor=actor, label=target.label,
            changes={"follow_ups": (0, len(rows))},
        )  # fmt: skip
    return len(rows)


def add_task(
    session: Session,
    subject: Subject,
    *,
    sort: str,
    title: str,
    due_on: date,
    owner_id: int | None,
    owner_text: str,
    actor: Actor,
) -> Task:
    """Set something to be done, or a problem to be solved, by a day."""
    require(actor, access.TASK)
    faults = []
    if sort not in rules.SORT_LABELS:
        faults.append(Fault("sort", "unknown", _l("请选择是待办还是问题。")))
    if not title.strip():
        faults.append(Fault("title", "required", _l("请写明要做什么。")))
    if owner_id is None and not owner_text.strip():
        faults.append(Fault("owner_text", "required", _l("请写明由谁负责。")))
    if faults:
        raise Invalid(faults)
    task = Task(
        kind=subject.kind, record_id=subject.record_id, sort=sort, title=title.strip(), due_on=due_on,
        owner_id=owner_id, owner_text=owner_text.strip(), account_id=actor.account_id,
        subject=subject.label[:200],
    )  # fmt: skip
    session.add(task)
    session.flush()
    if owner_id is not None and owner_id != actor.account_id:
        params = {"title": task.title, "who": actor.name, "day": due_on.isoformat()}
        notify(session, [owner_id], "activity.task_given", params, task_url(task))
    _audit_task("activity.task_added", task, subject.label, {"due_on": (None, due_on)}, actor)
    return task


def change_task(
    session: Session,
    public_id: str,
    kind: str,
    record_id: int,
    *,
    version: int | None,
    progress: str,
    due_on: date | None,
    done: bool,
    label: str,
    actor: Actor,
) -> Task:
    """Report progress, move the day, or finish it. Moving the day needs a word of progress as reason."""
    require(actor, access.TASK)
    task = load(session, Task, public_id)
    if (task.kind, task.record_id) != (kind, record_id):
        raise NotFound()
    if version is not None and task.version != version:
        raise Conflict(present=task)
    if not task.open:
        raise Refused([Gap(None, "closed", _l("这一条已经办完，不能再改。"))])
    if due_on is not None and due_on != task.due_on and not progress.strip():
        raise Invalid(Fault("progress", "required", _l("改期请写明原因。")))
    if progress.strip():
        task.progress, task.progress_on = progress.strip(), clock.today()
    if due_on is not None:
        task.due_on = due_on
    if done:
        task.done_at, task.done_by = clock.now(), actor.account_id
    changes = audit.changes_of(task)
    session.flush()
    _audit_task("activity.task_done" if done else "activity.task_changed", task, label, changes, actor)
    return task


def _audit_task(
    action: str, task: Task, label: str, changes: dict[str, tuple[Any, Any]], actor: Actor
) -> None:
    kept = {name: pair for name, pair in changes.items() if name in ("due_on", "progress")}
    text = f"{label}：{task.title}" if label else task.title
    audit.record(action, task.kind, task.record_id, actor=actor, label=text, changes=kept)
    touch(task.kind, [task.record_id])


def add_note(session: Session, subject: Subject, text: str, *, actor: Actor) -> Note:
    """Leave a remark for colleagues."""
    require(actor, access.NOTE)
    if not text.strip():
        raise Invalid(Fault("text", "required", _l("请写明内容。")))
    note = Note(
        kind=subject.kind, record_id=subject.record_id, text=text.strip(),
        account_id=actor.account_id, account_name=actor.name,
    )  # fmt: skip
    session.add(note)
    session.flush()
    audit.record("activity.noted", subject.kind, subject.record_id, actor=actor, label=subject.label)
    return note
