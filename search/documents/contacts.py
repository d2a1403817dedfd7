"""People at enterprises: found by name and position, by those whose units the enterprise belongs to.

Numbers never enter the index; they are opened one by one on the enterprise's page.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.i18n import lazy as _l
from crm.enterprises import access
from crm.enterprises.models import Contact
from search import acl
from search.document import Document
from search.sources import Source, by

KIND = "contact"


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """One statement, whatever the number of ids. Who has left is not found."""
    statement = (
        select(Contact)
        .where(Contact.id.in_(ids), Contact.active.is_(True))
        .options(joinedload(Contact.enterprise))
    )
    return {contact.id: _document(contact) for contact in session.scalars(statement)}


def _document(contact: Contact) -> Document:
    firm = contact.enterprise
    return Document(
        kind=KIND,
        id=contact.id,
        public_id=contact.public_id,
        path=f"/enterprises/{firm.public_id}#contacts",
        title=contact.person,
        acl=acl.document_tokens(KIND, units=[firm.unit_id], anyone=firm.unit_id is None),
        body="；".join(part for part in (firm.name, firm.short_name, contact.title) if part),
        updated=contact.updated_at,
    )


SOURCES = (
    Source(
        kind=KIND,
        label=_l("联系人"),
        model=Contact,
        view=access.VIEW_CONTACT,
        visible=access.contacts_visible_to,
        build=build,
        prefixes=(Contact.person,),
        shows={"enterprise": by(Contact, Contact.enterprise_id)},
    ),
)
