"""Taking a merge back: both enterprises as they were, but for what has been edited since."""

from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from core import audit, clock
from core.db import load
from core.dirty import touch
from core.errors import Conflict, Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.permissions import Actor, require
from crm.enterprises import access, name_grams, placing, tags
from crm.enterprises.duplicates import groups, moving, redirects
from crm.enterprises.duplicates.choices import READINGS
from crm.enterprises.duplicates.models import Merge, Suspect
from crm.enterprises.duplicates.rows import give, give_all, keep, rests
from crm.enterprises.models import Enterprise, FormerName
from crm.enterprises.service import KIND, derive_keys

_TABLE = cast(Table, Enterprise.__table__)
_SUSPECT = cast(Table, Suspect.__table__)
_MOTHER = "group_id"
_CODES: Mapping[str, Any] = {"uscc": _l("统一社会信用代码"), "stock_code": _l("证券代码")}


def undo(session: Session, public_id: str, *, version: int, actor: Actor) -> Merge:
    """Both as they were; what was edited since stays and is named in `kept`.

    Raises Conflict where it was undone before or the survivor was merged on, Invalid where a code of the absorbed
    belongs to somebody else by now.
    """
    require(actor, access.MERGE)
    made = load(session, Merge, public_id, version)
    survivor = _survivor(session, made, actor)
    made.undone_at, made.undone_name = clock.now(), actor.name[:120]
    edited = _put_back(session, survivor, made, [name for name in made.fields if name != _MOTHER])
    _bring_back(session, made)
    edited += _put_back(session, survivor, made, [name for name in made.fields if name == _MOTHER])
    _forget(session, survivor, made)
    kept: list[dict[str, Any]] = [{"field": name} for name in edited if name not in READINGS]
    account = {"moved": made.moved, "dropped": made.dropped, "changed": made.changed}
    for mover, count in moving.take_back(session, account, survivor.id, made.absorbed_id):
        kept.append({"mover": mover.code, "count": count})
    made.kept = kept
    session.flush()
    _follow(session, survivor, made, actor)
    return made


def _survivor(session: Session, made: Merge, actor: Actor) -> Enterprise:
    if made.undone_at is not None:
        raise Conflict(_l("这次合并已经撤销过了。"))
    if redirects.successor(session, made.survivor_pid) is not None:
        raise Conflict(_l("留下的这家后来又并入了别家，请先撤销那一次合并。"))
    survivor = load(session, Enterprise, made.survivor_pid, where=access.visible_to(actor))
    unit_id = made.absorbed.get("unit_id")
    reach = actor.reach(access.MERGE)
    if not access.may_merge(actor, survivor) or (unit_id is not None and not reach.covers(unit_id)):
        raise NotPermitted()
    return survivor


def _put_back(session: Session, survivor: Enterprise, made: Merge, names: Collection[str]) -> list[str]:
    """The survivor's own values of these fields, but those that were edited since: their names."""
    edited = []
    for name in names:
        before, after = (_present(session, name, value) for value in made.fields[name])
        if keep(getattr(survivor, name)) == after:
            setattr(survivor, name, give(before))
        else:
            edited.append(name)
    session.flush()
    return edited


def _present(session: Session, name: str, value: Any) -> Any:
    """A mother that was merged since is the one that she went into."""
    later = groups.merges_after(session, value) if name == _MOTHER else []
    return later[-1].survivor_id if later else value


def _forget(session: Session, survivor: Enterprise, made: Merge) -> None:
    """The former names and pairs that the merge made; the name's keys follow it."""
    derive_keys(survivor)
    session.execute(delete(FormerName).where(FormerName.id.in_(made.moved.get("former_made", []))))
    session.execute(delete(_SUSPECT).where(_SUSPECT.c.id.in_(made.moved.get("suspect", []))))
    session.flush()
    session.expire(survivor, ["former_names"])


def _bring_back(session: Session, made: Merge) -> None:
    """The absorbed row with its number and its address, and its pairs in the queue."""
    row = give_all(made.absorbed)
    for name, label in _CODES.items():
        column = getattr(Enterprise, name)
        holder = select(Enterprise.name).where(column == row[name]) if row[name] else None
        if holder is not None and (found := session.scalar(holder)) is not None:
            message = _l("%(code)s已登记在“%(name)s”名下，先改那一家再撤销。", code=label, name=found)
            raise Invalid(Fault(name, "taken", message))
    for later in groups.merges_after(session, row[_MOTHER]):
        # She is found under the later survivor, and gets this daughter back when that merge is undone.
        row[_MOTHER] = later.survivor_id
        moved = {**later.moved, "group": [*later.moved.get("group", []), made.absorbed_id]}
        later.moved = moved
    rests(session, _TABLE, row)
    session.execute(insert(_TABLE), [row])
    tags.renew(session, [made.absorbed_id])
    for pair in map(give_all, made.dropped.get("suspect", [])):
        if rests(session, _SUSPECT, pair):
            session.execute(insert(_SUSPECT), [pair])


def _follow(session: Session, survivor: Enterprise, made: Merge, actor: Actor) -> None:
    both = [survivor.id, made.absorbed_id]
    name_grams.renew(session, both)
    placing.refresh_matches(session, both)
    touch(KIND, both)
    for number, label in ((survivor.id, survivor.name), (made.absorbed_id, made.absorbed_name)):
        audit.record(
            "enterprises.merge_undone", KIND, number, actor=actor, label=label,
            changes={"absorbed": (made.absorbed_name, None)},
        )  # fmt: skip
