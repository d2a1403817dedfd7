"""Personal tokens for programs: limited to reading or to some areas, short-lived, revocable; only a hash is kept."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from core import audit, clock
from core.accounts.models import Account
from core.db import Base, Keyed, Stamped, load
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import Actor
from core.types import BIG, UtcDateTime

KIND: Final = "api_token"
PREFIX: Final = "lzt_"
LONGEST_DAYS: Final = 365
MOST: Final = 20
SEEN_EVERY: Final = timedelta(minutes=5)
SCOPES: Final = ("read", "write")


class ApiToken(Keyed, Stamped, Base):
    """A token of one account. `scope` is read or write; `areas` (empty: all) are the areas it may reach."""

    __tablename__ = "api_token"
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[str] = mapped_column(String(8))
    areas: Mapped[list[Any]] = mapped_column(JSON, default=list)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_ip: Mapped[str] = mapped_column(String(64), default="")
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def limits(self) -> tuple[str, ...]:
        """The permission patterns that this token leaves of its owner's."""
        verb = "view" if self.scope == "read" else "*"
        return tuple(f"{area}:*:{verb}" for area in self.areas or ["*"])

    def lives(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True)
class Bearer:
    """A living token and whose it is. `stale` says that "last used" is due to be written."""

    token: ApiToken
    account: Account
    stale: bool


def create(
    session: Session,
    *,
    account_id: int,
    name: str,
    scope: str,
    areas: Sequence[str] = (),
    days: int = 90,
    actor: Actor,
) -> tuple[ApiToken, str]:
    """Make a token for one's own account; the second value is shown once and never again.

    Raises Invalid on a life beyond a year, an unknown scope, or more than 20 living tokens.
    """
    faults = []
    if not name.strip():
        faults.append(Fault("name", "required", _l("请写明这个令牌给什么程序用。")))
    if scope not in SCOPES:
        faults.append(Fault("scope", "unknown", _l("请选择只读或可写。")))
    if not 1 <= days <= LONGEST_DAYS:
        faults.append(Fault("days", "range", _l("有效期为 1 到 365 天。")))
    if len(living(session, account_id)) >= MOST:
        faults.append(Fault("name", "too_many", _l("最多同时有 20 个令牌，请先停用不用的。")))
    if faults:
        raise Invalid(faults)
    text = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken(
        account_id=account_id,
        name=name.strip()[:80],
        token_hash=hash_of(text),
        scope=scope,
        areas=sorted(set(areas)),
        expires_at=clock.now() + timedelta(days=days),
    )
    session.add(made)
    session.flush()
    changes = {"scope": (None, scope), "areas": (None, made.areas), "days": (None, days)}
    audit.record("tokens.created", KIND, made.id, actor=actor, label=made.name, changes=changes)
    return made, text


def revoke(session: Session, public_id: str, *, actor: Actor) -> ApiToken:
    """End one's own token at once. Raises NotFound for anybody else's."""
    token = load(session, ApiToken, public_id, where=ApiToken.account_id == actor.account_id)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        audit.record("tokens.revoked", KIND, token.id, actor=actor, label=token.name)
    return token


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def resolve(session: Session, text: str) -> Bearer | None:
    """The living token behind a bearer header, of an account that is active."""
    if not text.startswith(PREFIX) or len(text) > 100:
        return None
    statement = (
        select(ApiToken, Account)
        .join(Account, Account.id == ApiToken.account_id)
        .options(joinedload(Account.unit), joinedload(Account.grants))
        .where(ApiToken.token_hash == hash_of(text))
    )
    found = session.execute(statement).unique().one_or_none()
    now = clock.now()
    if found is None or not found[0].lives(now) or not found[1].active:
        return None
    token, account = found
    return Bearer(token, account, token.last_used_at is None or now - token.last_used_at > SEEN_EVERY)


def used(session: Session, token_id: int, ip: str) -> None:
    """Write "last used"; at most every five minutes, by the caller's choice of `stale`."""
    values = {"last_used_at": clock.now(), "last_used_ip": ip[:64]}
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(**values))


def of_account(session: Session, account_id: int) -> list[ApiToken]:
    """Every token of an account, newest first, also those that have ended."""
    statement = select(ApiToken).where(ApiToken.account_id == account_id).order_by(ApiToken.id.desc())
    return list(session.scalars(statement.limit(100)))


def living(session: Session, account_id: int) -> list[ApiToken]:
    now = clock.now()
    return [token for token in of_account(session, account_id) if token.lives(now)]
