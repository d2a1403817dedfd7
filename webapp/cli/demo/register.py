"""The register of the demonstration: listed companies (real), firms of Mianyang (real), invented firms."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core import audit, clock
from core.db import new_ulid
from core.dirty import touch
from core.permissions import SYSTEM
from core.places import Park, Region
from crm.enterprises import name_grams, sizes, terms
from crm.enterprises.cutting import derived_names
from crm.enterprises.models import Enterprise, EnterpriseYear, FormerName, Honour
from crm.enterprises.service import KIND
from crm.enterprises.trades import section_of
from webapp.cli.demo.world import CITY_REGION, DemoWorld, city
from webapp.reference import rows

AREAS = {"深圳": "440300", "内蒙": "150000"}
HONOURS = {
    "高新技术企业": ("hte", "national"),
    "专精特新中小企业": ("srdi_sme", "provincial"),
    "创新型中小企业": ("innovative_sme", "provincial"),
    "专精特新“小巨人”企业": ("little_giant", "national"),
}
TAGS = {
    "国家级小巨人": ("little_giant", "专精特新“小巨人”企业", "national"),
    "省级专精特新": ("srdi_sme", "专精特新中小企业", "provincial"),
}


def _insert(session: Session, made: list[dict[str, Any]]) -> list[int]:
    """Insert enterprises in bulk with the derived names; mark and audit them as one batch."""
    now = clock.now()
    blank = {
        "country": "CN",
        "reg_status": "active",
        "above_scale": False,
        "tags": [],
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    for values in made:
        values.update(derived_names(values["name"], values.get("short_name", "")))
        for name, value in blank.items():
            values.setdefault(name, value)
        values["public_id"] = new_ulid()
    numbers = list(
        session.scalars(insert(Enterprise).returning(Enterprise.id, sort_by_parameter_order=True), made)
    )
    name_grams.renew(session, numbers, fresh=True)
    touch(KIND, numbers)
    audit.record("enterprises.loaded", KIND, 0, actor=SYSTEM, label=f"{made[0]['source']} {len(numbers)}")
    return numbers


def load_listed(session: Session) -> None:
    """The companies of stock_basic_2026.csv: short names, stock codes; their credit codes are unknown."""
    provinces: dict[str, str] = {
        row.name: row.code
        for row in session.execute(select(Region.name, Region.code).where(Region.level == 1))
    }
    made = [
        {
            "name": row["name"],
            "short_name": row["name"],
            "stock_code": row["symbol"],
            "region_code": AREAS.get(row["area"]) or provinces.get(row["area"]),
            "industry_text": row["industry"],
            "listed_on": date.fromisoformat(row["list_date"]),
            "source": "stock_basic_2026",
        }
        for row in rows("companies/stock_basic_2026.csv")
    ]
    _insert(session, made)


def load_mianyang(session: Session) -> None:
    """Real firms of Mianyang with their public honours; a listed one gets its whole name."""
    made, tags = [], []
    for row in rows("companies/mianyang_companies.csv"):
        if match := re.fullmatch(r"A股(\d{6})", row["tag"]):
            _complete_listed(session, match[1], row)
            continue
        made.append(
            {"name": row["name"], "short_name": "", "region_code": "510700", "source": row["source"][:120]}
        )
        tags.append(row["tag"])
    numbers = _insert(session, made)
    for number, tag, values in zip(numbers, tags, made, strict=True):
        for prefix, (kind, name, level) in TAGS.items():
            if tag.startswith(prefix):
                session.add(
                    Honour(
                        enterprise_id=number,
                        kind=kind,
                        name=name,
                        level=level,
                        batch=tag.removeprefix(prefix),
                        source=values["source"],
                    )
                )


def _complete_listed(session: Session, stock_code: str, row: dict[str, str]) -> None:
    found = session.execute(
        select(Enterprise.id, Enterprise.name).where(Enterprise.stock_code == stock_code)
    ).one_or_none()
    if found is None:
        return
    values: dict[str, Any] = {"region_code": "510700"}
    if row["name_kind"] == "full":
        values |= {"name": row["name"], **derived_names(row["name"], found.name)}
    session.execute(update(Enterprise).where(Enterprise.id == found.id).values(**values))
    name_grams.renew(session, [found.id])
    touch(KIND, [found.id])


def load_invented(session: Session, world: DemoWorld) -> None:
    """The 286 firms of the invented city with codes, parks, figures 2023–2025 and honours."""
    parks = {park.code: park for park in session.scalars(select(Park))}
    firms = city()["firms"]
    made = [_firm_values(firm, parks) for firm in firms]
    numbers = _insert(session, made)
    years = [row for number, firm in zip(numbers, firms, strict=True) for row in _years(number, firm)]
    session.execute(insert(EnterpriseYear), years)
    honours = [row for number, firm in zip(numbers, firms, strict=True) for row in _honours(number, firm)]
    session.execute(insert(Honour), honours)
    former = f"示例市{firms[0]['short_name']}器件厂"
    session.add(
        FormerName(enterprise_id=numbers[0], name=former, core_name=derived_names(former)["core_name"])
    )
    session.flush()
    name_grams.renew(session, numbers[:1])


def _firm_values(firm: dict[str, Any], parks: dict[str, Park]) -> dict[str, Any]:
    park = parks[firm["park"] or firm["zone"]]
    revenue = None if firm["revenue_wan"] is None else Decimal(firm["revenue_wan"])
    return {
        "name": firm["name"],
        "short_name": firm["short_name"],
        "uscc": firm["uscc"],
        "region_code": CITY_REGION,
        "industry_code": firm["gbt4754"],
        "founded_on": date.fromisoformat(firm["founded_on"]),
        "park_id": park.id,
        "unit_id": park.unit_id,
        "size_class": _size(firm, revenue),
        "above_scale": revenue is not None and revenue >= 2000,
        "latest_revenue_wan": revenue,
        "latest_year": firm["revenue_year"],
        "main_products": "、".join(_products(firm["id"])),
        "invented": True,
        "source": "示例城市（虚构）",
    }


class _Told(NamedTuple):
    """The figures that the size follows from."""

    year: int
    revenue_wan: Decimal | None
    employees_end: int | None


def _size(firm: dict[str, Any], revenue: Decimal | None) -> str | None:
    told = _Told(firm["revenue_year"] or 0, revenue, firm["employees"])
    return sizes.derive(section_of(firm["gbt4754"]), [told], terms.on(clock.today())).size


def _products(firm_id: str) -> list[str]:
    found: dict[str, None] = {}
    for chain in city()["chains"].values():
        found.update((item["product"], None) for item in chain["placements"] if item["firm"] == firm_id)
    return list(found)


def _years(number: int, firm: dict[str, Any]) -> Iterable[dict[str, Any]]:
    now = clock.now()
    for row in firm["figures"]:
        yield {
            "public_id": new_ulid(),
            "enterprise_id": number,
            "year": row["year"],
            "source": "企业年报（虚构）",
            "revenue_wan": row["revenue_wan"],
            "tax_paid_wan": row["tax_wan"],
            "rd_expense_wan": row["rd_wan"],
            "employees_end": row["employees"],
            "version": 1,
            "created_at": now,
            "updated_at": now,
        }


def _honours(number: int, firm: dict[str, Any]) -> Iterable[dict[str, Any]]:
    now = clock.now()
    for honour in firm["honours"]:
        kind, level = HONOURS[honour["name"]]
        yield {
            "public_id": new_ulid(),
            "enterprise_id": number,
            "kind": kind,
            "name": honour["name"],
            "level": level,
            "granted_year": honour["year"],
            "source": "示例城市（虚构）",
            "version": 1,
            "created_at": now,
            "updated_at": now,
        }
