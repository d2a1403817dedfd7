"""What a standard is made of. Parsed from JSON; a file that contradicts itself does not load.

Sources follow DOMAIN: V checked against the text, S from the founding paper, P a proposal, M from
memory. A line of source M is judged and shown, but binds nobody until an administrator confirms it.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Union

from pydantic import BaseModel, ConfigDict, Field, model_validator

Source = Literal["V", "S", "P", "M"]
Operator = Literal[">=", ">", "<=", "<", "==", "in"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ratio(_Part):
    """How a percentage comes about: `share` = of / to × 100, `growth` = (of − to) / to × 100."""

    kind: Literal["share", "growth"]
    of: str
    to: str


class Metric(_Part):
    """A quantity that criteria ask for, with its unit (万元, %, 人, 项, 年 …) or its choices."""

    code: str
    label: str
    kind: Literal["number", "flag", "choice", "day"] = "number"
    unit: str = ""
    choices: dict[str, str] = Field(default_factory=dict)
    ratio: Ratio | None = None


class Compare(_Part):
    """One condition: a metric and a threshold in its unit; `in` takes choices, days are ISO text."""

    kind: Literal["compare"] = "compare"
    id: str
    label: str = ""
    metric: str
    op: Operator
    value: bool | Decimal | str | tuple[str, ...]
    source: Source
    note: str = ""


class Band(_Part):
    """min ≤ value < max (DOMAIN: lower bound included, upper excluded); None is open."""

    min: Decimal | None = None
    max: Decimal | None = None
    points: Decimal


class Bands(_Part):
    kind: Literal["bands"] = "bands"
    metric: str
    bands: tuple[Band, ...]

    @model_validator(mode="after")
    def _without_gap_or_overlap(self) -> "Bands":
        ordered = sorted(self.bands, key=lambda band: (band.min is not None, band.min or 0))
        if not ordered or ordered[0].min is not None or ordered[-1].max is not None:
            raise ValueError(f"the bands of {self.metric} do not cover every value")
        for lower, upper in pairwise(ordered):
            if lower.max is None or lower.max != upper.min:
                raise ValueError(f"the bands of {self.metric} leave a gap or overlap at {upper.min}")
        return self


class Options(_Part):
    """Points by choice."""

    kind: Literal["options"] = "options"
    metric: str
    points: dict[str, Decimal]


class Steps(_Part):
    """`per` points for every full `every` of the metric: min(max, per × floor(value / every))."""

    kind: Literal["steps"] = "steps"
    metric: str
    every: Decimal = Decimal(1)
    per: Decimal = Decimal(1)


class Given(_Part):
    """Points that experts or an authority gave, capped at the indicator's maximum."""

    kind: Literal["given"] = "given"
    metric: str


Way = Annotated[Union[Bands, Options, Steps, Given], Field(discriminator="kind")]  # noqa: UP007 - pydantic


class Indicator(_Part):
    """One row of a score sheet. Of several `ways` (二选一) the best counts."""

    id: str
    label: str
    category: str
    max: Decimal
    ways: tuple[Way, ...] = Field(min_length=1)
    source: Source
    note: str = ""


class Score(_Part):
    """A score sheet: passes from `total_min` (included) or above `total_above` (excluded)."""

    kind: Literal["score"] = "score"
    id: str
    label: str = ""
    indicators: tuple[Indicator, ...] = Field(min_length=1)
    total_min: Decimal | None = None
    total_above: Decimal | None = None
    category_min: dict[str, Decimal] = Field(default_factory=dict)
    category_not_zero: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_one_threshold_and_known_categories(self) -> "Score":
        if (self.total_min is None) == (self.total_above is None):
            raise ValueError(f"score {self.id} needs total_min or total_above")
        known = {indicator.category for indicator in self.indicators}
        if unknown := {*self.category_min, *self.category_not_zero} - known:
            raise ValueError(f"score {self.id} knows no category {', '.join(sorted(unknown))}")
        return self


class Group(_Part):
    """all: every one; any: one of them; at_least: `n` of them."""

    kind: Literal["all", "any", "at_least"]
    label: str = ""
    n: int = 1
    of: tuple["Node", ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _n_is_possible(self) -> "Group":
        if self.kind == "at_least" and not 1 <= self.n <= len(self.of):
            raise ValueError(f"at least {self.n} of {len(self.of)} is impossible or empty")
        return self


Node = Annotated[Union[Compare, Group, Score], Field(discriminator="kind")]  # noqa: UP007 - pydantic
Group.model_rebuild()


class Version(_Part):
    """A standard between two days, both included. `rule` None: announced, but its text is not entered."""

    code: str
    effective_from: date
    effective_to: date | None = None
    authority: str = ""
    source: str = ""
    note: str = ""
    rule: Node | None = None


class Standard(_Part):
    """A recognition or a right, through all its versions."""

    code: str
    name: str
    valid: str = ""
    versions: tuple[Version, ...]

    @model_validator(mode="after")
    def _versions_do_not_overlap(self) -> "Standard":
        ordered = sorted(self.versions, key=lambda version: version.effective_from)
        for earlier, later in pairwise(ordered):
            if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
                raise ValueError(f"versions {earlier.code} and {later.code} of {self.code} overlap")
        return self

    def version_on(self, on: date) -> Version | None:
        """The version in force on a day; None before the first, between two, or after the last."""
        for version in self.versions:
            if version.effective_from <= on and (version.effective_to is None or on <= version.effective_to):
                return version
        return None


class Library(_Part):
    """A file of standards with the metrics that they ask for."""

    metrics: tuple[Metric, ...]
    standards: tuple[Standard, ...]

    @model_validator(mode="after")
    def _everything_named_exists_once(self) -> "Library":
        known = [metric.code for metric in self.metrics]
        if len(set(known)) != len(known):
            raise ValueError("a metric stands twice")
        for metric in self.metrics:
            if metric.ratio and not {metric.ratio.of, metric.ratio.to} <= set(known):
                raise ValueError(f"{metric.code} is a ratio of unknown metrics")
        for standard in self.standards:
            for version in standard.versions:
                ids: list[str] = []
                for part in parts(version.rule) if version.rule else ():
                    ids.append(part.id)
                    if unknown := set(metrics_of(part)) - set(known):
                        raise ValueError(f"{standard.code} {part.id} asks for {', '.join(unknown)}")
                    if isinstance(part, Compare) and not _fits(part, self.metric(part.metric)):
                        raise ValueError(
                            f"{standard.code} {part.id} compares {part.metric} with {part.value}"
                        )
                if len(set(ids)) != len(ids):
                    raise ValueError(f"{version.code}: an id stands twice")
        return self

    def choices(self) -> list[tuple[str, str]]:
        """(code, label with unit) of every metric, for pickers."""
        return [
            (each.code, f"{each.label}（{each.unit}）" if each.unit else each.label) for each in self.metrics
        ]

    def metric(self, code: str) -> Metric:
        return next(metric for metric in self.metrics if metric.code == code)

    def standard(self, code: str) -> Standard:
        """Raises KeyError on an unknown code."""
        for standard in self.standards:
            if standard.code == code:
                return standard
        raise KeyError(code)


def _fits(part: Compare, metric: Metric) -> bool:
    """Whether a threshold is of the kind of its metric."""
    if metric.kind == "number":
        return isinstance(part.value, Decimal) and part.op != "in"
    if metric.kind == "flag":
        return isinstance(part.value, bool) and part.op == "=="
    if metric.kind == "day":
        return isinstance(part.value, str) and date.fromisoformat(part.value) is not None
    chosen = part.value if isinstance(part.value, tuple) else (part.value,)
    return part.op == ("in" if isinstance(part.value, tuple) else "==") and set(chosen) <= set(metric.choices)


def parts(node: Compare | Group | Score) -> Iterator[Compare | Indicator]:
    """Every line of a rule: its conditions and its indicators, in order."""
    if isinstance(node, Compare):
        yield node
    elif isinstance(node, Score):
        yield from node.indicators
    else:
        for child in node.of:
            yield from parts(child)


def metrics_of(part: Compare | Indicator) -> list[str]:
    """The metrics that a line asks for."""
    return [part.metric] if isinstance(part, Compare) else [way.metric for way in part.ways]
