"""Who may see and change the register. Staff read all of it; its contacts and changes are scoped."""

from sqlalchemy import ColumnElement, false, func, true

from core.errors import NotPermitted
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.enterprises.models import Contact, Enterprise

VIEW = "enterprises:enterprise:view"
EDIT = "enterprises:enterprise:edit"
CREATE = "enterprises:enterprise:create"
ACCEPT_CODE = "enterprises:code:accept"
VERIFY = "enterprises:figures:verify"
IMPORT = "enterprises:enterprise:import"
EXPORT = "enterprises:enterprise:export"
REVEAL = "enterprises:contact:reveal"
INVITE = "enterprises:user:invite"
OWN_USERS = "portal:user:manage"
VIEW_CONTACT = "enterprises:contact:view"
MERGE = "enterprises:enterprise:merge"


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


def users_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Users of enterprises that one may invite for; the same as `can_invite`, for many."""
    reach = actor.reach(INVITE)
    if reach.everything:
        return true()
    # Users are few beside enterprises: no index of these may lead.
    return func.coalesce(Enterprise.unit_id, 0).in_([0, *sorted(reach.unit_ids)]) if reach else false()


def can_edit(actor: Actor, enterprise: Enterprise) -> bool:
    """Whoever may edit changes what lies in his units, and what no unit has taken yet."""
    return _covers(actor, EDIT, enterprise)


def can_verify(actor: Actor, enterprise: Enterprise) -> bool:
    return _covers(actor, VERIFY, enterprise)


def sees_contacts(actor: Actor, enterprise: Enterprise) -> bool:
    """The same as `contacts_visible_to`, for one enterprise."""
    return actor.kind == "staff" and _covers(actor, VIEW_CONTACT, enterprise)


def can_reveal(actor: Actor, enterprise: Enterprise) -> bool:
    return _covers(actor, REVEAL, enterprise)


def can_invite(actor: Actor, enterprise: Enterprise) -> bool:
    return _covers(actor, INVITE, enterprise)


def may_merge(actor: Actor, *enterprises: Enterprise) -> bool:
    """Whoever may merge does so with what lies in his units, and with what no unit has taken yet."""
    return all(_covers(actor, MERGE, enterprise) for enterprise in enterprises)


def ensure_may_merge(actor: Actor, *enterprises: Enterprise) -> None:
    if not may_merge(actor, *enterprises):
        raise NotPermitted(_l("两家都归您的单位管，您才能定。跨单位的请市经合局处理。"))


def _covers(actor: Actor, permission: str, enterprise: Enterprise) -> bool:
    if enterprise.unit_id is None:
        return actor.lean_on(permission)
    return actor.covers(permission, enterprise.unit_id)
