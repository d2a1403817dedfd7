"""The list of background work: everybody's own jobs, the administrator's of all; its deeds for many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.accounts.models import Account
from core.i18n import lazy as _l
from core.jobs import access, desk
from core.jobs.models import Job
from core.lists import bulk
from core.lists.bulk import BulkAction, Done, Values
from core.lists.fields import Asking, Choice, Day, Option, Words
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from webapp.staff.jobs import words


@dataclass(frozen=True)
class Row:
    """A job and the name of the person who asked for it; empty for the platform itself."""

    job: Job
    person: str

    @property
    def public_id(self) -> str:
        return self.job.public_id


def _base(actor: Actor) -> AnySelect:
    return select(Job.id).where(access.visible_to(actor))


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, Row]:
    statement = select(Job, func.coalesce(Account.name, "")).outerjoin(Account, Account.id == Job.account_id)
    found = session.execute(statement.where(Job.id.in_(ids), access.visible_to(actor)))
    return {row[0].id: Row(row[0], row[1]) for row in found}


STATES: tuple[Option, ...] = tuple((code, label) for code, (label, _look) in words.STATES.items())


def _kinds(asking: Asking) -> list[Option]:
    return list(words.kinds().items())


def _kind_names(asking: Asking, values: Sequence[Any]) -> dict[Any, Any]:
    return dict(words.kinds())


def _mine(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return Job.account_id == asking.actor.account_id


def _took(row: Row) -> float | None:
    job = row.job
    if job.started_at is None or job.finished_at is None:
        return None
    return round((job.finished_at - job.started_at).total_seconds(), 1)


def _attribute(name: str) -> Any:
    return lambda row: getattr(row.job, name)


FIELDS = (
    Words("q", _l("内容"), quick=True, columns=(Job.title,)),
    Choice("state", _l("状态"), quick=True, options=STATES, column=Job.state),
    Choice("kind", _l("种类"), quick=True, options=_kinds, column=Job.kind),
    Choice("whose", _l("谁的"), ops=("in",), options=(("mine", _l("我的")),), where=_mine),
    Day("queued", _l("排队时间"), column=Job.created_at, instant=True),
)

COLUMNS = (
    Column("title", _l("任务"), value=lambda row: words.title_of(row.job), sort="kind"),
    Column("state", _l("状态"), "code", cls="nw p3", labels=dict(STATES), value=_attribute("state"), sort="state"),
    Column("progress", _l("进度"), value=lambda row: row.job.progress_done or None),
    Column("person", _l("谁要做的"), cls="nw"),
    Column("created_at", _l("排队时间"), "instant", cls="p2", value=_attribute("created_at"), sort="at"),
    Column("deed", _l("操作"), cls="nw act", value=lambda row: ""),
    Column("started_at", _l("开始时间"), "instant", shown=False, value=_attribute("started_at")),
    Column("finished_at", _l("结束时间"), "instant", shown=False, value=_attribute("finished_at")),
    Column("took", _l("用时"), "number", unit=_l("秒"), shown=False, value=_took),
    Column("attempts", _l("试过几次"), "number", shown=False, value=_attribute("attempts")),
    Column("queue", _l("队列"), shown=False, value=_attribute("queue")),
    Column("error", _l("错误"), shown=False, value=_attribute("error")),
)  # fmt: skip

LIST = register(
    ListSpec(
        key="jobs",
        title=_l("后台任务"),
        unit=_l("项任务"),
        permission="",
        endpoint="jobs.index",
        record="",
        id_column=Job.id,
        pid_column=Job.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "at": Sort(_l("排队时间"), Job.id, kind="serial"),
            "kind": Sort(_l("种类"), Job.kind),
            "state": Sort(_l("状态"), Job.state),
        },
        default_sort="-at",
        groups={
            "state": GroupBy(_l("状态"), Job.state, labels=dict(STATES)),
            "kind": GroupBy(_l("种类"), Job.kind, names=_kind_names),
        },
    )
)


def _pid_of(session: Session, number: int) -> str:
    return str(session.get_one(Job, number).public_id)


def _retry(session: Session, number: int, values: Values, actor: Actor) -> Done:
    job = desk.retry(session, _pid_of(session, number), actor=actor)
    return Done(words.title_of(job), {}, {"state": job.state})


def _cancel(session: Session, number: int, values: Values, actor: Actor) -> Done:
    job = desk.cancel(session, _pid_of(session, number), actor=actor)
    return Done(words.title_of(job), {}, {"state": job.state})


bulk.offer(
    LIST.key,
    BulkAction("retry", _l("再试一次"), "clock", access.MANAGE, _retry),
    BulkAction("cancel", _l("停止"), "x", access.MANAGE, _cancel),
)
