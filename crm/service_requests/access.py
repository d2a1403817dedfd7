"""Who may see and move a request: the desk of the place, the unit that handles it, the enterprise itself."""

from sqlalchemy import ColumnElement, false, or_

from core.permissions import Actor, within
from crm.service_requests.models import ServiceRequest

VIEW = "requests:request:view"
ACCEPT = "requests:request:accept"
DISPATCH = "requests:request:dispatch"
SIGN = "requests:request:sign"
HANDLE = "requests:request:handle"
DECIDE = "requests:request:decide"
COMPLETE = "requests:request:complete"
REVIEW = "requests:request:review"
CALL_BACK = "requests:request:call_back"
EXPORT = "requests:request:export"
OWN_VIEW = "portal:request:view"
OWN_SUBMIT = "portal:request:submit"
OWN_REPLY = "portal:request:reply"
OWN_RATE = "portal:request:rate"
OWN_WITHDRAW = "portal:request:withdraw"

OF_THE_HOST = frozenset({SIGN, HANDLE, COMPLETE})
"""What belongs to the unit that handles the request; the rest belongs to the desk of the place."""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The desk's own, what was dispatched to one's unit, or the enterprise's own; nothing else exists."""
    if actor.kind == "enterprise":
        if actor.enterprise_id is None or not actor.can(OWN_VIEW):
            return false()
        return ServiceRequest.enterprise_id == actor.enterprise_id
    return or_(within(actor, VIEW, ServiceRequest.unit_id), within(actor, VIEW, ServiceRequest.host_unit_id))


def covers(actor: Actor, permission: str, request: ServiceRequest) -> bool:
    """Whether a permission reaches this request: through its desk, or through the unit that handles it."""
    if actor.kind == "enterprise":
        return actor.can(permission) and actor.enterprise_id == request.enterprise_id
    unit_id = request.host_unit_id if permission in OF_THE_HOST else request.unit_id
    return actor.covers(permission, unit_id)


def may_call_back(actor: Actor, request: ServiceRequest) -> bool:
    """Call-backs are made by somebody who has not handled the request, from another unit (DOMAIN 11)."""
    return (
        covers(actor, CALL_BACK, request)
        and actor.account_id != request.handler_id
        and actor.unit_id != request.host_unit_id
    )
