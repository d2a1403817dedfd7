"""Enterprises: full, short, English and former names, credit and stock codes, products, honours."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core import clock
from core.i18n import lazy as _l
from core.places import Region
from crm.enterprises import access, honours
from crm.enterprises.models import Enterprise, FormerName, Honour, Industry
from crm.enterprises.rules import STATUS_LABELS
from search import acl
from search.document import Document
from search.sources import Source

KIND = "enterprise"
_LISTED = 200
_PER_DIGIT = 40
_COLUMNS: tuple[Any, ...] = (
    Enterprise.id, Enterprise.public_id, Enterprise.uscc, Enterprise.stock_code, Enterprise.name,
    Enterprise.short_name, Enterprise.english_name, Enterprise.reg_status, Enterprise.main_products,
    Enterprise.site_address, Enterprise.reg_address, Enterprise.industry_text, Enterprise.unit_id,
    Enterprise.latest_revenue_wan, Enterprise.updated_at, Enterprise.aliases, Enterprise.tags,
)  # fmt: skip


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """Three statements, whatever the number of ids. Plain rows: a rebuild reads a million of them."""
    former = _lists(session, FormerName.enterprise_id, FormerName.name, FormerName.id, ids)
    held = _lists(
        session, Honour.enterprise_id, Honour.name, Honour.granted_on, ids, honours.standing(clock.today())
    )
    statement = (
        select(*_COLUMNS, Region.name, Industry.name)
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .outerjoin(Industry, Industry.code == Enterprise.industry_code)
        .where(Enterprise.id.in_(ids))
    )
    return {
        row[0]: _document(row, former.get(row[0], []), held.get(row[0], []))
        for row in session.execute(statement)
    }


def _lists(
    session: Session, owner: Any, name: Any, order: Any, ids: Sequence[int], *where: ColumnElement[bool]
) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    statement = select(owner, name).where(owner.in_(ids), *where).order_by(owner, order)
    for number, text in session.execute(statement):
        found.setdefault(number, []).append(text)
    return found


def _document(row: Any, former: list[str], held: list[str]) -> Document:
    (number, public_id, uscc, stock_code, name, short_name, english_name, reg_status, products, site, address,
     industry_text, unit_id, revenue, updated, also, tags, region, industry) = row  # fmt: skip
    body = [products, *held, *(tags or ()), site or address]
    return Document(
        kind=KIND,
        id=number,
        public_id=public_id,
        path=f"/enterprises/{public_id}",
        title=name,
        acl=acl.document_tokens(KIND, units=[unit_id], enterprises=[number]),
        aliases=tuple(one for one in (short_name, english_name, *(also or ())) if one and one != name),
        former=tuple(one for one in former if one != name),
        codes=tuple(code for code in (uscc, stock_code) if code),
        region=region or "",
        industry=industry or industry_text,
        status=reg_status,
        body="；".join(part for part in body if part),
        weight=_weight(stock_code, revenue, len(held)),
        updated=updated,
    )


def _weight(stock_code: str | None, revenue: Decimal | None, honours: int) -> int:
    """Importance: listed, by order of magnitude of revenue, honoured."""
    weight = _LISTED if stock_code else 0
    if revenue:
        weight += _PER_DIGIT * len(str(int(revenue)))
    return min(1000, weight + 30 * min(honours, 4))


SOURCES = (
    Source(
        kind=KIND,
        label=_l("企业"),
        model=Enterprise,
        view=access.VIEW,
        visible=access.visible_to,
        build=build,
        common=True,
        statuses=STATUS_LABELS,
        prefixes=(Enterprise.name, Enterprise.short_name, Enterprise.uscc, Enterprise.stock_code),
    ),
)
