"""Who may see and change the register. Staff read all of it; its contacts and changes are scoped."""

from sqlalchemy import ColumnElement, false, true

from core.permissions import Actor
from crm.enterprises.models import Contact, Enterprise

VIEW = "enterprises:enterprise:view"
EDIT = "enterprises:enterprise:edit"
CREATE = "enterprises:enterprise:create"
IMPORT = "enterprises:enterprise:import"
EXPORT = "enterprises:enterprise:export"
REVEAL = "enterprises:contact:reveal"
INVITE = "enterprises:user:invite"
OWN_USERS = "portal:user:manage"
VIEW_CONTACT = "enterprises:contact:view"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The register is common to all staff; an enterprise sees itself."""
    if actor.enterprise_id is not None:
        return Enterprise.id == actor.enterprise_id
    return true() if actor.can(VIEW) else false()


def contacts_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Contacts of enterprises in one's units, and of those that no unit has taken yet."""
    reach = actor.reach(VIEW_CONTACT)
    if actor.kind == "enterprise" or not reach:
        return false()
    if reach.everything:
        return true()
    mine = Enterprise.unit_id.is_(None) | Enterprise.unit_id.in_(sorted(reach.unit_ids))
    return Contact.enterprise.has(mine)


def can_edit(actor: Actor, enterprise: Enterprise) -> bool:
    """Whoever may edit changes what lies in his units, and what no unit has taken yet."""
    return _covers(actor, EDIT, enterprise)


def can_reveal(actor: Actor, enterprise: Enterprise) -> bool:
    return _covers(actor, REVEAL, enterprise)


def can_invite(actor: Actor, enterprise: Enterprise) -> bool:
    return _covers(actor, INVITE, enterprise)


def _covers(actor: Actor, permission: str, enterprise: Enterprise) -> bool:
    if enterprise.unit_id is None:
        return actor.lean_on(permission)
    return actor.covers(permission, enterprise.unit_id)
