"""Taking one enterprise into another, all at once: choices, what hangs on it, names, the row itself (DOMAIN 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from core import audit
from core.db import load
from core.dirty import touch
from core.errors import Conflict, Missing, Refused
from core.i18n import lazy as _l
from core.permissions import Actor, require
from core.text import forms
from crm.enterprises import access, belonging, figures, name_grams, placing
from crm.enterprises.duplicates import choices, groups, moving, suspects
from crm.enterprises.duplicates.models import Merge, Suspect
from crm.enterprises.duplicates.moving import Plan
from crm.enterprises.duplicates.rows import keep, keep_all
from crm.enterprises.models import Enterprise, FormerName
from crm.enterprises.service import KIND, derive_keys

MERGE_KIND = "enterprise_merge"
_TABLE = cast(Table, Enterprise.__table__)
_OF_FIGURES = ("latest_year", "latest_revenue_wan", "size_class")
_SUSPECT = cast(Table, Suspect.__table__)


@dataclass(frozen=True)
class Choice:
    """Which of a pair stays, as both were when they were looked at, and the fields taken from the other one."""

    survivor_pid: str
    absorbed_pid: str
    survivor_version: int
    absorbed_version: int
    taken: Mapping[str, bool]
    reason: str = ""


def blocked(plans: list[Plan]) -> list[Missing]:
    """What people must end before the two can be one, with links."""
    found = []
    for plan in plans:
        for record in plan.blocked:
            label, url = plan.mover.words(record) if plan.mover.words else (str(plan.mover.label), "")
            message = _l(
                "两家都有在办的%(kind)s，先办结或退出一个：%(label)s", kind=plan.mover.label, label=label
            )
            found.append(Missing(url or None, "both_open", message))
    return found


def merge(session: Session, choice: Choice, *, actor: Actor) -> Merge:
    """Move everything to the survivor and keep what undoes it.

    Raises Invalid on two credit codes or a branch, Refused where both have what one may have once, Conflict on a
    stale version.
    """
    require(actor, access.MERGE)
    survivor, absorbed = _both(session, choice, actor)
    choices.check(survivor, absorbed)
    plans = moving.plan(session, absorbed.id, survivor.id, absorbed.name)
    if missing := blocked(plans):
        raise Refused(missing)
    fields = choices.chosen(survivor, absorbed, choice.taken)
    mother = groups.mother_of_both(session, survivor, absorbed)
    if mother != survivor.group_id:
        fields["group_id"] = (survivor.group_id, mother)
    kept = moving.carry_out(session, plans, absorbed.id, survivor.id)
    survivor.group_id = mother  # Before the absorbed goes: the database lets no mother go that has daughters.
    kept["moved"]["suspect"] = suspects.carry_decisions(session, absorbed.id, survivor.id)
    made = Merge(
        survivor_id=survivor.id, survivor_pid=survivor.public_id, absorbed_id=absorbed.id,
        absorbed_pid=absorbed.public_id, absorbed_name=absorbed.name, absorbed=_row_of(session, absorbed.id),
        reason=choice.reason.strip(), account_id=actor.account_id, account_name=actor.name[:120],
    )  # fmt: skip
    kept["dropped"]["suspect"] = _take_out(session, absorbed)
    _fill(session, survivor, fields)
    made.fields = {name: [keep(before), keep(after)] for name, (before, after) in fields.items()}
    kept["moved"]["former_made"] = _remember_names(session, survivor, made.absorbed_name, fields)
    made.moved, made.dropped, made.changed = kept["moved"], kept["dropped"], kept["changed"]
    session.add(made)
    session.flush()
    _follow(session, survivor, made, fields, actor)
    return made


def _both(session: Session, choice: Choice, actor: Actor) -> tuple[Enterprise, Enterprise]:
    """Locked in the order of their keys, so that two merges of the same two wait instead of blocking each other."""
    wanted = {
        choice.survivor_pid: choice.survivor_version,
        choice.absorbed_pid: choice.absorbed_version,
    }
    found = {pid: load(session, Enterprise, pid, where=access.visible_to(actor)) for pid in sorted(wanted)}
    if any(found[pid].version != version for pid, version in wanted.items()):
        raise Conflict(_l("其中一家刚被人改过，请看过新的内容再合并。"))
    survivor, absorbed = found[choice.survivor_pid], found[choice.absorbed_pid]
    access.ensure_may_merge(actor, survivor, absorbed)
    return survivor, absorbed


def _row_of(session: Session, enterprise_id: int) -> dict[str, Any]:
    return keep_all(session.execute(select(_TABLE).where(_TABLE.c.id == enterprise_id)).one())


def _take_out(session: Session, absorbed: Enterprise) -> list[dict[str, Any]]:
    """Delete the row and its pairs; the pairs as they were."""
    mine = (_SUSPECT.c.first_id == absorbed.id) | (_SUSPECT.c.second_id == absorbed.id)
    pairs = [keep_all(row) for row in session.execute(select(_SUSPECT).where(mine))]
    session.flush()
    session.execute(delete(_SUSPECT).where(mine))
    session.execute(delete(_TABLE).where(_TABLE.c.id == absorbed.id))
    session.expunge(absorbed)
    return pairs


def _fill(session: Session, survivor: Enterprise, fields: dict[str, tuple[Any, Any]]) -> None:
    """Write the fields; those that follow from the figures of both are added to them."""
    for name, (_before, after) in fields.items():
        setattr(survivor, name, after)
    derive_keys(survivor)
    session.flush()
    session.expire(survivor, ["years", "industry"])
    before = {name: fields.get(name, (getattr(survivor, name),))[0] for name in _OF_FIGURES}
    if survivor.years:
        figures.follow(survivor)
        session.flush()
    fields |= {
        name: (was, getattr(survivor, name)) for name, was in before.items() if was != getattr(survivor, name)
    }


def _remember_names(
    session: Session, survivor: Enterprise, absorbed_name: str, fields: Mapping[str, tuple[Any, Any]]
) -> list[int]:
    """The name that is given up becomes a former one; the keys of what was added."""
    gone = {absorbed_name, fields["name"][0]} if "name" in fields else {absorbed_name}
    known = set(
        session.scalars(select(FormerName.core_name).where(FormerName.enterprise_id == survivor.id))
    ) | {survivor.core_name}
    made = []
    for name in sorted(gone):
        core_name = forms.normal_form(name)[:200]
        if core_name not in known:
            former = FormerName(enterprise_id=survivor.id, name=name, core_name=core_name)
            session.add(former)
            session.flush()
            made.append(former.id)
    return made


def _follow(
    session: Session, survivor: Enterprise, made: Merge, fields: Mapping[str, tuple[Any, Any]], actor: Actor
) -> None:
    """Names, product words, search, queue and the audit trail of both."""
    name_grams.renew(session, [survivor.id])
    placing.refresh_matches(session, [survivor.id])
    suspects.look(session, [survivor.id])
    touch(KIND, [survivor.id, made.absorbed_id])
    audit.record(
        "enterprises.merged", KIND, survivor.id, actor=actor, label=survivor.name,
        changes={**belonging.with_names(session, fields), "absorbed": (None, made.absorbed_name)},
        reason=made.reason,
    )  # fmt: skip
    audit.record(
        "enterprises.merged_away", KIND, made.absorbed_id, actor=actor, label=made.absorbed_name,
        changes={"survivor": (None, survivor.name)}, reason=made.reason,
    )  # fmt: skip
