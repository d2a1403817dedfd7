"""The acting user, composed from account, grants, roles, deputies and the enterprise it belongs to."""

from dataclasses import replace
from typing import Literal

from sqlalchemy.orm import Session

from core.accounts import deputies
from core.accounts.models import Account, Deputy
from core.accounts.separation import ADMINISTRATORS
from core.accounts.sessions import role_grants
from core.permissions import Actor, Reach, RoleGrant
from crm import roles
from crm.enterprises import membership


def actor_of(
    session: Session,
    account: Account,
    *,
    ip: str = "",
    request_id: str = "",
    session_id: int | None = None,
    stands_in: bool = True,
) -> Actor:
    """Who acts: staff with the reach of their grants, or an enterprise's user bound to that enterprise.

    With `stands_in` False he is known to be nobody's deputy.
    """
    if account.kind == "enterprise":
        return _of_enterprise(session, account, ip, request_id, session_id)
    own = role_grants(session, account.grants, roles.PATTERNS)
    clearance: Literal["normal", "restricted"] = (
        "restricted" if account.clearance == "restricted" else "normal"
    )
    return Actor(
        account.id,
        account.name,
        "staff",
        (*own, *(_taken_over(session, account.id, own) if stands_in else ())),
        unit_id=account.unit_id,
        ip=ip,
        request_id=request_id,
        session_id=session_id,
        clearance=clearance,
    )


def _of_enterprise(
    session: Session, account: Account, ip: str, request_id: str, session_id: int | None
) -> Actor:
    member = membership.of(session, account.id)
    role = member.role if member else membership.HANDLER
    return Actor(
        account.id,
        account.name,
        "enterprise",
        (RoleGrant(role, roles.PATTERNS[role], Reach(own=True)),),
        enterprise_id=member.enterprise_id if member else None,
        ip=ip,
        request_id=request_id,
        session_id=session_id,
    )


def _taken_over(session: Session, account_id: int, own: tuple[RoleGrant, ...]) -> list[RoleGrant]:
    """The grants of those for whom one stands in today; an administrator stands in for nobody."""
    if any(grant.role in ADMINISTRATORS for grant in own):
        return []
    return [grant for row in deputies.standing_in(session, account_id) for grant in _of_absent(session, row)]


def _of_absent(session: Session, row: Deputy) -> list[RoleGrant]:
    absent = row.account
    return [
        replace(
            grant,
            reach=replace(
                grant.reach,
                own=False,
                owner_ids=frozenset({absent.id}) if grant.reach.own else frozenset(),
            ),
            for_id=absent.id,
            for_name=absent.name,
            until=row.valid_to,
        )
        for grant in role_grants(session, absent.grants, roles.BUSINESS)
        if grant.patterns
    ]
