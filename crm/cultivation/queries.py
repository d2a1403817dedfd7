"""Reads of cultivation: the roster, one enterprise's standing, the ladder. All take the actor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from core import clock
from core.accounts.models import Account
from core.errors import NotFound
from core.i18n import _
from core.lists.query import AnySelect
from core.permissions import Actor
from crm.cultivation import access, assessment, rules
from crm.cultivation.models import CultivationPool, CultivationStep, Evaluation, RosterEntry, RosterTarget
from crm.enterprises import honours
from crm.enterprises.models import Enterprise, Honour


@dataclass(frozen=True)
class Row:
    """One enterprise on the roster, with its newest kept evaluation by the standard it aims at."""

    id: int
    public_id: str
    name: str
    pool: str
    step: str
    standard: str
    entered_on: date
    leader: str
    specialist: str
    last_contact_on: date | None
    next_contact_on: date | None
    verdict: str | None
    evaluated_on: date | None
    met: int
    not_met: int
    missing: int
    total: Decimal | None
    total_high: Decimal | None


def rows(session: Session, ids: Sequence[int], *, actor: Actor) -> dict[int, Row]:
    """The lines of a page, by key, as far as the actor may see them. One statement."""
    plain: Iterable[Any] = session.execute(
        _rows().where(RosterEntry.id.in_(ids), access.visible_to(actor), RosterEntry.left_on.is_(None))
    )
    return {row[0]: Row(*row) for row in plain}


def with_verdict(verdicts: Sequence[str]) -> ColumnElement[bool]:
    """Entries whose newest evaluation by their own standard says one of these."""
    newest = aliased(Evaluation)
    newest_id = (
        select(func.max(newest.id))
        .where(newest.enterprise_id == RosterEntry.enterprise_id, newest.standard == RosterEntry.standard)
        .correlate(RosterEntry)
        .scalar_subquery()
    )
    return select(Evaluation.id).where(Evaluation.id == newest_id, Evaluation.verdict.in_(verdicts)).exists()


def _rows() -> AnySelect:
    """The columns of `Row`, the newest evaluation joined by the standard that the entry aims at."""
    latest = (
        select(Evaluation.enterprise_id, Evaluation.standard, func.max(Evaluation.id).label("id"))
        .group_by(Evaluation.enterprise_id, Evaluation.standard)
        .subquery()
    )
    same = (latest.c.enterprise_id == RosterEntry.enterprise_id) & (latest.c.standard == RosterEntry.standard)
    return (
        select(
            RosterEntry.id,
            Enterprise.public_id,
            Enterprise.name,
            CultivationPool.name,
            func.coalesce(CultivationStep.name, ""),
            RosterEntry.standard,
            RosterEntry.entered_on,
            RosterEntry.leader_text,
            func.coalesce(Account.name, ""),
            RosterEntry.last_contact_on,
            RosterEntry.next_contact_on,
            Evaluation.verdict,
            Evaluation.on,
            func.coalesce(Evaluation.met_count, 0),
            func.coalesce(Evaluation.not_met_count, 0),
            func.coalesce(Evaluation.missing_count, 0),
            Evaluation.total,
            Evaluation.total_high,
        )
        .select_from(RosterEntry)
        .join(Enterprise, Enterprise.id == RosterEntry.enterprise_id)
        .join(CultivationPool, CultivationPool.code == RosterEntry.pool_code)
        .outerjoin(CultivationStep, CultivationStep.code == RosterEntry.step_code)
        .outerjoin(Account, Account.id == RosterEntry.specialist_id)
        .outerjoin(latest, same)
        .outerjoin(Evaluation, Evaluation.id == latest.c.id)
    )


def pools(session: Session) -> Sequence[CultivationPool]:
    return session.scalars(select(CultivationPool).order_by(CultivationPool.position)).all()


def steps(session: Session) -> Sequence[CultivationStep]:
    return session.scalars(select(CultivationStep).order_by(CultivationStep.position)).all()


def pool_counts(session: Session, *, actor: Actor) -> dict[str, int]:
    """How many open entries of each pool the actor may see."""
    statement = (
        select(RosterEntry.pool_code, func.count())
        .where(access.visible_to(actor), RosterEntry.left_on.is_(None))
        .group_by(RosterEntry.pool_code)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def enterprise(session: Session, pid: str, *, actor: Actor) -> Enterprise:
    """An enterprise whose assessment the actor may see; NotFound for another zone's."""
    found = session.scalars(
        select(Enterprise)
        .where(Enterprise.public_id == pid, access.enterprises_visible_to(actor))
        .options(selectinload(Enterprise.honours))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def entry_of(session: Session, enterprise_id: int, *, actor: Actor) -> RosterEntry | None:
    """The open roster entry of an enterprise, with pool, step, specialist and targets."""
    return session.scalars(
        select(RosterEntry)
        .where(RosterEntry.open_enterprise_id == enterprise_id, access.visible_to(actor))
        .options(
            joinedload(RosterEntry.pool),
            joinedload(RosterEntry.step),
            joinedload(RosterEntry.specialist),
            selectinload(RosterEntry.targets),
        )
    ).one_or_none()


def entry(session: Session, pid: str, *, actor: Actor) -> RosterEntry:
    found = session.scalars(
        select(RosterEntry)
        .where(RosterEntry.public_id == pid, access.visible_to(actor))
        .options(joinedload(RosterEntry.enterprise), selectinload(RosterEntry.targets))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def evaluations(session: Session, enterprise_id: int, standard: str, limit: int = 10) -> Sequence[Evaluation]:
    """Kept evaluations by one standard, newest first. The caller has checked the enterprise."""
    return session.scalars(
        select(Evaluation)
        .where(Evaluation.enterprise_id == enterprise_id, Evaluation.standard == standard)
        .order_by(Evaluation.id.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class Rung:
    """A pool as a rung of the ladder. `state` is done, now or empty; `note` says on what it rests."""

    code: str
    name: str
    state: str
    note: str


def ladder(session: Session, entry: RosterEntry | None, recognised: Sequence[Honour]) -> list[Rung]:
    """The pools in order: those below the present one are done; recognitions are named, never inferred."""
    held = {honour.kind: honour for honour in recognised if _stands(honour)}
    rows = pools(session)
    position = entry.pool.position if entry else 0
    rungs = []
    for pool in rows:
        honour = held.get(pool.standard)
        state = "now" if pool.position == position else "done" if pool.position < position else ""
        note = " ".join(part for part in (honour.name, honour.batch or "") if part) if honour else ""
        if entry and pool.position == position and not note:
            note = str(_("%(day)s 入库", day=entry.entered_on.isoformat()))
        rungs.append(Rung(pool.code, pool.name, state, note or pool.entry_rule))
    return rungs


def _stands(honour: Honour) -> bool:
    return honours.state_of(honour, clock.today()) in ("valid", "expiring")


@dataclass(frozen=True)
class TargetLine:
    """A target beside what the register has; `share` of 1 is reached. Money in 万元."""

    year: int
    metric: str
    target: Decimal
    actual: Decimal | None
    share: Decimal | None


def target_lines(session: Session, enterprise_id: int, targets: Sequence[RosterTarget]) -> list[TargetLine]:
    figures: dict[tuple[int, str], Decimal] = {}
    for row in assessment.figures_of(session, enterprise_id):
        for name in rules.TARGET_METRICS:
            value = row.figures.get(name)
            if value is not None:
                figures[row.year, name] = Decimal(value)
    lines = []
    for target in targets:
        actual = figures.get((target.year, target.metric))
        share = actual / target.value if actual is not None and target.value else None
        lines.append(TargetLine(target.year, target.metric, target.value, actual, share))
    return lines


def for_enterprise(session: Session, *, actor: Actor) -> tuple[RosterEntry | None, Evaluation | None]:
    """For the portal: the enterprise's own standing and its newest kept evaluation."""
    if actor.enterprise_id is None:
        return None, None
    own = entry_of(session, actor.enterprise_id, actor=actor)
    standard = own.standard if own else "tech_sme"
    found = evaluations(session, actor.enterprise_id, standard, 1)
    return own, found[0] if found else None


def people(session: Session, unit_id: int | None) -> list[tuple[int, str]]:
    """Officials of a unit who can be made somebody's specialist, for a picker."""
    if unit_id is None:
        return []
    statement = (
        select(Account.id, Account.name)
        .where(Account.unit_id == unit_id, Account.active, Account.kind == "staff")
        .order_by(Account.id)
    )
    return [(row.id, row.name) for row in session.execute(statement)]
