"""The queue of pairs that may be one enterprise: filled when names are written and every night, decided by people."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from core import audit, clock
from core.bulk import among
from core.db import load, new_ulid, unit_of_work
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import SYSTEM, Actor, require
from crm.enterprises import access
from crm.enterprises.cutting import WEAK
from crm.enterprises.duplicates import near, rules
from crm.enterprises.duplicates.keys import EnterpriseKey
from crm.enterprises.duplicates.models import Suspect
from crm.enterprises.models import Enterprise

KIND = "enterprise_suspect"
_PAIRS = 5000
_LARGEST = 20
"""A key that more enterprises share is a word of the trade, no name."""

_KEYS = 500
Pair = tuple[int, int]


def look(session: Session, ids: Collection[int]) -> int:
    """Put pairs of these enterprises and others with the same names into the queue; how many are new."""
    mine, others = aliased(EnterpriseKey), aliased(EnterpriseKey)
    statement = (
        select(mine.enterprise_id, others.enterprise_id)
        .join(others, (others.key == mine.key) & (others.enterprise_id != mine.enterprise_id))
        .where(among(session, mine.enterprise_id, sorted(ids)), mine.key.bitwise_and(WEAK) == 0)
        .limit(_PAIRS)
    )
    return _note(session, {_pair(*row) for row in session.execute(statement)}) if ids else 0


def look_closely(session: Session, enterprise: Enterprise) -> int:
    """Like `look` for one, names with one character wrong included; what was found before is judged again."""
    judge_again(session, enterprise.id)
    found = near.like(session, enterprise.name, enterprise.uscc, actor=SYSTEM, limit=near.MOST)
    pairs = {_pair(enterprise.id, each.id) for each in found if each.id != enterprise.id}
    return look(session, [enterprise.id]) + _note(session, pairs)


def judge_again(session: Session, enterprise_id: int) -> None:
    """Open pairs of an enterprise whose name or code was changed."""
    mine = (Suspect.first_id == enterprise_id) | (Suspect.second_id == enterprise_id)
    _judge_again(session, select(Suspect).where(mine, Suspect.state == "open").limit(_PAIRS))


def _judge_again(session: Session, waiting: Select[Suspect]) -> int:
    """Pairs that are none any more go, unless somebody put them there; the last key that was looked at, or 0."""
    pairs = session.scalars(waiting).all()
    facts = near.facts_of(session, {number for each in pairs for number in (each.first_id, each.second_id)})
    for each in pairs:
        verdict = rules.judge(facts[each.first_id], facts[each.second_id])
        if "by_hand" in each.reasons:
            continue
        if verdict is None or verdict.score < rules.SUSPECT:
            session.delete(each)
        elif (each.score, each.reasons) != (verdict.score, list(verdict.reasons)):
            each.score, each.reasons = verdict.score, list(verdict.reasons)
    session.flush()
    return max((each.id for each in pairs), default=0)


def look_everywhere(report: Callable[[int, int], None]) -> int:
    """Go through all keys that several enterprises share, batch by batch, each in a unit of work of its own."""
    with unit_of_work() as session:
        shared = session.scalars(
            select(EnterpriseKey.key)
            .group_by(EnterpriseKey.key)
            .having(func.count().between(2, _LARGEST))
            .order_by(EnterpriseKey.key)
        ).all()
    found = 0
    for start in range(0, len(shared), _KEYS):
        with unit_of_work() as session:
            found += _note(session, set(_pairs_of(session, shared[start : start + _KEYS])))
        report(min(start + _KEYS, len(shared)), len(shared))
    _clear()
    return found


def _clear() -> None:
    """Pairs that changes since have made none."""
    last = 0
    while True:
        waiting = select(Suspect).where(Suspect.state == "open", Suspect.id > last)
        with unit_of_work() as session:
            last = _judge_again(session, waiting.order_by(Suspect.id).limit(_KEYS))
        if not last:
            return


def _pairs_of(session: Session, shared: Sequence[int]) -> Iterator[Pair]:
    groups: dict[int, list[int]] = {}
    statement = select(EnterpriseKey.key, EnterpriseKey.enterprise_id).where(EnterpriseKey.key.in_(shared))
    for key, number in session.execute(statement):
        groups.setdefault(key, []).append(number)
    for numbers in groups.values():
        yield from combinations(sorted(numbers), 2)


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def _note(session: Session, pairs: Collection[Pair]) -> int:
    """Judge pairs and queue those that deserve it. What stands there, decided or not, is left as it is."""
    facts = near.facts_of(session, {number for pair in pairs for number in pair}) if pairs else {}
    judged = [(pair, rules.judge(facts[pair[0]], facts[pair[1]])) for pair in sorted(pairs)]
    rows = [
        _row(pair, verdict.score, verdict.reasons)
        for pair, verdict in judged
        if verdict is not None and verdict.score >= rules.SUSPECT
    ]
    return _insert(session, rows)


def _row(pair: Pair, score: int, reasons: Iterable[str]) -> dict[str, Any]:
    now = clock.now()
    return {
        "public_id": new_ulid(), "first_id": pair[0], "second_id": pair[1], "score": score,
        "reasons": list(reasons), "state": "open", "note": "", "decided_name": "", "version": 1,
        "created_at": now, "updated_at": now,
    }  # fmt: skip


def _insert(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    if not rows:
        return 0
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Suspect).on_conflict_do_nothing(index_elements=["first_id", "second_id"])
    return len(session.scalars(statement.returning(Suspect.id), rows).all())


def of_pair(session: Session, one: Enterprise, other: Enterprise, *, actor: Actor) -> Suspect:
    """The pair of two records, put into the queue by hand where it is not there. Raises Invalid, NotPermitted."""
    access.ensure_may_merge(actor, one, other)
    if one.id == other.id:
        raise Invalid(Fault("enterprise", "same", _l("选的就是这一家，请填另一家。")))
    first, second = _pair(one.id, other.id)
    facts = near.facts_of(session, (first, second))
    verdict = rules.judge(facts[first], facts[second])
    score, reasons = (verdict.score, verdict.reasons) if verdict else (rules.SUSPECT, ())
    _insert(session, [_row((first, second), score, (*reasons, "by_hand"))])
    statement = select(Suspect).where(Suspect.first_id == first, Suspect.second_id == second)
    return session.scalars(statement).one()


def decide(session: Session, public_id: str, state: str, *, note: str, version: int, actor: Actor) -> Suspect:
    """Two enterprises (`distinct`), to be looked at `later`, or open again. Raises Conflict on a stale version."""
    require(actor, access.MERGE)
    suspect = load(session, Suspect, public_id, version)
    access.ensure_may_merge(actor, suspect.first, suspect.second)
    before, suspect.state, suspect.note = suspect.state, state, note.strip()[:300]
    decided = state != "open"
    suspect.decided_by = actor.account_id if decided else None
    suspect.decided_name = actor.name[:120] if decided else ""
    suspect.decided_at = clock.now() if decided else None
    session.flush()
    audit.record(
        "enterprises.pair_decided", KIND, suspect.id, actor=actor,
        label=f"{suspect.first.name} / {suspect.second.name}"[:300],
        changes={"state": (before, state)}, reason=suspect.note,
    )  # fmt: skip
    return suspect


def carry_decisions(session: Session, from_id: int, to_id: int) -> list[int]:
    """What was decided of the absorbed holds for the survivor: the keys of the pairs made for it."""
    made = []
    for row in _decided(session, from_id):
        other = row.second_id if row.first_id == from_id else row.first_id
        first, second = _pair(to_id, other)
        there = select(Suspect.id).where(Suspect.first_id == first, Suspect.second_id == second)
        if other == to_id or session.scalar(there) is not None:
            continue
        kept = Suspect(
            first_id=first, second_id=second, score=row.score, reasons=row.reasons, state=row.state,
            note=row.note, decided_by=row.decided_by, decided_name=row.decided_name, decided_at=row.decided_at,
        )  # fmt: skip
        session.add(kept)
        session.flush()
        made.append(kept.id)
    return made


def _decided(session: Session, enterprise_id: int) -> Sequence[Row[Any]]:
    table = Suspect.__table__
    mine = (Suspect.first_id == enterprise_id) | (Suspect.second_id == enterprise_id)
    return session.execute(select(table).where(mine, Suspect.state != "open")).all()
