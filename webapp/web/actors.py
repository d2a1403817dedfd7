"""The acting user, composed from the account, its grants, the roles and the enterprise it belongs to."""

from sqlalchemy.orm import Session

from core.accounts.models import Account
from core.accounts.sessions import role_grants
from core.permissions import Actor, Reach, RoleGrant
from crm import roles
from crm.enterprises import membership


def actor_of(
    session: Session, account: Account, *, ip: str = "", request_id: str = "", session_id: int | None = None
) -> Actor:
    """Who acts: staff with the reach of their grants, or an enterprise's user bound to that enterprise."""
    if account.kind == "enterprise":
        own = RoleGrant("enterprise_user", roles.PATTERNS["enterprise_user"], Reach(own=True))
        return Actor(
            account.id,
            account.name,
            "enterprise",
            (own,),
            enterprise_id=membership.enterprise_of(session, account.id),
            ip=ip,
            request_id=request_id,
            session_id=session_id,
        )
    return Actor(
        account.id,
        account.name,
        "staff",
        role_grants(session, account.grants, roles.PATTERNS),
        unit_id=account.unit_id,
        ip=ip,
        request_id=request_id,
        session_id=session_id,
    )
