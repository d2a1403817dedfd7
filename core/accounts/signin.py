"""The door: one attempt is reserved before the password is looked at, so that parallel guesses count.

`sign_in` wraps its own units of work: the failed attempt must be kept although the caller fails.
"""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from core import audit, clock
from core.accounts import passwords, sessions
from core.accounts.models import Account, SignInAttempt
from core.db import unit_of_work
from core.errors import DomainError
from core.i18n import lazy as _l
from core.permissions import Actor

LIMIT = 5
LOCK = timedelta(minutes=30)
ADDRESS_LIMIT = 50
ADDRESS_WINDOW = timedelta(minutes=15)


class SignInRefused(DomainError):
    """The same words for an unknown name, a wrong password, a disabled and a locked account."""

    code = "sign_in_refused"
    status = 401

    def __init__(self) -> None:
        super().__init__(_l("用户名或密码不对。连错 5 次，账号会锁 30 分钟。"))


class TooManyAttempts(DomainError):
    code = "too_many_attempts"
    status = 429

    def __init__(self) -> None:
        super().__init__(_l("这个网络地址试得太多了，请 15 分钟后再来。"))


@dataclass(frozen=True)
class _Reserved:
    account_id: int | None
    password_hash: str | None


def normal_username(username: str) -> str:
    """Names that look alike count as one: NFKC, casefold, stripped."""
    return unicodedata.normalize("NFKC", username).casefold().strip()[:80]


def sign_in(username: str, password: str, *, ip: str, agent: str = "", request_id: str = "") -> str:
    """Return the token of a new session. Raises SignInRefused or TooManyAttempts."""
    name = normal_username(username)
    with unit_of_work() as session:
        reserved = _reserve(session, name, ip)
    matched = passwords.matches(reserved.password_hash, password)
    with unit_of_work() as session:
        actor = Actor(reserved.account_id or 0, name, "system", ip=ip, request_id=request_id)
        if not matched or reserved.account_id is None:
            audit.record(
                "accounts.sign_in_failed", "account", reserved.account_id or 0, actor=actor, label=name
            )
            token = None
        else:
            token = _welcome(session, reserved.account_id, password, ip=ip, agent=agent)
            audit.record("accounts.signed_in", "account", reserved.account_id, actor=actor, label=name)
    if token is None:
        raise SignInRefused()
    return token


def _reserve(session: Session, name: str, ip: str) -> _Reserved:
    now = clock.now()
    recent = select(func.count()).where(
        SignInAttempt.ip == ip,
        SignInAttempt.at > now - ADDRESS_WINDOW,
        SignInAttempt.succeeded.is_(False),
    )
    if (session.scalar(recent) or 0) >= ADDRESS_LIMIT:
        raise TooManyAttempts()
    session.add(SignInAttempt(ip=ip, username=name, succeeded=False))
    session.execute(
        update(Account)
        .where(Account.username == name, Account.locked_until <= now)
        .values(failed_count=0, locked_until=None)
    )
    won = session.execute(
        update(Account)
        .where(
            Account.username == name,
            Account.active.is_(True),
            or_(Account.locked_until.is_(None), Account.locked_until <= now),
            Account.failed_count < LIMIT,
        )
        .values(failed_count=Account.failed_count + 1)
        .returning(Account.id, Account.password_hash, Account.failed_count)
    ).one_or_none()
    if won is None:
        return _Reserved(None, None)
    if won.failed_count >= LIMIT:
        session.execute(update(Account).where(Account.id == won.id).values(locked_until=now + LOCK))
    return _Reserved(won.id, won.password_hash)


def _welcome(session: Session, account_id: int, password: str, *, ip: str, agent: str) -> str:
    account = session.get_one(Account, account_id)
    account.failed_count = 0
    account.locked_until = None
    account.last_signed_in_at = clock.now()
    account.last_signed_in_ip = ip
    if account.password_hash and passwords.needs_rehash(account.password_hash):
        account.password_hash = passwords.hash_of(password)
    attempt = session.scalars(
        select(SignInAttempt)
        .where(SignInAttempt.ip == ip, SignInAttempt.username == account.username)
        .order_by(SignInAttempt.id.desc())
        .limit(1)
    ).one_or_none()
    if attempt is not None:
        attempt.succeeded = True
    return sessions.open_(session, account_id, ip=ip, agent=agent)
