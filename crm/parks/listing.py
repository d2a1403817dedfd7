"""The list of parks: zones and what lies in them, where, run by whom, open or closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from core import clock, places, settings
from core.accounts.models import Unit
from core.i18n import lazy as _l
from core.lists import choices
from core.lists.fields import Asking, Choice, Day, Option, Words
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from core.places import Park, ParkRegion, Region
from crm.parks.rules import STATES, state_of


@dataclass(frozen=True)
class Row:
    """One park; `zone` is what it lies in, `regions` their whole names, the main one first."""

    id: int
    public_id: str
    code: str
    name: str
    short_name: str
    level: str
    focus: str
    zone: str
    regions: Sequence[str]
    unit: str
    valid_from: date | None
    valid_to: date | None
    updated_at: datetime

    @property
    def state(self) -> str:
        return state_of(self.valid_from, self.valid_to, clock.today())


def _base(actor: Actor) -> AnySelect:
    return select(Park.id)


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, Row]:
    """Four statements: parks, their regions, the regions' and the committees' names."""
    parks = session.scalars(select(Park).options(selectinload(Park.regions)).where(Park.id.in_(ids))).all()
    codes = {each.region_code for park in parks for each in park.regions}
    named = dict(session.execute(select(Region.code, Region.full_name).where(Region.code.in_(codes))).all())
    lines = places.park_lines(session)
    run_by = {park.id: places.committee(lines, park.id) for park in parks}
    units = dict(session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(run_by.values()))).all())
    return {
        park.id: Row(
            park.id, park.public_id, park.code, park.name, park.short_name, park.level, park.focus,
            lines[park.parent_id].label if park.parent_id in lines else "",
            [named[each.region_code] for each in park.regions], units.get(run_by[park.id] or 0, ""),
            park.valid_from, park.valid_to, park.updated_at,
        )
        for park in parks
    }  # fmt: skip


def _in_state(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    today = clock.today()
    closed = and_(Park.valid_to.is_not(None), Park.valid_to < today)
    waiting = and_(Park.valid_from.is_not(None), Park.valid_from > today, ~closed)
    clauses: dict[str, ColumnElement[bool]] = {
        "closed": closed, "waiting": waiting, "open": ~or_(closed, waiting),
    }  # fmt: skip
    return or_(*[clauses[value] for value in values])


def _within(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    found = [number for value in values for number in places.park_and_below(asking.session, int(value))]
    return Park.id.in_(found)


def _zones(asking: Asking) -> list[Option]:
    lines = places.park_lines(asking.session)
    above = {each.parent_id for each in lines.values()}
    return [(str(each.id), each.label) for each in lines.values() if each.id in above]


def _zone_names(asking: Asking, values: Sequence[Any]) -> dict[Any, Any]:
    return {each.id: each.label for each in places.park_lines(asking.session).values()}


def _in_region(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return Park.id.in_(select(ParkRegion.park_id).where(ParkRegion.region_code.in_(values)))


def _regions(asking: Asking) -> list[Option]:
    """The regions that some park lies in."""
    used = select(ParkRegion.region_code)
    rows = asking.session.execute(
        select(Region.code, Region.full_name).where(Region.code.in_(used)).order_by(Region.code)
    )
    return [(code, name) for code, name in rows]


def _run_by(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    """Run by one of these units, or lying in what they run without a committee of its own."""
    lines = places.park_lines(asking.session)
    wanted = {int(value) for value in values}
    return Park.id.in_([each for each in lines if places.committee(lines, each) in wanted])


FIELDS = (
    Words("q", _l("名称、简称或代码"), quick=True, columns=(Park.name, Park.short_name, Park.code)),
    Choice("state", _l("状态"), quick=True, options=list(STATES.items()), where=_in_state),
    Choice("zone", _l("所属园区"), quick=True, options=_zones, where=_within),
    Choice("region", _l("行政区"), quick=True, options=_regions, where=_in_region),
    Choice("unit", _l("管理单位"), options=choices.units, where=_run_by, convert=int),
    Day("valid_to", _l("最后一天"), column=Park.valid_to),
    Day("updated", _l("更新时间"), column=Park.updated_at, instant=True),
)

COLUMNS = (
    Column("name", _l("园区名称"), sort="name"),
    Column("code", _l("园区代码"), cls="nw t p2", sort="code"),
    Column("zone", _l("所属园区")),
    Column("level", _l("级别"), cls="nw"),
    Column("focus", _l("主导产业")),
    Column("regions", _l("行政区"), "many"),
    Column("unit", _l("管理单位")),
    Column("state", _l("状态"), "code", cls="nw p3", labels=STATES),
    Column("short_name", _l("简称"), shown=False),
    Column("valid_from", _l("第一天"), "day", shown=False),
    Column("valid_to", _l("最后一天"), "day", shown=False),
    Column("updated_at", _l("更新时间"), "instant", sort="updated", shown=False),
)

LIST = register(
    ListSpec(
        key="parks",
        title=_l("园区名册"),
        unit=_l("个园区"),
        permission=settings.EDIT,
        export=settings.EDIT,
        endpoint="admin.parks",
        record="admin.show_park",
        id_column=Park.id,
        pid_column=Park.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "code": Sort(_l("园区代码"), Park.code),
            "name": Sort(_l("园区名称"), Park.name),
            "updated": Sort(_l("更新时间"), Park.updated_at, kind="instant"),
        },
        default_sort="code",
        groups={"zone": GroupBy(_l("所属园区"), Park.parent_id, names=_zone_names)},
        numbered=True,
        definition=_l("园区不是行政区，也不是单位：一个园区可以在几个行政区里，由管委会管理。"),
    )
)
