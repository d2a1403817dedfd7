"""Enterprises: full, short, English and former names, credit and stock codes, products, honours."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.i18n import lazy as _l
from crm.enterprises import access
from crm.enterprises.models import Enterprise
from crm.enterprises.rules import STATUS_LABELS
from search import acl
from search.document import Document
from search.sources import Source

KIND = "enterprise"
_LISTED = 200
_PER_DIGIT = 40


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """Three statements, whatever the number of ids."""
    statement = (
        select(Enterprise)
        .where(Enterprise.id.in_(ids))
        .options(
            joinedload(Enterprise.region),
            joinedload(Enterprise.industry),
            selectinload(Enterprise.former_names),
            selectinload(Enterprise.honours),
        )
    )
    return {firm.id: _document(firm) for firm in session.scalars(statement).unique()}


def _document(firm: Enterprise) -> Document:
    body = [
        firm.main_products,
        *(honour.name for honour in firm.honours),
        firm.site_address or firm.reg_address,
    ]
    return Document(
        kind=KIND,
        id=firm.id,
        public_id=firm.public_id,
        path=f"/enterprises/{firm.public_id}",
        title=firm.name,
        acl=acl.document_tokens(KIND, enterprises=[firm.id]),
        aliases=tuple(name for name in (firm.short_name, firm.english_name) if name and name != firm.name),
        former=tuple(former.name for former in firm.former_names if former.name != firm.name),
        codes=tuple(code for code in (firm.uscc, firm.stock_code) if code),
        region=firm.region.name if firm.region else "",
        industry=firm.industry.name if firm.industry else firm.industry_text,
        status=firm.reg_status,
        body="；".join(part for part in body if part),
        weight=_weight(firm),
        updated=firm.updated_at,
    )


def _weight(firm: Enterprise) -> int:
    """Importance: listed, by order of magnitude of revenue, honoured."""
    weight = _LISTED if firm.stock_code else 0
    if firm.latest_revenue_wan:
        weight += _PER_DIGIT * len(str(int(firm.latest_revenue_wan)))
    return min(1000, weight + 30 * min(len(firm.honours), 4))


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
