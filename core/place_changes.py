"""Regions begin and end: an administrator gives the days, what was entered under an old code stays (DOMAIN 2.2)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core import audit, settings
from core.errors import Conflict, Fault, Invalid, NotFound
from core.i18n import lazy as _l
from core.permissions import Actor, require
from core.places import Region, RegionSuccessor
from core.places_today import successors

KIND = "region"
MOST = 100


@dataclass(frozen=True)
class Days:
    """The first and the last day of a region, as far as they are known, and the codes of what it has become."""

    first: date | None
    last: date | None
    into: tuple[str, ...] = ()


def days_of(region: Region) -> Days:
    return Days(region.valid_from, region.valid_to, tuple(each.successor_code for each in region.successors))


def find(session: Session, words: str) -> list[Region]:
    """Regions by the beginning of their code or a part of their whole name; without words those that have days."""
    typed = "".join(words.split())
    match = (
        or_(Region.valid_from.is_not(None), Region.valid_to.is_not(None))
        if not typed
        else Region.code.startswith(typed, autoescape=True)
        if typed.isdecimal()
        else Region.full_name.contains(typed, autoescape=True)
    )
    return list(session.scalars(select(Region).where(match).order_by(Region.code).limit(MOST)))


def get(session: Session, code: str, *, lock: bool = False) -> Region:
    """Raises NotFound."""
    found = session.get(Region, code, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NotFound()
    return found


def date_region(session: Session, code: str, days: Days, *, seen: Days, actor: Actor) -> Region:
    """Give the days of a region. Raises Conflict when they are not as `seen` any more, Invalid on a wrong order."""
    require(actor, settings.EDIT)
    region = get(session, code, lock=True)
    before = days_of(region)
    if before != seen:
        raise Conflict()
    _check(days)
    _check_successors(session, code, days)
    region.valid_from, region.valid_to = days.first, days.last
    changes = audit.changes_of(region)
    if days.into != before.into:
        changes["successors"] = ("、".join(before.into), "、".join(days.into))
        known = {each.successor_code: each for each in region.successors}
        region.successors = [known.get(each) or RegionSuccessor(successor_code=each) for each in days.into]
        for position, each in enumerate(region.successors):
            each.position = position
    session.flush()
    _note("places.region_dated", region, actor, changes)
    return region


def add(session: Session, code: str, name: str, days: Days, *, actor: Actor) -> Region:
    """A division that has been set up since; its code says where it lies. Raises Invalid naming every fault."""
    require(actor, settings.EDIT)
    above = f"{code[:4]}00" if not code.endswith("00") else f"{code[:2]}0000"
    parent = session.get(Region, above)
    faults = []
    if len(code) != 6 or not code.isdecimal() or parent is None or above == code:
        faults.append(
            Fault("code", "unknown", _l("区划代码是 6 位数字，前几位要是已有的省、市，如 510705。"))
        )
    elif session.get(Region, code) is not None:
        faults.append(Fault("code", "taken", _l("这个区划代码已经有了。")))
    if not name.strip():
        faults.append(Fault("name", "required", _l("请填名称。")))
    if faults or parent is None:
        raise Invalid(faults)
    _check(days)
    made = Region(
        code=code, name=name.strip(), full_name=parent.full_name + name.strip(), level=parent.level + 1,
        parent_code=above, valid_from=days.first, valid_to=days.last,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _note("places.region_added", made, actor, {})
    return made


def _check(days: Days) -> None:
    if days.first is not None and days.last is not None and days.last < days.first:
        raise Invalid(Fault("valid_to", "order", _l("最后一天不能早于第一天。")))


def _check_successors(session: Session, code: str, days: Days) -> None:
    """What a region has become exists, is another one, and does not lead back to it."""
    if days.into and days.last is None:
        raise Invalid(Fault("into", "not_ended", _l("填了归到哪里，就要填最后一天。")))
    known = set(session.scalars(select(Region.code).where(Region.code.in_(days.into))))
    if strange := [each for each in days.into if each not in known]:
        message = _l("没有区划代码 %(code)s，请先查准或新增。", code="、".join(strange)[:40])
        raise Invalid(Fault("into", "unknown", message))
    after = {place: [each.code for each in found] for place, found in successors(session).items()}
    seen, waiting = set[str](), list(days.into)
    while waiting:
        each = waiting.pop()
        if each == code:
            raise Invalid(Fault("into", "circle", _l("不能归到它自己，也不能绕回来。")))
        if each not in seen:
            seen.add(each)
            waiting += after.get(each, [])


def _note(action: str, region: Region, actor: Actor, changes: dict[str, tuple[object, object]]) -> None:
    audit.record(action, KIND, int(region.code), actor=actor, label=region.full_name, changes=changes)
