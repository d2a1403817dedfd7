"""Targets: the enterprise's names, product and node; found by their unit, their specialist, or all-seers."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from chains.models import ChainNode
from core.i18n import lazy as _l
from crm.enterprises.models import Enterprise
from crm.targets import access
from crm.targets.lifecycle import TARGET
from crm.targets.models import Target
from search import acl
from search.document import Document
from search.sources import Source, by

KIND = "target"
_WEIGHT = 400


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """Two statements, whatever the number of ids."""
    statement = (
        select(Target)
        .where(Target.id.in_(ids))
        .options(
            joinedload(Target.enterprise).joinedload(Enterprise.region),
            joinedload(Target.enterprise).selectinload(Enterprise.former_names),
            joinedload(Target.node).joinedload(ChainNode.chain),
            joinedload(Target.list),
        )
    )
    return {target.id: _document(target) for target in session.scalars(statement).unique()}


def _document(target: Target) -> Document:
    firm = target.enterprise
    return Document(
        kind=KIND,
        id=target.id,
        public_id=target.public_id,
        path=f"/targets/{target.public_id}",
        title=firm.name,
        acl=acl.document_tokens(
            KIND,
            units=[target.unit_id],
            accounts=[target.specialist_id],
            anyone=target.pooled_on is not None and target.open_key == 1,
        ),
        aliases=(firm.short_name,) if firm.short_name and firm.short_name != firm.name else (),
        former=tuple(former.name for former in firm.former_names if former.name != firm.name),
        codes=tuple(code for code in (firm.uscc, firm.stock_code) if code),
        region=firm.region.name if firm.region else "",
        industry=target.node.chain.name,
        status=target.contact_status,
        body="；".join(filter(None, (target.node.name, target.product, target.list.name, target.layout))),
        weight=_WEIGHT,
        updated=target.updated_at,
    )


SOURCES = (
    Source(
        kind=KIND,
        label=_l("目标企业"),
        model=Target,
        view=access.VIEW,
        visible=access.visible_to,
        build=build,
        shows={
            "enterprise": by(Target, Target.enterprise_id),
            "chain_node": by(Target, Target.node_id),
        },
        statuses=dict(TARGET.choices()),
    ),
)
