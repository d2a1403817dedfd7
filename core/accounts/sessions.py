"""Sessions kept on the server: a random token in the cookie, its hash in a row that can be revoked."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, joinedload

from core import clock
from core.accounts.models import Account, Deputy, Grant, SessionRow, Unit
from core.permissions import Reach, RoleGrant

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
MOST = 5


@dataclass(frozen=True)
class Resolved:
    """A living session and whose it is. `stale` says that "last seen" is due to be written.

    `stands_in` is False when he is certainly nobody's deputy, so that nothing need be asked.
    """

    session_id: int
    account: Account
    csrf_secret: str
    stale: bool
    stands_in: bool = True


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_(session: Session, account_id: int, *, ip: str, agent: str) -> str:
    """Open a session and return its token; the oldest beyond five are closed."""
    token = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            token_hash=token_hash(token),
            account_id=account_id,
            ip=ip[:64],
            agent=agent[:300],
            csrf_secret=secrets.token_hex(32),
        )
    )
    session.flush()
    living = session.scalars(
        select(SessionRow.id)
        .where(SessionRow.account_id == account_id, SessionRow.revoked_at.is_(None))
        .order_by(SessionRow.id.desc())
        .offset(MOST)
    ).all()
    if living:
        session.execute(update(SessionRow).where(SessionRow.id.in_(living)).values(revoked_at=clock.now()))
    return token


def resolve(session: Session, token: str) -> Resolved | None:
    """The living session behind a cookie: not revoked, not idle for 30 minutes, not older than 12 hours."""
    if not token or len(token) > 100:
        return None
    statement = (
        select(SessionRow, Account, exists().where(Deputy.deputy_id == Account.id))
        .join(Account, Account.id == SessionRow.account_id)
        .options(joinedload(Account.unit), joinedload(Account.grants))
        .where(SessionRow.token_hash == token_hash(token), SessionRow.revoked_at.is_(None))
    )
    found = session.execute(statement).unique().one_or_none()
    if found is None:
        return None
    row, account, stands_in = found
    now = clock.now()
    if not account.active or now - row.last_seen_at > IDLE or now - row.created_at > ABSOLUTE:
        return None
    return Resolved(row.id, account, row.csrf_secret, now - row.last_seen_at > SEEN_EVERY, stands_in)


def owner_of(session: Session, token: str) -> int | None:
    """Whose session a cookie was, also when it has ended by idleness; None for an unknown token."""
    return session.scalar(select(SessionRow.account_id).where(SessionRow.token_hash == token_hash(token)))


def seen(session: Session, session_id: int) -> None:
    """Write "last seen"; at most every five minutes, by the caller's choice of `stale`."""
    session.execute(update(SessionRow).where(SessionRow.id == session_id).values(last_seen_at=clock.now()))


def close(session: Session, session_id: int) -> None:
    session.execute(update(SessionRow).where(SessionRow.id == session_id).values(revoked_at=clock.now()))


def close_all(session: Session, account_id: int, *, but: int | None = None) -> None:
    """End every session of an account, `but` one: after a password change, on disabling."""
    statement = update(SessionRow).where(SessionRow.account_id == account_id, SessionRow.revoked_at.is_(None))
    if but is not None:
        statement = statement.where(SessionRow.id != but)
    session.execute(statement.values(revoked_at=clock.now()))


def living(session: Session, account_id: int) -> list[SessionRow]:
    """The sessions that are open now, newest first."""
    statement = (
        select(SessionRow)
        .where(
            SessionRow.account_id == account_id,
            SessionRow.revoked_at.is_(None),
            SessionRow.last_seen_at > clock.now() - IDLE,
        )
        .order_by(SessionRow.id.desc())
    )
    return list(session.scalars(statement))


def role_grants(
    session: Session, grants: list[Grant], patterns: Mapping[str, tuple[str, ...]]
) -> tuple[RoleGrant, ...]:
    """Flatten grants that are valid today: role patterns with the unit ids that they reach.

    `patterns` maps a role to its permission patterns; an unknown role grants nothing.
    """
    today = clock.today()
    flat: list[RoleGrant] = []
    for grant in grants:
        if (grant.valid_from and today < grant.valid_from) or (grant.valid_to and today > grant.valid_to):
            continue
        reach = _reach(session, grant)
        flat.append(RoleGrant(grant.role, patterns.get(grant.role, ()), reach, grant.unit_id, grant.scope))
    return tuple(flat)


def _reach(session: Session, grant: Grant) -> Reach:
    if grant.scope == "all":
        return Reach(everything=True)
    if grant.scope == "self":
        return Reach(own=True)
    if grant.scope == "chosen":
        return Reach(unit_ids=frozenset(int(number) for number in grant.chosen_unit_ids), own=True)
    if grant.unit_id is None:
        return Reach(own=True)
    if grant.scope == "unit":
        return Reach(unit_ids=frozenset([grant.unit_id]), own=True)
    below = session.scalars(select(Unit.id).where(Unit.path.contains(f"/{grant.unit_id}/", autoescape=True)))
    return Reach(unit_ids=frozenset([grant.unit_id, *below]), own=True)
