"""Counting attempts at the door: reserved before the proof is looked at, in one atomic UPDATE."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from core import clock
from core.accounts import policy
from core.accounts.models import Account, SignInAttempt
from core.accounts.policy import Policy
from core.accounts.refusals import TooManyAttempts

ADDRESS_LIMIT = 50
ADDRESS_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class Reserved:
    account_id: int | None
    password_hash: str | None
    locks: bool
    rules: Policy


def reserve(session: Session, whose: ColumnElement[bool], name: str, ip: str) -> Reserved:
    now, rules = clock.now(), policy.current(session)
    stop_crowding(session, ip)
    session.add(SignInAttempt(ip=ip, username=name, succeeded=False))
    session.execute(
        update(Account).where(whose, Account.locked_until <= now).values(failed_count=0, locked_until=None)
    )
    won = session.execute(
        update(Account)
        .where(
            whose,
            Account.active.is_(True),
            or_(Account.locked_until.is_(None), Account.locked_until <= now),
            Account.failed_count < rules.lock_failures,
        )
        .values(failed_count=Account.failed_count + 1)
        .returning(Account.id, Account.password_hash, Account.failed_count)
    ).one_or_none()
    if won is None:
        return Reserved(None, None, False, rules)
    locks = won.failed_count >= rules.lock_failures
    if locks:
        session.execute(update(Account).where(Account.id == won.id).values(locked_until=now + rules.lock))
    return Reserved(won.id, won.password_hash, locks, rules)


def stop_crowding(session: Session, ip: str) -> None:
    recent = select(func.count()).where(
        SignInAttempt.ip == ip,
        SignInAttempt.at > clock.now() - ADDRESS_WINDOW,
        SignInAttempt.succeeded.is_(False),
    )
    if (session.scalar(recent) or 0) >= ADDRESS_LIMIT:
        raise TooManyAttempts()


def give_back(session: Session, account: Account) -> None:
    """The attempt that proved right does not count, those before it still do."""
    account.failed_count = max(0, account.failed_count - 1)
    account.locked_until = None


def mark_success(session: Session, account: Account, ip: str) -> None:
    attempt = session.scalars(
        select(SignInAttempt)
        .where(SignInAttempt.ip == ip, SignInAttempt.username == account.username)
        .order_by(SignInAttempt.id.desc())
        .limit(1)
    ).one_or_none()
    if attempt is not None:
        attempt.succeeded = True
