"""What the survivor of a merge is to hold: field by field from one of the two. Pure but for the two records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from crm.enterprises.cutting import derived_names
from crm.enterprises.duplicates.rules import Facts, mergeable
from crm.enterprises.models import Enterprise

FIELDS: Mapping[str, Any] = {
    "name": _l("企业全称"),
    "uscc": _l("统一社会信用代码"),
    "stock_code": _l("证券代码"),
    "short_name": _l("简称"),
    "english_name": _l("英文名"),
    "reg_status": _l("登记状态"),
    "org_type": _l("企业类型"),
    "legal_rep": _l("法定代表人"),
    "reg_capital_wan": _l("注册资本（万元）"),
    "founded_on": _l("成立日期"),
    "reg_authority": _l("登记机关"),
    "foreign_reg_no": _l("境外注册号"),
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

_GOES_WITH = {
    "uscc": ("uscc_as_printed",),
    "reg_capital_wan": ("reg_currency",),
    "foreign_reg_no": ("country",),
    "park_id": ("unit_id",),
    "industry_code": ("industry_text",),
    "above_scale": ("above_scale_since",),
}
"""What means nothing apart from the field it belongs to: it is taken from the same record."""

_ALONE = frozenset(
    ("id", "public_id", "version", "created_at", "updated_at", "core_name", "sort_key", "pinyin", "initials",
     "tags", "aliases", "industry_extra", "source", "invented", "unit_id", "specialist_id", "group_id",
     "size_class", "latest_revenue_wan", "latest_year", "last_contact_on", "next_contact_on", "lng", "lat",
     *(name for names in _GOES_WITH.values() for name in names))
)  # fmt: skip
"""What is no matter of choice, or follows from others."""

READINGS = ("pinyin", "initials")


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
    values |= _blanks(survivor, absorbed) | _joined(survivor, absorbed) | _newest(survivor, absorbed)
    values |= _in_charge(survivor, absorbed, values)
    values |= _readings(survivor, absorbed, values)
    return {
        name: (getattr(survivor, name), value)
        for name, value in values.items()
        if getattr(survivor, name) != value
    }


def _blanks(survivor: Enterprise, absorbed: Enterprise) -> dict[str, Any]:
    """What nobody chooses is filled in where the survivor says nothing; a point only as a whole."""
    alike = [main for main in _GOES_WITH if getattr(survivor, main) == getattr(absorbed, main)]
    alone = _ALONE - {name for main in alike for name in _GOES_WITH[main]}
    names = {each.key for each in Enterprise.__mapper__.column_attrs} - FIELDS.keys() - alone
    pairs = {name: (getattr(survivor, name), getattr(absorbed, name)) for name in names}
    values = {name: theirs for name, (mine, theirs) in pairs.items() if _blank(mine) and not _blank(theirs)}
    if survivor.lng is None and survivor.lat is None:
        values |= {"lng": absorbed.lng, "lat": absorbed.lat}
    return values


def _joined(survivor: Enterprise, absorbed: Enterprise) -> dict[str, Any]:
    """Lists of words and codes: what either has."""
    names = ("tags", "aliases", "industry_extra")
    both = {name: [*(getattr(survivor, name) or []), *(getattr(absorbed, name) or [])] for name in names}
    return {name: list(dict.fromkeys(words)) for name, words in both.items()}


def _newest(survivor: Enterprise, absorbed: Enterprise) -> dict[str, Any]:
    """The latest contact, the newest year's revenue."""
    contacts = [day for day in (survivor.last_contact_on, absorbed.last_contact_on) if day]
    values: dict[str, Any] = {
        "last_contact_on": max(contacts, default=None),
        "next_contact_on": survivor.next_contact_on or absorbed.next_contact_on,
        "size_class": survivor.size_class or absorbed.size_class,
    }
    if (absorbed.latest_year or 0) > (survivor.latest_year or 0):
        values |= {name: getattr(absorbed, name) for name in ("latest_year", "latest_revenue_wan")}
    return values


def _in_charge(survivor: Enterprise, absorbed: Enterprise, values: Mapping[str, Any]) -> dict[str, Any]:
    """The unit of the park that is taken, else whichever there is; the specialist is one of that unit."""
    unit_id = values.get("unit_id") or survivor.unit_id or absorbed.unit_id
    named = [each.specialist_id for each in (survivor, absorbed) if each.unit_id == unit_id]
    return {"unit_id": unit_id, "specialist_id": next(filter(None, named), None)}


def _readings(survivor: Enterprise, absorbed: Enterprise, values: Mapping[str, Any]) -> dict[str, Any]:
    """Readings that somebody mended stand with the names they are of; other names are read anew."""
    called = tuple(values.get(name, getattr(survivor, name)) for name in ("name", "short_name"))
    for each in (survivor, absorbed):
        if called == (each.name, each.short_name):
            return {name: getattr(each, name) for name in READINGS}
    derived = derived_names(*called)
    return {name: derived[name] for name in READINGS}
