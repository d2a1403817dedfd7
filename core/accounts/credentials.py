"""What proves who somebody is, beside the password's hash: its age and forerunners, the second factor, providers."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock
from core.accounts import passwords
from core.accounts.models import Account
from core.accounts.policy import Policy
from core.db import Base
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.secrets import sealed
from core.types import BIG, UtcDateTime

KEPT = 5


def _owner() -> Mapped[int]:
    return mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"), index=True)


class PastPassword(Base):
    """A password that somebody has had, the present one included: its hash and since when."""

    __tablename__ = "past_password"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    account_id: Mapped[int] = _owner()
    password_hash: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class SecondFactor(Base):
    """A time-based code (RFC 6238). `last_step` is the last one used, so that no code works twice."""

    __tablename__ = "second_factor"
    account_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    seed: Mapped[str] = sealed("second_factor.seed")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(BIG, default=0)


class RecoveryCode(Base):
    """One of ten codes for when the device is away; only its hash is kept, and it works once."""

    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    account_id: Mapped[int] = _owner()
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInStep(Base):
    """The password was right, the code is asked for: who waits, for five minutes, in one browser."""

    __tablename__ = "sign_in_step"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = _owner()
    method: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutsideIdentity(Base):
    """Whom a provider's (issuer, subject) means here. Never found by a mail address."""

    __tablename__ = "outside_identity"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    account_id: Mapped[int] = _owner()
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    linked_by: Mapped[int] = mapped_column(BIG)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    __table_args__ = (UniqueConstraint("issuer", "subject"),)


def check_not_reused(session: Session, account: Account, password: str, policy: Policy) -> None:
    """Raise Invalid when the password is one of the last five (等保)."""
    if not policy.reused_refused:
        return
    statement = (
        select(PastPassword.password_hash)
        .where(PastPassword.account_id == account.id)
        .order_by(PastPassword.id.desc())
        .limit(policy.reused_refused)
    )
    earlier = {*session.scalars(statement), *([account.password_hash] if account.password_hash else [])}
    if any(passwords.matches(one, password) for one in earlier):
        raise Invalid(Fault("password", "reused", _l("最近 5 次用过的密码不能再用，请换一个。")))


def note_password(session: Session, account: Account) -> None:
    """Remember the password that has just been set; only the last five are kept."""
    session.add(PastPassword(account_id=account.id, password_hash=account.password_hash or ""))
    session.flush()
    old = session.scalars(
        select(PastPassword.id)
        .where(PastPassword.account_id == account.id)
        .order_by(PastPassword.id.desc())
        .offset(KEPT)
    ).all()
    if old:
        session.execute(delete(PastPassword).where(PastPassword.id.in_(old)))


def password_set_at(session: Session, account: Account) -> datetime:
    """Since when the present password is in use; the account's beginning where nobody noted it."""
    statement = (
        select(PastPassword.set_at)
        .where(PastPassword.account_id == account.id)
        .order_by(PastPassword.id.desc())
        .limit(1)
    )
    return session.scalar(statement) or account.created_at


def password_is_due(session: Session, account: Account, policy: Policy) -> bool:
    """Whether staff must choose a new password (等保: after 90 days)."""
    life = policy.password_life
    if life is None or account.kind != "staff":
        return False
    return clock.now() - password_set_at(session, account) > life


def unused_too_long(session: Session, account: Account, policy: Policy) -> bool:
    """Nobody has come in, and no password was set, for 90 days; a new link wakes the account."""
    latest = max(account.last_signed_in_at or account.created_at, password_set_at(session, account))
    return clock.now() - latest > policy.unused
