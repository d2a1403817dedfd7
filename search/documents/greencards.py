"""Green cards: found by project, enterprise, card number; the token never enters the index."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.i18n import _
from core.i18n import lazy as _l
from crm.greencards import access
from crm.greencards.lifecycle import CARD
from crm.greencards.models import GreenCard
from crm.greencards.rules import KIND_LABELS
from search import acl
from search.document import Document
from search.sources import Source, by

KIND = "green_card"


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """One statement, whatever the number of ids."""
    statement = (
        select(GreenCard)
        .where(GreenCard.id.in_(ids))
        .options(joinedload(GreenCard.project), joinedload(GreenCard.enterprise))
    )
    return {card.id: _document(card) for card in session.scalars(statement)}


def _document(card: GreenCard) -> Document:
    firm = card.enterprise.name if card.enterprise else card.project.investor_name
    return Document(
        kind=KIND,
        id=card.id,
        public_id=card.public_id,
        path=f"/greencards/{card.public_id}",
        title=f"{card.project.name} · {KIND_LABELS[card.kind]}",
        acl=acl.document_tokens(
            KIND,
            units=[card.unit_id],
            enterprises=[card.enterprise_id] if card.enterprise_id else [],
            label=card.project.confidentiality,
        ),
        aliases=(firm,),
        codes=tuple(code for code in (card.card_no, card.project.project_no) if code),
        status=card.status,
        body="；".join(part for part in (str(_("服务绿卡")), card.holder_person, card.doc_no) if part),
        updated=card.updated_at,
    )


SOURCES = (
    Source(
        kind=KIND,
        label=_l("绿卡"),
        model=GreenCard,
        view=access.VIEW,
        visible=access.card_visible_to,
        labelled=True,
        build=build,
        shows={
            "enterprise": by(GreenCard, GreenCard.enterprise_id),
            "project": by(GreenCard, GreenCard.project_id),
        },
        statuses=dict(CARD.choices()),
        prefixes=(GreenCard.card_no,),
    ),
)
