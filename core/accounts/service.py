"""Accounts, units and grants: every change. Units of work are opened by the edge."""

import secrets
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import audit, clock
from core.accounts import passwords, sessions
from core.accounts.models import Account, Grant, OneTimeLink, Unit
from core.accounts.signin import normal_username
from core.errors import Fault, Invalid, NotFound
from core.i18n import lazy as _l
from core.permissions import SYSTEM, Actor, require

MANAGE = "accounts:account:manage"
INVITE_LIFE = timedelta(hours=24)
RESET_LIFE = timedelta(hours=1)


def create_unit(
    session: Session,
    *,
    code: str,
    name: str,
    kind: str,
    parent: Unit | None,
    actor: Actor,
    short_name: str = "",
    phone: str = "",
) -> Unit:
    """Add a unit below `parent`. Raises Invalid when the code is taken."""
    require(actor, MANAGE)
    if session.scalar(select(Unit.id).where(Unit.code == code)) is not None:
        raise Invalid(Fault("code", "taken", _l("这个单位代码已经用了。")))
    unit = Unit(
        code=code,
        name=name,
        kind=kind,
        short_name=short_name or name,
        phone=phone,
        parent_id=parent.id if parent else None,
    )
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    audit.record("accounts.unit_created", "unit", unit.id, actor=actor, label=name)
    return unit


def create(
    session: Session,
    *,
    username: str,
    name: str,
    kind: str,
    actor: Actor,
    unit_id: int | None = None,
    title: str = "",
    phone: str = "",
    permission: str = MANAGE,
) -> Account:
    """Add an account without a password; it gets one through an invitation. Raises Invalid on a taken name.

    `permission` is what the caller's verb demands instead of MANAGE, e.g. inviting an enterprise's user.
    """
    require(actor, permission)
    name_key = normal_username(username)
    if len(name_key) < 3:
        raise Invalid(Fault("username", "too_short", _l("用户名至少 3 个字符。")))
    if session.scalar(select(Account.id).where(Account.username == name_key)) is not None:
        raise Invalid(Fault("username", "taken", _l("这个用户名已经有人用了，请换一个。")))
    account = Account(username=name_key, name=name, kind=kind, unit_id=unit_id, title=title, phone=phone)
    session.add(account)
    session.flush()
    audit.record("accounts.created", "account", account.id, actor=actor, label=name_key)
    return account


def grant(
    session: Session,
    account: Account,
    role: str,
    *,
    scope: str,
    actor: Actor,
    unit_id: int | None = None,
    permission: str = MANAGE,
) -> Grant:
    """Give a role over some units. Nobody gives a role to himself."""
    require(actor, permission)
    if actor.account_id == account.id and actor is not SYSTEM:
        raise Invalid(Fault("role", "own_account", _l("不能给自己授权，请让另一位管理员来办。")))
    row = Grant(account_id=account.id, role=role, unit_id=unit_id, scope=scope)
    session.add(row)
    session.flush()
    audit.record(
        "accounts.role_granted",
        "account",
        account.id,
        actor=actor,
        label=account.username,
        changes={"role": (None, role), "scope": (None, scope), "unit_id": (None, unit_id)},
    )
    return row


def set_password(
    session: Session, account: Account, password: str, *, actor: Actor, keep_session: int | None = None
) -> None:
    """Set one's own password after a check of its strength; every other session ends."""
    passwords.check_new(password, username=account.username)
    account.password_hash = passwords.hash_of(password)
    account.failed_count = 0
    account.locked_until = None
    sessions.close_all(session, account.id, but=keep_session)
    audit.record("accounts.password_changed", "account", account.id, actor=actor, label=account.username)


def set_active(session: Session, account: Account, active: bool, *, actor: Actor, reason: str = "") -> None:
    """Enable or disable an account; disabling ends its sessions at once."""
    require(actor, MANAGE)
    before, account.active = account.active, active
    if not active:
        sessions.close_all(session, account.id)
    audit.record(
        "accounts.enabled" if active else "accounts.disabled",
        "account",
        account.id,
        actor=actor,
        label=account.username,
        changes={"active": (before, active)},
        reason=reason,
    )


def unlock(session: Session, account: Account, *, actor: Actor) -> None:
    require(actor, MANAGE)
    account.failed_count = 0
    account.locked_until = None
    audit.record("accounts.unlocked", "account", account.id, actor=actor, label=account.username)


def issue_link(
    session: Session, account: Account, purpose: str, *, actor: Actor, permission: str = MANAGE
) -> str:
    """A one-time link's token: `invite` lives 24 hours, `reset` one; it ends every earlier one."""
    require(actor, permission)
    now = clock.now()
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.account_id == account.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
    )
    token = secrets.token_urlsafe(24)
    session.add(
        OneTimeLink(
            token_hash=sessions.token_hash(token),
            purpose=purpose,
            account_id=account.id,
            created_by=actor.account_id,
            expires_at=now + (INVITE_LIFE if purpose == "invite" else RESET_LIFE),
        )
    )
    audit.record(
        "accounts.link_issued",
        "account",
        account.id,
        actor=actor,
        label=account.username,
        changes={"purpose": (None, purpose)},
    )
    return token


def link_account(session: Session, token: str) -> Account | None:
    """Whose link this is, while it can still be used."""
    statement = (
        select(Account)
        .join(OneTimeLink, OneTimeLink.account_id == Account.id)
        .where(
            OneTimeLink.token_hash == sessions.token_hash(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > clock.now(),
            Account.active.is_(True),
        )
    )
    return session.scalars(statement).one_or_none()


def redeem(session: Session, token: str, password: str, *, ip: str) -> Account:
    """Use a link once to set a password. Raises NotFound on a used link, Invalid on a weak password."""
    account = link_account(session, token)
    if account is None:
        raise NotFound(_l("这个链接已经用过或过期了，请让工作人员再发一个。"))
    actor = Actor(account.id, account.name, "system", ip=ip)
    set_password(session, account, password, actor=actor)
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == sessions.token_hash(token))
        .values(used_at=clock.now())
    )
    return account
