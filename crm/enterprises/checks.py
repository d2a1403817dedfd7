"""What keeps master data from being right: codes in use, days ahead, unknown places and trades (DOMAIN 2, 3)."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, places_today
from core.errors import Fault, Invalid
from core.fields import uscc
from core.fields.errors import FieldError
from core.i18n import lazy as _l
from crm.enterprises.models import Enterprise, Industry

_TAKEN = (
    ("uscc", _l("这个统一社会信用代码已登记在“%(name)s”名下。")),
    ("stock_code", _l("这个证券代码已登记在“%(name)s”名下。")),
)
_COUNTRY, _STOCK_CODE = re.compile("[A-Z]{2}"), re.compile("[0-9]{6}")
_DEEPEST = 10
LONGEST_TAG, MOST_TAGS = 20, 20
_EDGES = (("lng", 73, 136), ("lat", 3, 54))
"""Degrees that enclose the country: a point beyond them is a typing error."""


def check(session: Session, values: Mapping[str, Any], enterprise: Enterprise | None) -> None:
    """Raises Invalid naming every fault of `values` at once. `enterprise` is the record as it stands, or None."""
    faults = [
        *_identity(values, enterprise),
        *_taken(session, values, enterprise.id if enterprise else None),
        *_taken_abroad(session, values, enterprise),
        *_days_and_sums(values, enterprise),
        *_codes(session, values, enterprise),
        *_group(session, values, enterprise),
        *_tags(values),
    ]
    if faults:
        raise Invalid(faults)


def _value(values: Mapping[str, Any], name: str, enterprise: Enterprise | None) -> Any:
    return values[name] if name in values else getattr(enterprise, name, None)


def _identity(values: Mapping[str, Any], enterprise: Enterprise | None) -> Iterator[Fault]:
    code = values.get("uscc")
    if code and code != getattr(enterprise, "uscc", None):
        try:
            if values.get("uscc_as_printed"):
                uscc.require_enterprise(uscc.as_printed(code) or "")
            else:
                uscc.require_enterprise(uscc.credit_code(code) or "")
        except FieldError as error:
            yield Fault("uscc", error.code, str(error))
    country = _value(values, "country", enterprise) or "CN"
    if not _COUNTRY.fullmatch(country):
        yield Fault("country", "unknown", _l("国别代码是两个字母，如 CN、DE、US。"))
    if (stock := values.get("stock_code")) and not _STOCK_CODE.fullmatch(stock):
        yield Fault("stock_code", "shape", _l("证券代码只填 6 位数字，如 000725。"))
    if country != "CN" and not _value(values, "foreign_reg_no", enterprise) and "country" in values:
        yield Fault("foreign_reg_no", "required", _l("境外主体请填境外注册号。"))


def _taken(session: Session, values: Mapping[str, Any], own_id: int | None) -> Iterator[Fault]:
    for name, message in _TAKEN:
        if not values.get(name):
            continue
        twin = session.execute(
            select(Enterprise.id, Enterprise.name).where(getattr(Enterprise, name) == values[name])
        ).one_or_none()
        if twin is not None and twin.id != own_id:
            yield Fault(name, "taken", str(message) % {"name": twin.name})


def _taken_abroad(
    session: Session, values: Mapping[str, Any], enterprise: Enterprise | None
) -> Iterator[Fault]:
    """Who has no credit code is known by country and number (DOMAIN 2.1)."""
    number = _value(values, "foreign_reg_no", enterprise)
    if not number or not {"country", "foreign_reg_no"} & values.keys():
        return
    twin = session.execute(
        select(Enterprise.name)
        .where(
            Enterprise.foreign_reg_no == number,
            Enterprise.country == (_value(values, "country", enterprise) or "CN"),
            Enterprise.id != (enterprise.id if enterprise else 0),
        )
        .limit(1)
    ).first()
    if twin is not None:
        message = _l("这个境外注册号已登记在“%(name)s”名下。", name=twin.name)
        yield Fault("foreign_reg_no", "taken", message)


def _days_and_sums(values: Mapping[str, Any], enterprise: Enterprise | None) -> Iterator[Fault]:
    capital = values.get("reg_capital_wan")
    if isinstance(capital, Decimal) and capital < 0:
        yield Fault("reg_capital_wan", "negative", _l("注册资本不能是负数。"))
    for name, message in (
        ("founded_on", _l("成立日期不能晚于今天。")),
        ("listed_on", _l("上市日期不能晚于今天。")),
        ("above_scale_since", _l("入库年月不能晚于今天。")),
    ):
        day = values.get(name)
        if isinstance(day, date) and day > clock.today():
            yield Fault(name, "future", message)
    founded, listed = (_value(values, name, enterprise) for name in ("founded_on", "listed_on"))
    if founded and listed and listed < founded and {"founded_on", "listed_on"} & values.keys():
        yield Fault("listed_on", "order", _l("上市日期不能早于成立日期。"))
    for name, low, high in _EDGES:
        degrees = values.get(name)
        if degrees is not None and not low <= degrees <= high:
            yield Fault(
                name, "range", _l("坐标要在 %(low)s 到 %(high)s 度之间（十进制度）。", low=low, high=high)
            )
    if (values.get("lng") is None) != (values.get("lat") is None) and {"lng", "lat"} <= values.keys():
        yield Fault("lat", "half", _l("经度和纬度要一起填。"))


def _codes(session: Session, values: Mapping[str, Any], enterprise: Enterprise | None) -> Iterator[Fault]:
    main = values.get("industry_code")
    wanted = {code for code in (main, *(values.get("industry_extra") or [])) if code}
    known = set(session.scalars(select(Industry.code).where(Industry.code.in_(wanted)))) if wanted else set()
    if main and main not in known:
        yield Fault(
            "industry_code", "unknown", _l("GB/T 4754-2017 里没有行业代码 %(code)s。", code=str(main)[:8])
        )
    strange = sorted(wanted - known - {main})
    if strange:
        message = _l("GB/T 4754-2017 里没有行业代码 %(code)s。", code="、".join(strange)[:40])
        yield Fault("industry_extra", "unknown", message)
    faults: tuple[tuple[str, Callable[[Session, Any], Fault | None]], ...] = (
        ("region_code", places_today.region_fault), ("park_id", places_today.park_fault),
    )  # fmt: skip
    for name, why_not in faults:
        chosen = values.get(name)
        if chosen != getattr(enterprise, name, None) and (fault := why_not(session, chosen)):
            yield fault


def _group(session: Session, values: Mapping[str, Any], enterprise: Enterprise | None) -> Iterator[Fault]:
    """A group's mother is another enterprise, and never one of its own daughters."""
    above = values.get("group_id")
    if above is None or enterprise is None:
        return
    for _level in range(_DEEPEST):
        if above == enterprise.id:
            yield Fault("group_id", "circle", _l("集团母公司不能是它自己，也不能是它的下属企业。"))
            return
        above = session.scalar(select(Enterprise.group_id).where(Enterprise.id == above))
        if above is None:
            return


def _tags(values: Mapping[str, Any]) -> Iterator[Fault]:
    tags = values.get("tags") or []
    if any(not tag or len(tag) > LONGEST_TAG for tag in tags):
        yield Fault("tags", "length", _l("标签要 1 到 20 个字。"))
    if len(tags) > MOST_TAGS:
        yield Fault("tags", "too_many", _l("最多 20 个标签，请先去掉不用的。"))
