"""Rules of first claim, protection and duplicates (DOMAIN 6). Pure functions of plain values."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from core.i18n import lazy as _l
from core.text import forms
from crm.leads.terms import LeadTerms

SOURCE_LABELS: Final[Mapping[str, Any]] = {
    "centre": _l("驻外中心"),
    "team": _l("招商专班"),
    "enterprise": _l("以商招商"),
    "fair": _l("展会"),
    "agent": _l("中介"),
    "leader": _l("领导带队"),
    "network": _l("网络"),
    "self": _l("企业自荐"),
    "target": _l("目标名单"),
}
CONFIDENTIALITY_LABELS: Final[Mapping[str, Any]] = {"normal": _l("内部"), "restricted": _l("控制知悉")}
UNIT_KIND_LABELS: Final[Mapping[str, Any]] = {
    "city": _l("市级"),
    "bureau": _l("市级部门"),
    "promotion_centre": _l("驻外投促中心"),
    "task_force": _l("招商专班"),
    "group": _l("招商组"),
    "department": _l("园区部门"),
    "zone": _l("园区管委会"),
    "park": _l("园区"),
    "service_centre": _l("企业服务中心"),
}
OUTCOME_LABELS: Final[Mapping[str, Any]] = {
    "first": _l("归首报单位"),
    "second": _l("归后报单位"),
    "both": _l("不是同一项目，两条都保留"),
}


@dataclass(frozen=True)
class ClaimIdentity:
    """Who would invest, and in which link: what a duplicate is recognised by."""

    chain_node_id: int
    investor_id: int | None
    names: tuple[str, ...]
    group_name: str = ""
    foreign_reg: str = ""


@dataclass(frozen=True)
class Hint:
    """All that a second claimant learns: number, kind of unit and date; no name, amount or contact."""

    lead_no: str
    unit_kind: str
    claimed_on: date


def claim_keys(identity: ClaimIdentity) -> tuple[str, ...]:
    """The keys of a claim: investor, its names and its group, each with the link (DOMAIN 6 查重键).

    Two leads compete when they share one. Names and group stand in one row of keys, so that a
    subsidiary's group meets the group's own claim; the loose form catches a changed legal form.
    """
    node = identity.chain_node_id
    keys = set()
    if identity.investor_id is not None:
        keys.add(enterprise_key(node, identity.investor_id))
    if identity.foreign_reg:
        keys.add(f"{node}:f:{forms.squash(identity.foreign_reg)}")
    for name in (*identity.names, identity.group_name):
        if form := forms.loose_form(_without_group(name)):
            keys.add(f"{node}:n:{form}"[:200])
    return tuple(sorted(keys))


def enterprise_key(node_id: int, investor_id: int) -> str:
    """The key of a claim on an enterprise of the register."""
    return f"{node_id}:e:{investor_id}"


def _without_group(name: str) -> str:
    """宁德时代集团 and 宁德时代 are one group."""
    text = name.strip()
    return text.removesuffix("集团") if len(text) > 4 else text


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def needs_provincial_filing(
    total_wan: Decimal | None, foreign_usd_wan: Decimal | None, terms: LeadTerms
) -> bool:
    """Whether the province's first-claim filing applies (T29): a prompt, never a refusal."""
    domestic = total_wan is not None and total_wan >= terms.provincial_total_wan
    foreign = foreign_usd_wan is not None and foreign_usd_wan >= terms.provincial_foreign_usd_wan
    return domestic or foreign


def restarts_claim(changed: Iterable[str]) -> bool:
    """Whether an edit makes it another claim: another investor, group or link, never another amount."""
    key = {"investor_id", "investor_name", "group_name", "foreign_reg_no", "country", "chain_node_id"}
    return bool(key & set(changed))


def earlier(first: tuple[datetime, int], second: tuple[datetime, int]) -> bool:
    """Whether the first claim (its instant and id) came before the second."""
    return first < second


def silence_state(last_on: date, today: date, terms: LeadTerms) -> str:
    """ok, warn or expire by days without a follow-up that counts (from the claim, when there is none)."""
    days = (today - last_on).days
    if days >= terms.expire_days:
        return "expire"
    return "warn" if days >= terms.warn_days else "ok"
