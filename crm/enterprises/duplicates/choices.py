"""What the survivor of a merge is to hold: field by field from one of the two. Pure but for the two records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from crm.enterprises.duplicates.rules import Facts, mergeable
from crm.enterprises.models import Enterprise

FIELDS: Mapping[str, Any] = {
    "name": _l("企业全称"),
    "uscc": _l("统一社会信用代码"),
    "stock_code": _l("证券代码"),
    "short_name": _l("简称"),
    "english_name": _l("英文名"),
    "reg_status": _l("登记状态"),
    "legal_rep": _l("法定代表人"),
    "reg_capital_wan": _l("注册资本（万元）"),
    "founded_on": _l("成立日期"),
    "listed_on": _l("上市日期"),
    "region_code": _l("地区"),
    "park_id": _l("园区"),
    "industry_code": _l("行业代码"),
    "reg_address": _l("注册地址"),
    "site_address": _l("经营地址"),
    "main_products": _l("主要产品"),
    "scope_text": _l("经营范围"),
    "above_scale": _l("规上"),
}
"""What a person chooses by hand where the two differ."""

_GOES_WITH = {"park_id": ("unit_id",), "industry_code": ("industry_text",)}
_ALONE = frozenset(
    ("id", "public_id", "version", "created_at", "updated_at", "core_name", "sort_key", "pinyin", "initials",
     "tags", "source", "invented", "unit_id", "size_class", "latest_revenue_wan", "latest_year",
     "last_contact_on", "next_contact_on", "country")
)  # fmt: skip
"""What is no matter of choice, or follows from others."""


@dataclass(frozen=True)
class Difference:
    """A field of which the two hold different values; `kept` is whether the survivor's is proposed."""

    name: str
    label: Any
    mine: Any
    theirs: Any
    kept: bool

    @property
    def both(self) -> bool:
        """Whether both say something, so that a value is lost either way."""
        return not _blank(self.mine) and not _blank(self.theirs)


def differences(survivor: Enterprise, absorbed: Enterprise) -> list[Difference]:
    """What is to be chosen; the survivor's value is proposed unless it is blank."""
    found = []
    for name, label in FIELDS.items():
        mine, theirs = getattr(survivor, name), getattr(absorbed, name)
        if mine != theirs and not (_blank(mine) and _blank(theirs)):
            found.append(Difference(name, label, mine, theirs, kept=not _blank(mine) or _blank(theirs)))
    return found


def _blank(value: Any) -> bool:
    return value is None or value == "" or value is False


def check(survivor: Enterprise, absorbed: Enterprise) -> None:
    """Raises Invalid: two credit codes are two enterprises, and a branch is a subject of its own (DOMAIN 3)."""
    one, other = (Facts(each.name, uscc=each.uscc) for each in (survivor, absorbed))
    if survivor.id == absorbed.id:
        raise Invalid(Fault("keep", "same", _l("不能把一家企业并入它自己。")))
    if survivor.uscc and absorbed.uscc and survivor.uscc != absorbed.uscc:
        message = _l("两家的信用代码都有效而且不同，是两个主体，不能合并。代码登错了，请先改正。")
        raise Invalid(Fault("uscc", "two_codes", message))
    if not mergeable(one, other):
        raise Invalid(Fault("name", "branch", _l("分公司、分厂、支行与总公司是不同主体，不能合并。")))


def chosen(
    survivor: Enterprise, absorbed: Enterprise, taken: Mapping[str, bool]
) -> dict[str, tuple[Any, Any]]:
    """(before, after) of every field that changes; `taken` says of which fields the absorbed's value is wanted."""
    values: dict[str, Any] = {}
    for difference in differences(survivor, absorbed):
        if taken.get(difference.name, not difference.kept):
            for name in (difference.name, *_GOES_WITH.get(difference.name, ())):
                values[name] = getattr(absorbed, name)
    values |= _blanks(survivor, absorbed) | _followed(survivor, absorbed)
    return {
        name: (getattr(survivor, name), value)
        for name, value in values.items()
        if getattr(survivor, name) != value
    }


def _blanks(survivor: Enterprise, absorbed: Enterprise) -> dict[str, Any]:
    """What nobody chooses is filled in where the survivor says nothing."""
    names = {each.key for each in Enterprise.__mapper__.column_attrs} - FIELDS.keys() - _ALONE
    pairs = {name: (getattr(survivor, name), getattr(absorbed, name)) for name in names}
    return {name: theirs for name, (mine, theirs) in pairs.items() if _blank(mine) and not _blank(theirs)}


def _followed(survivor: Enterprise, absorbed: Enterprise) -> dict[str, Any]:
    """Tags of both, the latest contact, the newest year's figures."""
    tags = list(dict.fromkeys([*(survivor.tags or []), *(absorbed.tags or [])]))
    contacts = [day for day in (survivor.last_contact_on, absorbed.last_contact_on) if day]
    values: dict[str, Any] = {
        "tags": tags,
        "last_contact_on": max(contacts, default=None),
        "next_contact_on": survivor.next_contact_on or absorbed.next_contact_on,
        "size_class": survivor.size_class or absorbed.size_class,
    }
    if (absorbed.latest_year or 0) > (survivor.latest_year or 0):
        values |= {name: getattr(absorbed, name) for name in ("latest_year", "latest_revenue_wan")}
        values["size_class"] = absorbed.size_class or survivor.size_class
    return values
