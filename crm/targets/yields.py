"""What enterprises earn of the land and the energy that they use, as the register tells it year by year."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from chains import queries
from core import clock
from core.types import to_mu
from crm.enterprises.homes import Locator
from crm.enterprises.models import Enterprise, EnterpriseYear
from crm.enterprises.placements import Placement
from crm.targets.rules import Yields

YEARS = 4
PEERS = 400
"""So many placements at home are enough to compare with."""


@dataclass
class Told:
    """One enterprise by year; one source a year is enough. Energy by the basis that it was counted on."""

    revenue: dict[int, Decimal] = field(default_factory=dict)
    land: dict[int, Decimal] = field(default_factory=dict)
    energy: dict[str, dict[int, Decimal]] = field(default_factory=dict)

    def latest(self, used: Mapping[int, Decimal]) -> tuple[Decimal, Decimal] | None:
        """(revenue, what was used) of the latest year that tells both."""
        years = [year for year in used if used[year] > 0 and year in self.revenue]
        return (self.revenue[max(years)], used[max(years)]) if years else None


def told(session: Session, numbers: Collection[int]) -> dict[int, Told]:
    """Revenue, land and energy of the last years."""
    return _read(session, EnterpriseYear.enterprise_id.in_(numbers))


def _read(session: Session, whose: ColumnElement[bool]) -> dict[int, Told]:
    statement = select(
        EnterpriseYear.enterprise_id, EnterpriseYear.year, EnterpriseYear.revenue_wan, EnterpriseYear.land_sqm,
        EnterpriseYear.energy_tce, EnterpriseYear.energy_basis,
    ).where(whose, EnterpriseYear.year >= clock.today().year - YEARS)  # fmt: skip
    found: dict[int, Told] = {}
    for number, year, revenue, land, energy, basis in session.execute(statement):
        one = found.setdefault(number, Told())
        if revenue is not None:
            one.revenue.setdefault(year, revenue)
        if land is not None:
            one.land.setdefault(year, to_mu(land))
        if energy is not None:
            one.energy.setdefault(basis, {}).setdefault(year, energy)
    return found


def of(several: Iterable[Told]) -> Yields:
    """Their revenue together by the land, and by the energy of each basis, that they use together."""
    firms = list(several)
    bases = {basis for one in firms for basis in one.energy}
    energy = {basis: _together(one.latest(one.energy.get(basis, {})) for one in firms) for basis in bases}
    return Yields(
        _together(one.latest(one.land) for one in firms),
        {basis: value for basis, value in energy.items() if value is not None},
    )


def _together(pairs: Iterable[tuple[Decimal, Decimal] | None]) -> Decimal | None:
    known = [pair for pair in pairs if pair is not None]
    used = sum((pair[1] for pair in known), Decimal(0))
    return sum((pair[0] for pair in known), Decimal(0)) / used if used else None


def at_home(session: Session, found: queries.Map, locator: Locator) -> Yields:
    """Of the enterprises at home on the whole map, as far as they tell it."""
    firms = (
        select(Placement.enterprise_id)
        .join(Enterprise, Enterprise.id == Placement.enterprise_id)
        .where(Placement.node_id.in_(found.origins()), ~locator.outside(), Enterprise.reg_status == "active")
        .order_by(Placement.id)
        .limit(PEERS)
        .subquery()
    )
    tells = or_(EnterpriseYear.land_sqm.is_not(None), EnterpriseYear.energy_tce.is_not(None))
    return of(_read(session, EnterpriseYear.enterprise_id.in_(select(firms)) & tells).values())
