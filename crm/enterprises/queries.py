"""Every read of the register that has a shape. A page costs a fixed number of statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core import settings
from core.accounts.models import Unit
from core.errors import NotFound
from core.listing import AnySelect, ListQuery, Page, ordered, paginate
from core.permissions import Actor
from core.places import Park, Region, park_and_below, regions_within
from crm.enterprises import access
from crm.enterprises.models import Enterprise, FormerName, Honour, Industry
from crm.enterprises.rules import FIGURE_LABELS, growth

SORTS = {
    "name": (Enterprise.sort_key, Enterprise.id),
    "revenue": (Enterprise.latest_revenue_wan, Enterprise.id),
    "updated": (Enterprise.updated_at, Enterprise.id),
}
FILTERS = ("park", "region", "industry", "size", "status", "honour", "listed", "verified")


@dataclass(frozen=True)
class Row:
    """One line of the list; money in 万元."""

    public_id: str
    name: str
    uscc: str | None
    stock_code: str | None
    region: str
    industry: str
    park: str
    main_products: str
    size_class: str | None
    above_scale: bool
    revenue_wan: Decimal | None
    year: int | None
    reg_status: str
    last_contact_on: date | None
    next_contact_on: date | None


def page(session: Session, query: ListQuery, *, actor: Actor) -> Page[Row]:
    """One page of what the actor may see. Two statements, whatever the filters."""
    statement = (
        select(
            Enterprise.public_id,
            Enterprise.name,
            Enterprise.uscc,
            Enterprise.stock_code,
            func.coalesce(Region.name, "").label("region"),
            func.coalesce(Industry.name, Enterprise.industry_text).label("industry"),
            func.coalesce(Park.name, "").label("park"),
            Enterprise.main_products,
            Enterprise.size_class,
            Enterprise.above_scale,
            Enterprise.latest_revenue_wan.label("revenue_wan"),
            Enterprise.latest_year.label("year"),
            Enterprise.reg_status,
            Enterprise.last_contact_on,
            Enterprise.next_contact_on,
        )
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .outerjoin(Industry, Industry.code == Enterprise.industry_code)
        .outerjoin(Park, Park.id == Enterprise.park_id)
        .where(access.visible_to(actor))
    )
    statement = _filtered(session, statement, query)
    statement = ordered(statement, SORTS, query.sort, "name")
    return paginate(session, statement, query, count_on=Enterprise.id, convert=lambda row: Row(*row))


def _filtered(session: Session, statement: AnySelect, query: ListQuery) -> AnySelect:
    if parks := [int(value) for value in query.all("park") if value.isdigit()]:
        within = [number for park_id in parks for number in park_and_below(session, park_id)]
        statement = statement.where(Enterprise.park_id.in_(within))
    if regions := query.all("region"):
        ranges = [regions_within(code) for code in regions if code.isdigit() and len(code) == 6]
        statement = statement.where(
            or_(*[Enterprise.region_code.between(low, high + "0") for low, high in ranges])
        )
    if industries := query.all("industry"):
        statement = statement.where(or_(*[_industry_clause(code) for code in industries]))
    if sizes := query.all("size"):
        statement = statement.where(Enterprise.size_class.in_(sizes))
    if statuses := query.all("status"):
        statement = statement.where(Enterprise.reg_status.in_(statuses))
    if honours := query.all("honour"):
        statement = statement.where(
            exists().where(Honour.enterprise_id == Enterprise.id, Honour.kind.in_(honours))
        )
    if listed := query.one("listed"):
        statement = statement.where(
            Enterprise.stock_code.is_not(None) if listed == "yes" else Enterprise.stock_code.is_(None)
        )
    if verified := query.one("verified"):
        statement = statement.where(
            Enterprise.uscc.is_not(None) if verified == "yes" else Enterprise.uscc.is_(None)
        )
    return statement


def _industry_clause(code: str) -> Any:
    """A section letter covers its divisions; a shorter code covers the longer ones that begin with it."""
    if code.isalpha():
        divisions = select(Industry.code).where(Industry.section == code.upper()[:1])
        return Enterprise.industry_code.in_(divisions)
    return Enterprise.industry_code.startswith(code[:4], autoescape=True)


def get(session: Session, public_id: str, *, actor: Actor) -> Enterprise:
    """One enterprise with everything its page shows. Raises NotFound, also for what is hidden."""
    statement = (
        select(Enterprise)
        .where(Enterprise.public_id == public_id, access.visible_to(actor))
        .options(
            joinedload(Enterprise.region),
            joinedload(Enterprise.industry),
            joinedload(Enterprise.park),
            joinedload(Enterprise.unit),
            selectinload(Enterprise.former_names),
            selectinload(Enterprise.years),
            selectinload(Enterprise.honours),
            selectinload(Enterprise.contacts),
        )
    )
    found = session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound()
    return found


def same_core_name(session: Session, core_names: Iterable[str]) -> dict[str, list[int]]:
    """Enterprises whose present or former normal form is among `core_names`: suspects, never merged."""
    wanted = list(core_names)
    found: dict[str, list[int]] = {}
    for model, key in ((Enterprise, Enterprise.id), (FormerName, FormerName.enterprise_id)):
        for core_name, number in session.execute(
            select(model.core_name, key).where(model.core_name.in_(wanted))
        ):
            found.setdefault(core_name, []).append(number)
    return found


def industry_choices(session: Session) -> list[tuple[str, str]]:
    """Sections and divisions of GB/T 4754, for the list's filter."""
    statement = (
        select(Industry.code, Industry.name)
        .where(Industry.level <= 2)
        .order_by(Industry.section, Industry.code)
    )
    return [(code, f"{code} {name}") for code, name in session.execute(statement)]


def region_choices(session: Session) -> list[tuple[str, str]]:
    """The home region first, then the provinces."""
    home = settings.get(session, "home_region", "")
    statement = (
        select(Region.code, Region.name)
        .where(or_(Region.level == 1, Region.code == home))
        .order_by(Region.code != home, Region.code)
    )
    return [(row.code, row.name) for row in session.execute(statement)]


def unit_of_park(session: Session, park_id: int | None) -> int | None:
    """The committee that runs a park, or its zone's."""
    if park_id is None:
        return None
    park = session.get(Park, park_id)
    while park is not None and park.unit_id is None and park.parent_id is not None:
        park = session.get(Park, park.parent_id)
    return park.unit_id if park is not None else None


def unit_name(session: Session, unit_id: int | None) -> str:
    return "" if unit_id is None else session.scalar(select(Unit.name).where(Unit.id == unit_id)) or ""


def figure_table(enterprise: Enterprise) -> list[dict[str, Any]]:
    """The yearly figures as lines: figure name → value by year, newest source of a year winning."""
    by_year: dict[int, dict[str, Any]] = {}
    for row in enterprise.years:
        merged = by_year.setdefault(row.year, {})
        for name in FIGURE_LABELS:
            value = getattr(row, name)
            if value is not None:
                merged[name] = value
    years = sorted(by_year)[-4:]
    lines = []
    for name, label in FIGURE_LABELS.items():
        values = [by_year[year].get(name) for year in years]
        if any(value is not None for value in values):
            change = growth(values[-2], values[-1]) if len(values) > 1 else None
            lines.append({"name": name, "label": label, "years": years, "values": values, "growth": change})
    return lines
