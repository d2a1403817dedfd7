"""Enterprises whose names are like a given one: by key first, then by what a slip of the pen leaves whole."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.permissions import Actor
from core.text import forms
from core.text.grams import grams
from crm.enterprises import access, cutting
from crm.enterprises.duplicates import keys, rules
from crm.enterprises.duplicates.rules import Facts, Verdict
from crm.enterprises.models import Contact, Enterprise, FormerName
from crm.enterprises.name_grams import EnterpriseGram

MOST = 60
"""So many candidates of one kind are compared."""

_FREQUENT = 3000
_TOGETHER = 3


@dataclass(frozen=True)
class Near:
    """An enterprise with a like name. `other_code`: it bears another credit code, so it is another subject."""

    id: int
    public_id: str
    name: str
    uscc: str | None
    reg_status: str
    verdict: Verdict
    other_code: bool = False


def like(session: Session, name: str, uscc: str | None = None, *, actor: Actor, limit: int = 5) -> list[Near]:
    """The nearest first; whoever bears the code itself stands before all. At most eight statements."""
    found = _judged(session, name, uscc, _by_key(session, name, uscc), actor)
    if not any(each.verdict.score >= rules.SUSPECT for each in found):
        known = {each.id for each in found}
        more = [number for number in _by_grams(session, name) if number not in known]
        found += _judged(session, name, uscc, more, actor)
    found.sort(key=lambda each: (-each.verdict.score, each.other_code, len(each.name), each.id))
    return found[:limit]


def facts_of(session: Session, ids: Collection[int]) -> dict[int, Facts]:
    """What is compared of these records, in three statements."""
    numbers = sorted(ids)
    former = _grouped(session, FormerName.enterprise_id, FormerName.name, numbers)
    mobiles = _grouped(session, Contact.enterprise_id, Contact.mobile_index, numbers)
    statement = select(
        Enterprise.id, Enterprise.name, Enterprise.uscc, Enterprise.short_name, Enterprise.legal_rep,
        Enterprise.reg_address, Enterprise.founded_on,
    ).where(Enterprise.id.in_(numbers))  # fmt: skip
    return {
        row.id: Facts(
            name=row.name,
            uscc=row.uscc,
            short_name=row.short_name,
            former=tuple(former.get(row.id, ())),
            legal_rep=row.legal_rep,
            address=row.reg_address,
            founded_on=row.founded_on,
            mobiles=frozenset(filter(None, mobiles.get(row.id, ()))),
        )
        for row in session.execute(statement)
    }


def _grouped(session: Session, owner: Any, value: Any, numbers: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for number, each in session.execute(select(owner, value).where(owner.in_(numbers))):
        found.setdefault(number, []).append(each)
    return found


def _by_key(session: Session, name: str, uscc: str | None) -> list[int]:
    strong, weak = cutting.graded(name)
    found = keys.sharing(session, strong, MOST) + keys.sharing(session, weak, MOST)
    if uscc and (holder := session.scalar(select(Enterprise.id).where(Enterprise.uscc == uscc))):
        found.append(holder)
    return list(dict.fromkeys(found))


def _by_grams(session: Session, name: str) -> list[int]:
    """One slip leaves the first or the second half of a name whole: enterprises that have all of one."""
    cut = list(dict.fromkeys(grams(forms.core(name))))
    if len(cut) < _TOGETHER + 1:
        return []
    often = _frequencies(session, cut)
    middle = (len(cut) + 1) // 2
    found: list[int] = []
    for half in (cut[: middle - 1], cut[middle:]):
        rarest = sorted(half, key=lambda gram: often[gram])[:_TOGETHER]
        if rarest and often[rarest[0]] < _FREQUENT:
            found += _having_all(session, rarest)
    return list(dict.fromkeys(found))


def _frequencies(session: Session, cut: Sequence[str]) -> dict[str, int]:
    """How many enterprises have each gram, counted no further than 3,000; one statement."""
    columns = []
    for gram in cut:
        some = select(EnterpriseGram.enterprise_id).where(EnterpriseGram.gram == gram).limit(_FREQUENT)
        columns.append(select(func.count()).select_from(some.subquery()).scalar_subquery())
    return dict(zip(cut, session.execute(select(*columns)).one(), strict=True))


def _having_all(session: Session, cut: Sequence[str]) -> list[int]:
    first = aliased(EnterpriseGram)
    statement = select(first.enterprise_id).where(first.gram == cut[0])
    for gram in cut[1:]:
        other = aliased(EnterpriseGram)
        statement = statement.join(other, other.enterprise_id == first.enterprise_id).where(
            other.gram == gram
        )
    return list(session.scalars(statement.limit(MOST)))


def _judged(session: Session, name: str, uscc: str | None, ids: Collection[int], actor: Actor) -> list[Near]:
    if not ids:
        return []
    typed, facts = Facts(name), facts_of(session, ids)
    shown = session.execute(
        select(Enterprise.id, Enterprise.public_id, Enterprise.name, Enterprise.uscc, Enterprise.reg_status)
        .where(Enterprise.id.in_(sorted(ids)), access.visible_to(actor))
    )  # fmt: skip
    found = []
    for row in shown:
        if uscc and row.uscc == uscc:
            verdict: Verdict | None = Verdict(99, ("same_code",))
        else:
            verdict = rules.judge(typed, replace(facts[row.id], uscc=None))
        if verdict is not None and verdict.score >= rules.HINT:
            found.append(Near(*row, verdict, other_code=bool(uscc and row.uscc and row.uscc != uscc)))
    return found
