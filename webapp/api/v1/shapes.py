"""Shapes that every call shares: problems, pages of a list, exact numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

LARGEST = Decimal(10) ** 11


class Shape(BaseModel):
    """What comes in: unknown names are refused, not left out."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=20_000)


class ProblemFault(BaseModel):
    """One wrong or missing value."""

    field: str | None = None
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457. `errors` names every value that is wrong or missing, with the cure."""

    type: str
    title: str
    status: int
    code: str
    errors: list[ProblemFault] = Field(default_factory=list)
    version: int | None = Field(None, description="of a conflict: the version that stands")


def _within(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) >= LARGEST:
        raise ValueError("out of range")
    return value


Exact = Annotated[
    Decimal,
    AfterValidator(_within),
    Field(json_schema_extra={"format": "decimal"}),
]
"""An exact number of a call, as text or number. Money in 万元, areas in ㎡; answers write it as text."""


class Links(BaseModel):
    """Where the neighbours of a page stand."""

    next: str | None = None


def exact(value: Any) -> str | None:
    """A decimal as answers write it, without needless noughts."""
    if value is None:
        return None
    number = Decimal(value)
    return format(number.normalize() if number else Decimal(0), "f")


def day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat()
