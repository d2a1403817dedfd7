"""One thing done to many records: rights per record, an account of each, before-values, and the way back.

Each record is asked and changed by its area's own verb, in a savepoint of its own; a batch of records commits together
with what is said about them, so that a crash neither loses nor doubles one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from core import audit
from core.db import load, unit_of_work
from core.errors import Conflict, DomainError, Fault, Invalid, NotFound, NotPermitted, Refused
from core.i18n import lazy as _l
from core.jobs import service as jobs
from core.lists import reading
from core.lists.bulk_models import BulkItem, BulkRun
from core.lists.fields import Asking
from core.lists.query import ListQuery
from core.lists.spec import ListSpec
from core.permissions import Actor, require

JOB = "lists.bulk"
KIND = "bulk_run"
AT_ONCE = 200
"""Up to so many records the person waits; more are done in the background."""

MOST = 10_000
BATCH = 50

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """What a verb made of one record: its label, and its fields before and after; None for nothing to change."""

    label: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class BulkAction:
    """A deed that a list offers for many records at once.

    `apply(session, id, values, actor)` does it to one, raising a DomainError where it may not;
    `undo(session, id, before, after, actor)` takes it back, raising Conflict where the record has moved on.
    `values` come from a form and are plain JSON.
    """

    name: str
    label: Any
    icon: str
    permission: str
    apply: Callable[[Session, int, Values, Actor], Done]
    undo: Callable[[Session, int, Values, Values, Actor], Done] | None = None


_actions: dict[str, dict[str, BulkAction]] = {}


def offer(list_key: str, *actions: BulkAction) -> None:
    """Make deeds known for a list."""
    _actions.setdefault(list_key, {}).update({action.name: action for action in actions})


def offered(list_key: str, actor: Actor) -> list[BulkAction]:
    return [action for action in _actions.get(list_key, {}).values() if actor.can(action.permission)]


def action_of(list_key: str, name: str) -> BulkAction:
    found = _actions.get(list_key, {}).get(name)
    if found is None:
        raise NotFound()
    return found


def begin(
    session: Session,
    spec: ListSpec,
    action: BulkAction,
    ids: Sequence[int],
    values: Values,
    *,
    query: str = "",
    undoes: BulkRun | None = None,
    actor: Actor,
) -> BulkRun:
    """Note what is to be done to which records; more than 200 are handed to a job."""
    if spec.permission:
        require(actor, spec.permission)
    require(actor, action.permission)
    if not ids:
        raise Invalid(Fault("id", "none", _l("还没有选中任何一条。请先打勾，或点“选中全部”。")))
    if len(ids) > MOST:
        raise Invalid(Fault("id", "too_many", _l("一次最多处理 10,000 条，请先加条件缩小范围。")))
    run = BulkRun(
        list_key=spec.key,
        action=action.name,
        label=str(action.label)[:200],
        values=dict(values),
        query=query,
        account_id=actor.account_id,
        total=len(set(ids)),
        undoes_id=undoes.id if undoes is not None else None,
    )
    session.add(run)
    session.flush()
    _note_begun(session, spec, run, ids, actor)
    if run.total > AT_ONCE:
        job = jobs.enqueue(session, JOB, {"run_id": run.id}, actor=actor, title=run.label)
        run.job_id = job.id
    return run


def _note_begun(session: Session, spec: ListSpec, run: BulkRun, ids: Sequence[int], actor: Actor) -> None:
    rows = [
        {"run_id": run.id, "record_id": number, "state": "waiting", "label": "", "reason": ""}
        for number in dict.fromkeys(ids)
    ]
    session.execute(insert(BulkItem), rows)
    audit.record("lists.bulk_begun", KIND, run.id, actor=actor, label=f"{spec.key} {run.label} {run.total}",
                 changes={name: (None, value) for name, value in run.values.items()})  # fmt: skip


def work(run_id: int, *, actor: Actor, progress: Callable[[int, int], None] | None = None) -> None:
    """Do what still waits, batch by batch. May run twice: what was done is not done again."""
    while True:
        with unit_of_work() as session:
            run = load(session, BulkRun, session.get_one(BulkRun, run_id).public_id)
            waiting = session.scalars(
                select(BulkItem)
                .where(BulkItem.run_id == run_id, BulkItem.state == "waiting")
                .order_by(BulkItem.record_id)
                .limit(BATCH)
            ).all()
            if run.state != "waiting" or not waiting:
                _finish(session, run, actor)
                return
            for item in waiting:
                _one(session, run, item, actor)
            total = run.total
            left = session.scalar(_count(run_id, "waiting")) or 0
        if progress is not None:
            progress(total - left, total)


def _one(session: Session, run: BulkRun, item: BulkItem, actor: Actor) -> None:
    """One record in a savepoint: what is refused leaves no trace but its reason."""
    noted = len(session.info.get("audit", []))
    try:
        with session.begin_nested():
            done = _apply(session, run, item, actor)
    except DomainError as error:
        del session.info.get("audit", [])[noted:]
        item.state, item.reason = "refused", _reason(error)
        return
    item.label = done.label[:200]
    item.state = "same" if done.after is None else "changed"
    item.before = (
        None if done.before is None else {name: audit.plain(value) for name, value in done.before.items()}
    )
    item.after = (
        None if done.after is None else {name: audit.plain(value) for name, value in done.after.items()}
    )


def _apply(session: Session, run: BulkRun, item: BulkItem, actor: Actor) -> Done:
    action = action_of(run.list_key, run.action)
    if run.undoes_id is None:
        return action.apply(session, item.record_id, run.values, actor)
    was = session.get(BulkItem, (run.undoes_id, item.record_id))
    if action.undo is None or was is None or was.before is None or was.after is None:
        raise NotPermitted()
    return action.undo(session, item.record_id, was.before, was.after, actor)


def _reason(error: DomainError) -> str:
    if isinstance(error, Invalid):
        return "；".join(str(fault.message) for fault in error.faults)
    if isinstance(error, Refused):
        return "；".join(str(missing.message) for missing in error.missing)
    return str(error.message)


def _finish(session: Session, run: BulkRun, actor: Actor) -> None:
    if run.state != "waiting":
        return
    run.state = "done"
    found = counts(session, run)
    audit.record("lists.bulk_done", KIND, run.id, actor=actor, label=f"{run.list_key} {run.label}",
                 changes={state: (None, number) for state, number in found.items()})  # fmt: skip


def _count(run_id: int, state: str) -> Any:
    return select(func.count()).where(BulkItem.run_id == run_id, BulkItem.state == state)


def counts(session: Session, run: BulkRun) -> dict[str, int]:
    """How many were changed, were so already, were refused, wait."""
    rows = session.execute(
        select(BulkItem.state, func.count()).where(BulkItem.run_id == run.id).group_by(BulkItem.state)
    )
    return {row[0]: row[1] for row in rows}


def refused(session: Session, run: BulkRun, count: int = 200) -> list[BulkItem]:
    statement = select(BulkItem).where(BulkItem.run_id == run.id, BulkItem.state == "refused")
    return list(session.scalars(statement.order_by(BulkItem.record_id).limit(count)))


def get(session: Session, public_id: str, *, actor: Actor) -> BulkRun:
    """One's own run. Raises NotFound."""
    statement = select(BulkRun).where(BulkRun.public_id == public_id, BulkRun.account_id == actor.account_id)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def can_undo(session: Session, run: BulkRun) -> bool:
    """Whether the run is over, can be taken back, and has not been yet."""
    action = _actions.get(run.list_key, {}).get(run.action)
    if run.state != "done" or run.undoes_id is not None or action is None or action.undo is None:
        return False
    return session.scalar(select(BulkRun.id).where(BulkRun.undoes_id == run.id)) is None


def undo(session: Session, spec: ListSpec, public_id: str, *, actor: Actor) -> BulkRun:
    """Take back what was changed, except where a record has been edited since."""
    run = load(session, BulkRun, public_id, where=BulkRun.account_id == actor.account_id)
    if not can_undo(session, run):
        raise Conflict(_l("这批操作已经撤销过，或不能撤销。"))
    changed = select(BulkItem.record_id).where(BulkItem.run_id == run.id, BulkItem.state == "changed")
    ids = list(session.scalars(changed))
    action = action_of(run.list_key, run.action)
    return begin(session, spec, action, ids, {}, query=run.query, undoes=run, actor=actor)


def selection(
    session: Session, spec: ListSpec, query: ListQuery, pids: Sequence[str], *, everything: bool, actor: Actor
) -> list[int]:
    """The keys of the chosen rows, or of all that meet the conditions; only what the actor may see."""
    if everything:
        statement = reading.filtered(spec, query, Asking(session, actor))
        return list(session.scalars(statement.with_only_columns(spec.id_column).limit(MOST + 1)))
    chosen = spec.base(actor).where(spec.pid_column.in_(list(pids)[:500]))
    return list(session.scalars(chosen.with_only_columns(spec.id_column)))
