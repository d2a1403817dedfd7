"""What an anchor buys in a year and how much of it from local suppliers: the local supply rate (本地配套率, DOMAIN 4).

Kept by home, for what is local to a city is not local to one of its parks.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from chains import queries
from core.db import Base, Keyed, Versioned
from core.types import BIG, quantize, wan
from crm.enterprises.homes import Locator
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement


class AnchorPurchase(Keyed, Versioned, Base):
    """Purchases of an enterprise in one year, in 万元; `local_wan` from suppliers of `home` (see Home.value)."""

    __tablename__ = "anchor_purchase"
    enterprise_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id", ondelete="CASCADE"))
    home: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    total_wan: Mapped[Decimal] = wan("total_fen")
    local_wan: Mapped[Decimal] = wan("local_fen")
    source: Mapped[str] = mapped_column(String(200))

    enterprise: Mapped[Enterprise] = relationship()

    __table_args__ = (
        UniqueConstraint("enterprise_id", "home", "year"),
        CheckConstraint(
            "total_fen > 0 AND local_fen >= 0 AND local_fen <= total_fen", name="local_is_a_part"
        ),
    )


@dataclass(frozen=True)
class Anchor:
    """An anchor of the home on a map with its purchases of the latest year that is told; None where none is."""

    public_id: str
    name: str
    year: int | None
    total_wan: Decimal | None
    local_wan: Decimal | None
    source: str

    @property
    def rate(self) -> Decimal | None:
        return None if not self.total_wan else _percent(self.local_wan or Decimal(0), self.total_wan)


@dataclass(frozen=True)
class Supply:
    """The rate of a map: purchases of its local anchors added up, each by its latest year."""

    anchors: Sequence[Anchor]

    @property
    def told(self) -> list[Anchor]:
        return [each for each in self.anchors if each.total_wan]

    @property
    def total_wan(self) -> Decimal:
        return sum((each.total_wan or Decimal(0) for each in self.anchors), Decimal(0))

    @property
    def local_wan(self) -> Decimal:
        return sum((each.local_wan or Decimal(0) for each in self.anchors), Decimal(0))

    @property
    def rate(self) -> Decimal | None:
        """Per cent with two decimals; None where nothing is told, which is not nought."""
        return _percent(self.local_wan, self.total_wan) if self.total_wan else None

    @property
    def years(self) -> str:
        """“2025” or “2023–2025”."""
        found = sorted({each.year for each in self.told if each.year is not None})
        return "–".join(map(str, dict.fromkeys((found[0], found[-1])))) if found else ""


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return quantize(100 * part / whole, 2)


def supplies(session: Session, maps: Sequence[queries.Map], locator: Locator) -> Mapping[int, Supply]:
    """The local supply of several maps by chain, in one statement."""
    origins = {node: each.chain.id for each in maps for node in each.origins()}
    of_chain: dict[int, dict[str, Anchor]] = defaultdict(dict)
    for node_id, *values in session.execute(_anchors(list(origins), locator)):
        anchor = Anchor(*values)
        of_chain[origins[node_id]].setdefault(anchor.public_id, anchor)
    return {each.chain.id: Supply(list(of_chain[each.chain.id].values())) for each in maps}


def supply(session: Session, found: queries.Map, locator: Locator) -> Supply:
    return supplies(session, [found], locator)[found.chain.id]


def _anchors(node_ids: Sequence[int], locator: Locator) -> Any:
    """Anchors at home with their purchases, the latest year first."""
    return (
        select(
            Placement.node_id, Enterprise.public_id, Enterprise.name, AnchorPurchase.year,
            AnchorPurchase.total_wan, AnchorPurchase.local_wan, AnchorPurchase.source,
        )
        .select_from(Placement)
        .join(Enterprise, Enterprise.id == Placement.enterprise_id)
        .outerjoin(
            AnchorPurchase,
            (AnchorPurchase.enterprise_id == Enterprise.id) & (AnchorPurchase.home == locator.home.value),
        )
        .where(Placement.node_id.in_(node_ids), Placement.role == "anchor", ~locator.outside())
        .where(Enterprise.reg_status == "active")
        .order_by(Enterprise.sort_key, Enterprise.id, AnchorPurchase.year.desc())
    )  # fmt: skip


def kept(session: Session, pids: Collection[str]) -> list[list[Any]]:
    """[firm, home, year, total, local, source] of each firm's latest year at each home, as a version keeps them."""
    statement = (
        select(
            Enterprise.public_id, AnchorPurchase.home, AnchorPurchase.year, AnchorPurchase.total_wan,
            AnchorPurchase.local_wan, AnchorPurchase.source,
        )
        .join(Enterprise, Enterprise.id == AnchorPurchase.enterprise_id)
        .where(Enterprise.public_id.in_(pids))
        .order_by(Enterprise.id, AnchorPurchase.home, AnchorPurchase.year.desc())
    )  # fmt: skip
    latest: dict[tuple[str, str], list[Any]] = {}
    for firm, home, year, total, local, source in session.execute(statement):
        latest.setdefault((firm, home), [firm, home, year, format(total, "f"), format(local, "f"), source])
    return list(latest.values())


def supply_kept(rows: Sequence[Sequence[Any]], anchors: Mapping[str, str], home: str) -> Supply:
    """The supply that follows from rows of `kept`; `anchors` are the names of those at home."""
    told = {row[0]: row[2:] for row in rows if row[1] == home}
    found = []
    for firm, name in anchors.items():
        year, total, local, source = told.get(firm, (None, None, None, ""))
        total_wan, local_wan = (None if each is None else Decimal(each) for each in (total, local))
        found.append(Anchor(firm, name, year, total_wan, local_wan, source))
    return Supply(found)


def of_year(session: Session, enterprise_id: int, home: str, year: int) -> AnchorPurchase | None:
    return session.scalars(
        select(AnchorPurchase).where(
            AnchorPurchase.enterprise_id == enterprise_id, AnchorPurchase.home == home, AnchorPurchase.year == year
        )
    ).one_or_none()  # fmt: skip


def history(session: Session, pids: Sequence[str], home: str) -> list[AnchorPurchase]:
    """All years that are told of these enterprises, the latest first."""
    statement = (
        select(AnchorPurchase)
        .join(Enterprise, Enterprise.id == AnchorPurchase.enterprise_id)
        .where(Enterprise.public_id.in_(pids), AnchorPurchase.home == home)
        .order_by(Enterprise.sort_key, Enterprise.id, AnchorPurchase.year.desc())
    )
    return list(session.scalars(statement))
