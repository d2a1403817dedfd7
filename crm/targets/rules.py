"""The fit of an enterprise for a gap, part by part with its reason. Pure (DOMAIN 5).

A part without data has no points and is left out of the total: 50 of 65, never 50 of 100.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from core.types import quantize
from crm.targets.terms import Terms

SHORTEST_REASON = 4
BY_HAND = "by_hand"
PARTS = ("gap", "anchor", "expansion", "strength", "factors")


@dataclass(frozen=True)
class Evidence:
    """Why an enterprise belongs to the node. `kind`: placement, near_placement, product, industry, none.

    `share` of revenue is a part of 1; `role` and `on` belong to placements, `word` to products.
    """

    kind: str
    product: str = ""
    word: str = ""
    role: str = ""
    share: Decimal | None = None
    on: date | None = None
    due: bool = False
    industry: str = ""


@dataclass(frozen=True)
class Yields:
    """万元 of revenue from a 亩 of land, and from a tonne of standard coal by the basis of counting; None: not told."""

    land: Decimal | None = None
    energy: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What is known of a candidate. Revenue in 万元 by year, latest last."""

    evidence: Evidence
    revenue: Sequence[tuple[int, Decimal]] = ()
    latest_revenue_wan: Decimal | None = None
    latest_year: int | None = None
    yields: Yields = Yields()


@dataclass(frozen=True)
class Gap:
    """The node that is to be filled. `anchor` names a local anchor on a neighbouring node; `yields` is what
    enterprises at home on the same map earn of land and energy.
    """

    state: str
    node: str
    anchor: str = ""
    anchor_node: str = ""
    yields: Yields = Yields()


@dataclass(frozen=True)
class Part:
    """One part of the score. `points` None: no data. `code` and `params` are put in words elsewhere."""

    name: str
    points: Decimal | None
    out_of: int
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def by_hand(self) -> bool:
        """Whether a person gave the points."""
        return self.code == BY_HAND

    def plain(self) -> dict[str, Any]:
        """As it is kept with a target."""
        points = None if self.points is None else format(self.points, "f")
        return {
            "name": self.name,
            "points": points,
            "out_of": self.out_of,
            "code": self.code,
            "params": dict(self.params),
        }


@dataclass(frozen=True)
class Fit:
    """The whole score: `points` out of `known`, the sum of the parts that have data."""

    parts: Sequence[Part]
    version: str

    @property
    def points(self) -> Decimal:
        return sum((part.points for part in self.parts if part.points is not None), Decimal(0))

    @property
    def known(self) -> int:
        return sum(part.out_of for part in self.parts if part.points is not None)

    @property
    def ratio(self) -> Decimal:
        return self.points / self.known if self.known else Decimal(0)


def part_of(plain: Mapping[str, Any]) -> Part:
    """A part as it was kept."""
    points = None if plain["points"] is None else Decimal(plain["points"])
    return Part(plain["name"], points, plain["out_of"], plain["code"], plain["params"])


def by_hand(part: Part, points: Decimal, reason: str, who: str, on: date) -> Part:
    """The part as a person gives it; what the data said is kept with it."""
    was = part.params["was"] if part.by_hand else part.plain()
    params = {"reason": reason, "who": who, "on": on.isoformat(), "was": was}
    return Part(part.name, points, part.out_of, BY_HAND, params)


def renewed(part: Part, kept: Part | None) -> Part:
    """A part scored anew; what a person gave stays, up to the part's weight of now."""
    if kept is None or not kept.by_hand or kept.points is None:
        return part
    points = min(kept.points, Decimal(part.out_of))
    return Part(part.name, points, part.out_of, BY_HAND, {**kept.params, "was": part.plain()})


def fit(facts: Facts, gap: Gap, terms: Terms) -> Fit:
    """All five parts for one candidate."""
    parts = (
        _gap(facts.evidence, gap, terms),
        _anchor(gap, terms),
        _expansion(facts.revenue, terms),
        _strength(facts, terms),
        _factors(facts.yields, gap.yields, terms),
    )
    return Fit(parts, terms.version)


def _gap(evidence: Evidence, gap: Gap, terms: Terms) -> Part:
    """How wide the gap is, by how surely the enterprise makes what is missing."""
    if evidence.kind == "none":
        return Part("gap", None, terms.parts["gap"], "no_evidence")
    points = quantize(terms.gap_points[gap.state] * terms.evidence_factor[evidence.kind], 0)
    params = {
        "state": gap.state,
        "product": evidence.product,
        "word": evidence.word,
        "industry": evidence.industry,
        "node": gap.node,
    }
    return Part("gap", points, terms.parts["gap"], f"gap_{evidence.kind}", params)


def _anchor(gap: Gap, terms: Terms) -> Part:
    """Relation to the local anchor by the edges of the map; real supply is not known to the register."""
    if not gap.anchor:
        return Part("anchor", None, terms.parts["anchor"], "no_anchor")
    params = {"anchor": gap.anchor, "node": gap.anchor_node}
    return Part("anchor", Decimal(terms.anchor_points), terms.parts["anchor"], "anchor_near", params)


def _expansion(revenue: Sequence[tuple[int, Decimal]], terms: Terms) -> Part:
    """Growth of revenue between the two latest consecutive years."""
    out_of = terms.parts["expansion"]
    if len(revenue) < 2:
        return Part("expansion", None, out_of, "no_growth")
    (before_year, before), (year, latest) = revenue[-2], revenue[-1]
    if before <= 0 or year != before_year + 1:
        return Part("expansion", None, out_of, "no_growth")
    growth = latest / before - 1
    points = next((given for bound, given in terms.growth_steps if growth >= bound), terms.shrinking_points)
    params = {"year": year, "growth": format(quantize(growth * 100, 1), "+f")}
    return Part("expansion", Decimal(points), out_of, "growth", params)


def _strength(facts: Facts, terms: Terms) -> Part:
    """The better of its role on the maps and its revenue."""
    out_of = terms.parts["strength"]
    evidence = facts.evidence
    by_role = terms.role_points.get(evidence.role)
    revenue = facts.latest_revenue_wan
    by_revenue = None
    if revenue is not None:
        by_revenue = next((given for bound, given in terms.revenue_steps_wan if revenue >= bound), 0)
    if by_role is None and by_revenue is None:
        return Part("strength", None, out_of, "no_strength")
    if by_revenue is not None and by_revenue >= (by_role or 0):
        params = {"revenue": format(quantize(revenue or Decimal(0), 0), "f"), "year": facts.latest_year}
        return Part("strength", Decimal(by_revenue), out_of, "revenue", params)
    share = None if evidence.share is None else format(quantize(evidence.share * 100, 1), "f")
    params = {"role": evidence.role, "product": evidence.product, "share": share}
    code = "role_share" if share is not None else "role"
    return Part("strength", Decimal(by_role or 0), out_of, code, params)


def _factors(mine: Yields, local: Yields, terms: Terms) -> Part:
    """Land and energy: whether it earns as much of them as those at home do; each counts alike, as far as it is told.

    What a site can give is not known to the register, so what is asked is whether land and energy are well used.
    """
    out_of = terms.parts["factors"]
    if mine.land is None and not mine.energy:
        return Part("factors", None, out_of, "no_factors")
    basis = next((basis for basis in sorted(mine.energy) if basis in local.energy), None)
    pairs = {"land": (mine.land, local.land)}
    if basis is not None:
        pairs["energy"] = (mine.energy[basis], local.energy[basis])
    shares = []
    params: dict[str, Any] = {}
    for name, (its, theirs) in pairs.items():
        if its is None or not theirs:
            continue
        shares.append(max(Decimal(0), min(Decimal(1), its / theirs)))
        params |= {name: format(quantize(its, 1), "f"), f"local_{name}": format(quantize(theirs, 1), "f")}
    if not shares:
        return Part("factors", None, out_of, "no_local_factors")
    points = quantize(out_of * sum(shares, Decimal(0)) / len(shares), 0)
    return Part("factors", points, out_of, "factors", params)


def better(one: Evidence, other: Evidence | None, terms: Terms) -> bool:
    """Whether `one` is the stronger evidence."""
    if other is None:
        return True
    mine, its = (terms.evidence_factor.get(each.kind, Decimal(0)) for each in (one, other))
    if mine != its:
        return mine > its
    return (terms.role_points.get(one.role, 0), one.share or 0) > (
        terms.role_points.get(other.role, 0),
        other.share or 0,
    )


def silence(last_on: date | None, assigned_on: date, today: date, terms: Terms) -> str:
    """quiet, remind (30 days without a follow-up) or release (60): counted from the assignment at first."""
    days = (today - max(last_on or assigned_on, assigned_on)).days
    if days >= terms.release_days:
        return "release"
    return "remind" if days >= terms.remind_days else "quiet"
