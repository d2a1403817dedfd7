"""The list of tasks: those that I am to do, and those that I have given to others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from core import clock
from core.accounts.models import Account
from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Day, Option, Words
from core.lists.query import AnySelect, ListQuery
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from crm.activity import access, rules
from crm.activity.models import Task

VIEWS: tuple[Option, ...] = (
    ("mine", _l("我要办的")),
    ("given", _l("我交出去的")),
    ("late", _l("已过期的")),
    ("done", _l("已办完的")),
)


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    id: int
    public_id: str
    title: str
    subject: str
    sort: str
    due_on: date
    progress: str
    progress_on: date | None
    owner: str
    done_on: date | None


def _base(actor: Actor) -> AnySelect:
    """One's own work, that of those one stands in for, and what one has given away."""
    people = {actor.account_id, *actor.stands_in_for}
    return select(Task.id).where(or_(Task.owner_id.in_(people), Task.account_id == actor.account_id))


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, Row]:
    statement = (
        select(Task, Account.name).outerjoin(Account, Account.id == Task.owner_id).where(Task.id.in_(ids))
    )
    return {
        task.id: Row(
            task.id, task.public_id, task.title, task.subject, task.sort, task.due_on, task.progress,
            task.progress_on, owner or task.owner_text, clock.local(task.done_at).date() if task.done_at else None,
        )
        for task, owner in session.execute(statement)
    }  # fmt: skip


def _view(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    me = asking.actor.account_id
    if values[0] == "given":
        return (Task.account_id == me) & or_(Task.owner_id.is_(None), Task.owner_id != me)
    if values[0] == "late":
        return (Task.done_at.is_(None)) & (Task.due_on < clock.today())
    if values[0] == "done":
        return Task.done_at.is_not(None)
    return Task.owner_id.in_({me, *asking.actor.stands_in_for})


def _open_only(query: ListQuery, asking: Asking) -> Any:
    return None if query.one("view") == "done" else Task.done_at.is_(None)


LIST = register(
    ListSpec(
        key="tasks",
        title=_l("待办清单"),
        unit=_l("件"),
        permission=access.TASK,
        export=access.TASK,
        endpoint="tasks.index",
        id_column=Task.id,
        pid_column=Task.public_id,
        base=_base,
        rows=_rows,
        fields=(
            Words("q", _l("事项或对象"), quick=True, columns=(Task.title, Task.subject)),
            Choice("view", _l("视图"), ops=("in",), options=VIEWS, where=_view),
            Choice(
                "sort_of", _l("类别"), quick=True, options=list(rules.SORT_LABELS.items()), column=Task.sort
            ),
            Day("due", _l("期限"), column=Task.due_on),
        ),
        columns=(
            Column("title", _l("事项")),
            Column("subject", _l("对象"), cls="p2"),
            Column("due_on", _l("期限"), "day", cls="nw p3", sort="due"),
            Column("owner", _l("责任"), cls="nw"),
            Column("progress", _l("最近进展")),
            Column("sort", _l("类别"), "code", labels=rules.SORT_LABELS, shown=False),
            Column("done_on", _l("办完"), "day", shown=False),
        ),
        sorts={"due": Sort(_l("期限"), Task.due_on, kind="day")},
        default_sort="due",
        groups={"sort": GroupBy(_l("类别"), Task.sort, labels=rules.SORT_LABELS)},
        definition=_l("自己要办的，和自己交给别人办的；办完的另看。"),
        always=_open_only,
    )
)
