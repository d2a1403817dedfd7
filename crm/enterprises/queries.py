"""Every read of the register that has a shape. A page costs a fixed number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core import settings
from core.accounts.models import Unit
from core.bulk import among
from core.errors import NotFound
from core.kept import kept
from core.permissions import Actor
from core.places import Region
from crm.enterprises import access
from crm.enterprises.models import Enterprise, EnterpriseYear, FormerName, Industry
from crm.enterprises.placements import Placement
from crm.enterprises.rules import FIGURE_LABELS, growth

_MASTER = (
    joinedload(Enterprise.region),
    joinedload(Enterprise.industry),
    joinedload(Enterprise.park),
    joinedload(Enterprise.unit),
    joinedload(Enterprise.group),
    joinedload(Enterprise.specialist),
    joinedload(Enterprise.leader),
)
_WHOLE = (
    *_MASTER,
    selectinload(Enterprise.former_names),
    selectinload(Enterprise.years).joinedload(EnterpriseYear.verifier),
    selectinload(Enterprise.honours),
    selectinload(Enterprise.contacts),
)


def get(session: Session, public_id: str, *, actor: Actor) -> Enterprise:
    """One enterprise with everything its page shows. Raises NotFound, also for what is hidden."""
    return _one(session, public_id, _WHOLE, actor)


def master(session: Session, public_id: str, *, actor: Actor) -> Enterprise:
    """One enterprise with its master data alone, in one statement. Raises NotFound, also for what is hidden."""
    return _one(session, public_id, _MASTER, actor)


def _one(session: Session, public_id: str, loaded: Sequence[Any], actor: Actor) -> Enterprise:
    visible = select(Enterprise).where(Enterprise.public_id == public_id, access.visible_to(actor))
    found = session.scalars(visible.options(*loaded)).unique().one_or_none()
    if found is None:
        raise NotFound()
    return found


def same_core_name(session: Session, core_names: Iterable[str]) -> dict[str, list[int]]:
    """Enterprises whose present or former normal form is among `core_names`: suspects, never merged."""
    wanted = list(core_names)
    found: dict[str, list[int]] = {}
    for model, key in ((Enterprise, Enterprise.id), (FormerName, FormerName.enterprise_id)):
        statement = select(model.core_name, key).where(among(session, model.core_name, wanted))
        for core_name, number in session.execute(statement):
            found.setdefault(core_name, []).append(number)
    return found


def industry_choices(session: Session) -> list[tuple[str, str]]:
    """Sections and divisions of GB/T 4754, for the list's filter."""
    return kept(session, industry_choices, _industry_choices)


def _industry_choices(session: Session) -> list[tuple[str, str]]:
    statement = (
        select(Industry.code, Industry.name)
        .where(Industry.level <= 2)
        .order_by(Industry.section, Industry.code)
    )
    return [(code, f"{code} {name}") for code, name in session.execute(statement)]


def industry_codes(session: Session) -> set[str]:
    """Every code of GB/T 4754."""
    return kept(session, industry_codes, lambda asked: set(asked.scalars(select(Industry.code))))


def industry_names(session: Session, codes: Sequence[str]) -> dict[str, str]:
    """Names of classes of GB/T 4754 by code; a code that is none has no name."""
    if not codes:
        return {}
    rows = session.execute(select(Industry.code, Industry.name).where(Industry.code.in_(codes)))
    return {row.code: row.name for row in rows}


def numbers_of(session: Session, public_ids: Sequence[str], *, actor: Actor) -> list[int]:
    """Keys of enterprises that the actor may see; others are left out."""
    statement = select(Enterprise.id).where(Enterprise.public_id.in_(public_ids), access.visible_to(actor))
    return list(session.scalars(statement))


def placement(session: Session, public_id: str) -> Placement:
    """One firm on a node. Raises NotFound."""
    found = session.scalars(select(Placement).where(Placement.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def region_choices(session: Session) -> list[tuple[str, str]]:
    """The home region first, then the provinces."""
    return kept(session, region_choices, _region_choices)


def _region_choices(session: Session) -> list[tuple[str, str]]:
    home = settings.get(session, "home_region", "")
    statement = (
        select(Region.code, Region.name)
        .where(or_(Region.level == 1, Region.code == home))
        .order_by(Region.code != home, Region.code)
    )
    return [(row.code, row.name) for row in session.execute(statement)]


def unit_name(session: Session, unit_id: int | None) -> str:
    return "" if unit_id is None else session.scalar(select(Unit.name).where(Unit.id == unit_id)) or ""


SHOWN_YEARS = 6


@dataclass(frozen=True)
class FigureLine:
    """One figure over the years, the newest source of a year winning. `growth` is against the year before."""

    name: str
    label: Any
    years: Sequence[int]
    values: Sequence[Any]
    growth: Decimal | None


def figure_table(enterprise: Enterprise) -> list[FigureLine]:
    """The yearly figures of the last six years that have any; figures that nobody entered stay out."""
    by_year: dict[int, dict[str, Any]] = {}
    for row in enterprise.years:
        merged = by_year.setdefault(row.year, {})
        for name in FIGURE_LABELS:
            value = getattr(row, name)
            if value is not None:
                merged[name] = value
    years = sorted(by_year)[-SHOWN_YEARS:]
    lines = []
    for name, label in FIGURE_LABELS.items():
        values = [by_year[year].get(name) for year in years]
        if any(value is not None for value in values):
            adjacent = len(years) > 1 and years[-1] - years[-2] == 1
            change = growth(values[-2], values[-1]) if adjacent else None
            lines.append(FigureLine(name, label, years, values, change))
    return lines


def daughters(session: Session, enterprise_id: int, *, actor: Actor) -> list[Enterprise]:
    """The enterprises of a group, at most 50 by name."""
    statement = (
        select(Enterprise)
        .where(Enterprise.group_id == enterprise_id, access.visible_to(actor))
        .order_by(Enterprise.sort_key, Enterprise.id)
        .limit(50)
    )
    return list(session.scalars(statement))


def contacts_due(
    session: Session, account_id: int, today: date, *, days: int = 7
) -> list[tuple[str, str, date]]:
    """(public id, name, day) of the enterprises of a specialist that are to be contacted within some days."""
    statement = (
        select(Enterprise.public_id, Enterprise.name, Enterprise.next_contact_on)
        .where(
            Enterprise.specialist_id == account_id, Enterprise.next_contact_on <= today + timedelta(days=days)
        )
        .order_by(Enterprise.next_contact_on, Enterprise.id)
        .limit(30)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement) if row[2] is not None]
