"""Parks are set up, changed and closed by an administrator; what lies in them follows (DOMAIN 2.2)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core import audit, clock, place_following, places, places_today, settings
from core.accounts.models import Unit
from core.db import load
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import Actor, require
from core.places import Park, ParkLine, Region
from core.places_today import Place
from crm.parks.rules import KIND

DEEPEST = 4


@dataclass(frozen=True)
class ParkValues:
    """What an administrator says of a park; `regions` as they were typed: codes or names, the main one first."""

    name: str
    short_name: str
    level: str
    focus: str
    parent_id: int | None
    unit_id: int | None
    regions: Sequence[str]
    valid_from: date | None
    valid_to: date | None


def get(session: Session, public_id: str) -> Park:
    """Raises NotFound."""
    return load(session, Park, public_id)


def add(session: Session, code: str, values: ParkValues, *, actor: Actor) -> Park:
    """A new park. Its code stands in numbers, saved homes and other people's tables, and stays. Raises Invalid."""
    require(actor, settings.EDIT)
    faults = [*_code_faults(session, code)]
    park = Park(code=code.strip())
    codes = _checked(session, park, values, faults)
    _fill(park, values, codes)
    session.add(park)
    session.flush()
    audit.record("places.park_added", KIND, park.id, actor=actor, label=park.name)
    return park


def change(
    session: Session, public_id: str, values: ParkValues, *, version: int | None, actor: Actor
) -> Park:
    """Rename, move, give to another committee, close. Raises Invalid, or Conflict on a stale version."""
    require(actor, settings.EDIT)
    # Parks are few: who changes the tree holds all of it, or two at once could put each into the other.
    session.execute(select(Park.id).order_by(Park.id).with_for_update())
    park = load(session, Park, public_id, version)
    codes = _checked(session, park, values, [])
    before, before_codes = places.park_lines(session), [each.region_code for each in park.regions]
    _fill(park, values, codes)
    changes = audit.changes_of(park)
    if codes != before_codes:
        changes["regions"] = (_named(session, before_codes), _named(session, codes))
        park.updated_at = clock.now()
    session.flush()
    if changes:
        audit.record("places.park_changed", KIND, park.id, actor=actor, label=park.name, changes=changes)
    _follow(session, park, before, changes, actor)
    return park


def _named(session: Session, codes: Sequence[str]) -> str:
    """Regions as the audit trail keeps them: by their names of today."""
    named = {row.code: row.full_name for row in session.scalars(select(Region).where(Region.code.in_(codes)))}
    return "、".join(named[code] for code in codes)


def _fill(park: Park, values: ParkValues, codes: Sequence[str]) -> None:
    park.name, park.short_name = values.name.strip(), values.short_name.strip()
    park.level, park.focus = values.level.strip(), values.focus.strip()
    park.parent_id, park.unit_id = values.parent_id, values.unit_id
    park.valid_from, park.valid_to = values.valid_from, values.valid_to
    park.lie_in(codes)


def _follow(
    session: Session, park: Park, before: Mapping[int, ParkLine], changes: Mapping[str, Any], actor: Actor
) -> None:
    """Another committee takes the enterprises over, and what names the park is found by its new name."""
    after = places.park_lines(session)
    moved = [
        number
        for number in places.park_and_below(session, park.id)
        if places.committee(before, number) != places.committee(after, number)
    ]
    if moved or "name" in changes:
        left = {places.committee(before, number) for number in moved}
        parks = {*moved, park.id}
        place_following.follow_soon(session, parks, left=left, renamed="name" in changes, actor=actor)


def _code_faults(session: Session, code: str) -> Iterator[Fault]:
    if not code.strip():
        yield Fault("code", "required", _l("请填园区代码。"))
        return
    twin = session.scalar(select(Park.name).where(Park.code == code.strip()))
    if twin is not None:
        yield Fault("code", "taken", _l("这个园区代码已经给了“%(name)s”，请换一个。", name=twin))


def _checked(session: Session, park: Park, values: ParkValues, faults: Collection[Fault]) -> list[str]:
    """The codes of the regions. Raises Invalid naming every fault at once."""
    kept_codes = {each.region_code for each in park.regions}
    codes, wrong = _regions(session, values.regions, kept_codes)
    found = [*faults, *_plain_faults(values), *_tree_faults(session, park, values)]
    unit = session.get(Unit, values.unit_id) if values.unit_id is not None else None
    if values.unit_id is not None and (unit is None or not (unit.active or unit.id == park.unit_id)):
        found.append(Fault("unit", "unknown", _l("没有这个单位，或已撤销。")))
    if found or wrong:
        raise Invalid([*found, *wrong])
    return codes


def _plain_faults(values: ParkValues) -> Iterator[Fault]:
    if not values.name.strip():
        yield Fault("name", "required", _l("请填名称。"))
    if values.valid_from is not None and values.valid_to is not None and values.valid_to < values.valid_from:
        yield Fault("valid_to", "order", _l("最后一天不能早于第一天。"))


def _tree_faults(session: Session, park: Park, values: ParkValues) -> Iterator[Fault]:
    """No circle, nothing deeper than four, nothing open in what is closed."""
    lines = places.park_lines(session)
    below = places.park_and_below(session, park.id)[1:] if park.id else []
    parent = lines.get(values.parent_id or 0)
    if values.parent_id is not None:
        if parent is None:
            yield Fault("parent_id", "unknown", _l("没有这个园区。"))
        elif parent.id in (park.id, *below):
            yield Fault("parent_id", "circle", _l("不能放到它自己或它下面的片区里。"))
        elif parent.id != park.parent_id and parent.closed_on(clock.today()):
            yield Fault("parent_id", "closed", _l("“%(name)s”已停用，请另选。", name=parent.label))
        elif _depth(lines, parent.id) + _height(lines, park.id, below) >= DEEPEST:
            yield Fault("parent_id", "deep", _l("园区最多分 4 层，请放到上面一层。"))
    last = values.valid_to
    longer = [lines[each].name for each in below if last and not _ends_by(lines[each], last)]
    if longer:
        message = _l(
            "下面还有用到更晚的片区：%(names)s。请先给它们填最后一天，或移到别的园区。",
            names="、".join(longer[:5]),
        )
        yield Fault("valid_to", "open_below", message)


def _ends_by(line: ParkLine, day: date) -> bool:
    return line.valid_to is not None and line.valid_to <= day


def _depth(lines: Mapping[int, ParkLine], number: int) -> int:
    return len(places.upwards(number, {each.id: each.parent_id for each in lines.values()}))


def _height(lines: Mapping[int, ParkLine], number: int | None, below: Sequence[int]) -> int:
    """How many levels hang below a park."""
    own = _depth(lines, number) if number else 0
    return max((_depth(lines, each) - own for each in below), default=0)


def _regions(session: Session, typed: Sequence[str], kept: Collection[str]) -> tuple[list[str], list[Fault]]:
    """The codes of what was typed, each a code or a name. Those of today, and those where the park lies already."""
    if not typed:
        return [], []
    rows = session.execute(
        select(Region.code, Region.name, Region.full_name, Region.valid_from, Region.valid_to).where(
            or_(Region.code.in_(typed), Region.name.in_(typed), Region.full_name.in_(typed))
        )
    ).all()
    after = places_today.successors(session)
    codes: list[str] = []
    faults: list[Fault] = []
    for word in typed:
        meant = [row for row in rows if word in (row.code, row.full_name)]
        meant = meant or [row for row in rows if word == row.name]
        if len(meant) != 1:
            faults.append(_unclear(word, [f"{row.code} {row.full_name}" for row in meant]))
            continue
        place = Place(meant[0].code, meant[0].full_name, meant[0].valid_from, meant[0].valid_to)
        fault = None if place.code in kept else places_today.place_fault(place, after)
        if fault is not None:
            faults.append(Fault("regions", fault.code, fault.message))
        elif place.code not in codes:
            codes.append(place.code)
    return codes, faults


def _unclear(word: str, several: Sequence[str]) -> Fault:
    if several:
        message = _l(
            "“%(word)s”对应好几个，请填代码：%(several)s。", word=word, several="、".join(several[:4])
        )
        return Fault("regions", "several", message)
    return Fault("regions", "unknown", _l("没有叫“%(word)s”的区划，请填六位代码或全称。", word=word[:30]))
