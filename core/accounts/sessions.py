"""Sessions kept on the server: a random token in the cookie, its hash in a row that can be revoked."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, joinedload

from core import clock
from core.accounts import policy
from core.accounts.models import Account, Deputy, Grant, SessionRow, Unit
from core.permissions import Reach, RoleGrant

SEEN_EVERY = timedelta(minutes=5)
FRESH = timedelta(minutes=5)


@dataclass(frozen=True)
class Resolved:
    """A living session and whose it is. `stale` says that "last seen" is due to be written.

    `stands_in` is False when he is certainly nobody's deputy, so that nothing need be asked.
    `proved_at`: when its owner last proved who he is. `confined`: what he must do first, in this order.
    """

    session_id: int
    account: Account
    csrf_secret: str
    stale: bool
    proved_at: datetime
    confined: tuple[str, ...] = ()
    stands_in: bool = True

    @property
    def fresh(self) -> bool:
        """Whether the proof is young enough for a grave step."""
        return clock.now() - self.proved_at <= FRESH


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_(
    session: Session,
    account_id: int,
    *,
    ip: str,
    agent: str,
    most: int = policy.DEFAULT.sessions,
    confined: Sequence[str] = (),
) -> str:
    """Open a session and return its token; the oldest beyond `most` are closed."""
    token = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            token_hash=token_hash(token),
            account_id=account_id,
            ip=ip[:64],
            agent=agent[:300],
            csrf_secret=secrets.token_hex(32),
            confined=",".join(confined) or None,
        )
    )
    session.flush()
    living = session.scalars(
        select(SessionRow.id)
        .where(SessionRow.account_id == account_id, SessionRow.revoked_at.is_(None))
        .order_by(SessionRow.id.desc())
        .offset(most)
    ).all()
    if living:
        session.execute(update(SessionRow).where(SessionRow.id.in_(living)).values(revoked_at=clock.now()))
    return token


def resolve(session: Session, token: str) -> Resolved | None:
    """The living session behind a cookie: not revoked, not idle or older than the policy allows."""
    if not token or len(token) > 100:
        return None
    statement = (
        select(SessionRow, Account, policy.kept(), exists().where(Deputy.deputy_id == Account.id))
        .join(Account, Account.id == SessionRow.account_id)
        .options(joinedload(Account.unit), joinedload(Account.grants))
        .where(SessionRow.token_hash == token_hash(token), SessionRow.revoked_at.is_(None))
    )
    found = session.execute(statement).unique().one_or_none()
    if found is None:
        return None
    row, account, kept, stands_in = found
    rules, now = policy.of(kept), clock.now()
    expired = account.valid_to is not None and account.valid_to < clock.today()
    if (
        not account.active
        or expired
        or now - row.last_seen_at > rules.idle
        or now - row.created_at > rules.absolute
    ):
        return None
    return Resolved(
        row.id,
        account,
        row.csrf_secret,
        now - row.last_seen_at > SEEN_EVERY,
        row.proved_at or row.created_at,
        tuple(row.confined.split(",")) if row.confined else (),
        stands_in,
    )


def owner_of(session: Session, token: str) -> int | None:
    """Whose session a cookie was, also when it has ended by idleness; None for an unknown token."""
    return session.scalar(select(SessionRow.account_id).where(SessionRow.token_hash == token_hash(token)))


def seen(session: Session, session_id: int) -> None:
    """Write "last seen"; at most every five minutes, by the caller's choice of `stale`."""
    session.execute(update(SessionRow).where(SessionRow.id == session_id).values(last_seen_at=clock.now()))


def renew(session: Session, session_id: int, *, freed_of: str | None = None) -> str:
    """A new token and form secret for a living session, whose owner has just proved who he is.

    The old cookie is worth nothing from now on. `freed_of` is what he has done of what he had to do first.
    """
    row = session.get_one(SessionRow, session_id)
    token = secrets.token_urlsafe(32)
    row.token_hash, row.csrf_secret, row.proved_at = token_hash(token), secrets.token_hex(32), clock.now()
    if row.confined and freed_of:
        row.confined = ",".join(one for one in row.confined.split(",") if one != freed_of) or None
    return token


def known_device(session: Session, account_id: int, agent: str) -> bool:
    """Whether this kind of browser has been here before, or nobody at all has."""
    earlier = select(SessionRow.agent).where(SessionRow.account_id == account_id).distinct()
    agents = set(session.scalars(earlier))
    return not agents or agent[:300] in agents


def before(session: Session, account_id: int, session_id: int | None) -> SessionRow | None:
    """The sign-in before this one: when and from where."""
    statement = select(SessionRow).where(SessionRow.account_id == account_id)
    if session_id is not None:
        statement = statement.where(SessionRow.id < session_id)
    return session.scalars(statement.order_by(SessionRow.id.desc()).limit(1)).one_or_none()


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
    rules = policy.current(session)
    statement = (
        select(SessionRow)
        .where(
            SessionRow.account_id == account_id,
            SessionRow.revoked_at.is_(None),
            SessionRow.last_seen_at > clock.now() - rules.idle,
            SessionRow.created_at > clock.now() - rules.absolute,
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
