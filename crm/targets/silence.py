"""Targets that nobody follows: reminded of after some days, returned to the pool after more; who is told (DOMAIN 5)."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from core import audit, clock, notify
from core.accounts.models import Grant
from core.dirty import touch
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.targets import terms
from crm.targets.models import Target

KIND = "target"
BATCH = 500
PURSUED = ("none", "linked", "visited", "mutual", "negotiating")
RELEASED = ("none", "linked", "visited", "mutual")
"""Whoever negotiates keeps his target."""

ASSIGNED, SILENT, GONE = "targets.assigned", "targets.silent", "targets.released"
notify.words(ASSIGNED, _l("%(name)s 把目标企业分派给您。"), _l("目标企业分派给我"))
notify.words(
    SILENT, _l("有 %(count)s 家目标企业满 %(days)s 天没有跟进，再不跟进会回收公海。"), _l("目标企业久未跟进")
)
notify.words(GONE, _l("有 %(count)s 家目标企业满 %(days)s 天没有跟进，已回收公海。"), _l("目标企业回收公海"))
_SPAN = 10


def tell_assigned(session: Session, specialist_id: int | None, *, actor: Actor) -> None:
    """The new owner hears of it, once for what the same person hands him within some minutes."""
    if specialist_id is None or specialist_id == actor.account_id:
        return
    now = clock.now()
    event = f"{ASSIGNED}:{actor.account_id}:{now:%Y%m%d%H}{now.minute // _SPAN}"
    url = "/targets?whose=mine"
    notify.notify(session, [specialist_id], ASSIGNED, {"name": actor.name}, url, event=event)


def remind(session: Session) -> int:
    """Tell owners, and heads where there is no owner, of targets that have just become silent; how many."""
    rule, today = terms.on(clock.today()), clock.today()
    statement = select(Target).where(
        *_silent(rule.remind_days, PURSUED),
        or_(Target.reminded_on.is_(None), Target.reminded_on < Target.quiet_since),
    )
    found: list[Target] = []
    while batch := list(session.scalars(statement.order_by(Target.id).limit(BATCH))):
        for target in batch:
            target.reminded_on = today
        session.flush()
        found += batch
    _tell(session, SILENT, ((target.specialist_id, target.unit_id) for target in found), rule.remind_days)
    return len(found)


def release(session: Session, *, actor: Actor) -> int:
    """Return targets without a follow-up for too long to the pool (DOMAIN 5: 60 days); how many."""
    rule, today = terms.on(clock.today()), clock.today()
    statement = (
        select(Target).where(*_silent(rule.release_days, RELEASED)).options(joinedload(Target.enterprise))
    )
    told: list[tuple[int | None, int]] = []
    while batch := list(session.scalars(statement.order_by(Target.id).limit(BATCH))):
        for target in batch:
            before = target.specialist_id
            told.append((before, target.unit_id))
            target.pooled_on, target.specialist_id = today, None
            audit.record(
                "targets.released", KIND, target.id, actor=actor, label=target.enterprise.name,
                changes={"specialist_id": (before, None), "pooled_on": (None, today)},
            )  # fmt: skip
        session.flush()
        touch(KIND, [target.id for target in batch])
    _tell(session, GONE, told, rule.release_days)
    return len(told)


def _silent(days: int, states: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        Target.open_key == 1,
        Target.quiet_since <= clock.today() - timedelta(days=days),
        Target.pooled_on.is_(None),
        Target.contact_status.in_(states),
    )


def _tell(session: Session, code: str, owned: Iterable[tuple[int | None, int]], days: int) -> None:
    """One notice a day for each owner; heads of the unit hear of what nobody owns, and of what is lost."""
    counts: Counter[int] = Counter()
    pairs = list(owned)
    heads = _heads(session, {unit_id for _owner, unit_id in pairs})
    for owner, unit_id in pairs:
        told = set(heads.get(unit_id, ())) if owner is None or code == GONE else set()
        counts.update(told if owner is None else {*told, owner})
    for account_id, count in sorted(counts.items()):
        notify.notify(
            session, [account_id], code, {"count": count, "days": days},
            "/targets?silent=yes" if code == SILENT else "/targets?whose=pool",
            event=f"{code}:{account_id}:{clock.today().isoformat()}",
        )  # fmt: skip


def _heads(session: Session, unit_ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = session.execute(
        select(Grant.unit_id, Grant.account_id).where(Grant.role == "unit_head", Grant.unit_id.in_(unit_ids))
    )
    for unit_id, account_id in rows:
        if unit_id is not None:
            found.setdefault(unit_id, []).append(account_id)
    return found
