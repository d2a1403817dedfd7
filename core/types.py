"""Column types that are exact on SQLite and PostgreSQL alike: money, area, scaled numbers, UTC instants."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.orm import MappedColumn, mapped_column
from sqlalchemy.types import TypeDecorator

BIG = BigInteger().with_variant(Integer, "sqlite")
"""A bigint that SQLite accepts as an autoincrementing key."""

MU = Decimal(2000) / Decimal(3)
"""㎡ in one 亩 (DOMAIN 2.2)."""

_LIMIT = 2**63 - 1


def quantize(value: Decimal, places: int) -> Decimal:
    """Round half up to `places` decimals (DOMAIN 2.2; never Python's round or float)."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def to_mu(sqm: Decimal) -> Decimal:
    """㎡ → 亩 with two decimals: 68507.52 → 102.76."""
    return quantize(sqm * 3 / 2000, 2)


def from_mu(mu: Decimal) -> Decimal:
    """亩 → ㎡ with two decimals."""
    return quantize(mu * 2000 / 3, 2)


class Scaled(TypeDecorator[Decimal]):
    """A Decimal kept as a BIGINT of its `places`-th decimals."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        number = int(quantize(Decimal(value), self.places).scaleb(self.places))
        if abs(number) > _LIMIT:
            raise OverflowError(f"{value} does not fit")
        return number

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def wan(column: str, **options: Any) -> MappedColumn[Any]:
    """Money: attribute `…_wan` as Decimal 万元, column `…_fen` as BIGINT fen (1 万元 = 1,000,000 fen)."""
    return mapped_column(column, Scaled(6), **options)


def sqm(column: str, **options: Any) -> MappedColumn[Any]:
    """Area: Decimal ㎡ with two decimals, kept as a BIGINT."""
    return mapped_column(column, Scaled(2), **options)


def scaled(column: str, places: int, **options: Any) -> MappedColumn[Any]:
    """Any other exact number with `places` decimals, kept as a BIGINT."""
    return mapped_column(column, Scaled(places), **options)
