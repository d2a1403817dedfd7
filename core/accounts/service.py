"""Accounts and their grants: every change. Units of work are opened by the edge."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import audit, clock, notify, reveals
from core.accounts import credentials, holdings, passwords, policy, separation, sessions
from core.accounts.models import ACCOUNT, Account, Grant, OneTimeLink
from core.accounts.signin import normal_username
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, Missing, NotFound, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.permissions import SYSTEM, Actor, require

LIST = "accounts:account:list"
MANAGE = "accounts:account:manage"
UNLOCK = "accounts:account:unlock"
GRANT = "accounts:grant:decide"
INVITE_LIFE = timedelta(hours=24)
RESET_LIFE = timedelta(hours=1)

notify.words("accounts.password_changed", _l("您的密码改过了。不是您本人改的，请马上联系管理员。"))


@dataclass(frozen=True)
class AccountValues:
    """What the administrator keeps of an official. `phone` None leaves the stored number."""

    name: str
    title: str
    phone: str | None
    unit_id: int | None
    valid_to: date | None = None


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
    touch(ACCOUNT, [account.id])
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
    chosen_unit_ids: Sequence[int] = (),
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Grant:
    """Give a role over some units. Nobody gives a role to himself; pages come by `granting.decide`."""
    require(actor, GRANT)
    if actor.account_id == account.id and actor is not SYSTEM:
        raise Invalid(Fault("role", "own_account", _l("不能给自己授权，请让另一位管理员来办。")))
    today = clock.today()
    held = {row.role for row in account.grants if row.valid_to is None or row.valid_to >= today}
    separation.ensure_apart(held, role)
    row = Grant(
        role=role, unit_id=unit_id, scope=scope, chosen_unit_ids=list(chosen_unit_ids),
        valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    account.grants.append(row)
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
    rules = policy.current(session)
    unit = account.unit
    context = (account.name, *((unit.name, unit.short_name) if unit else ()))
    passwords.check_new(password, username=account.username, rules=rules, context=context)
    credentials.check_not_reused(session, account, password, rules)
    account.password_hash = passwords.hash_of(password)
    credentials.note_password(session, account)
    account.failed_count = 0
    account.locked_until = None
    sessions.close_all(session, account.id, but=keep_session)
    audit.record("accounts.password_changed", "account", account.id, actor=actor, label=account.username)
    notify.notify(session, [account.id], "accounts.password_changed", {}, "/account")


def set_active(
    session: Session,
    account: Account,
    active: bool,
    *,
    actor: Actor,
    reason: str = "",
    permission: str = MANAGE,
) -> None:
    """Enable or disable an account; disabling ends its sessions at once. `permission` as for `create`."""
    require(actor, permission)
    if account.active is active:
        return
    if not active:
        ensure_handed_over(session, account)
        sessions.close_all(session, account.id)
    before, account.active = account.active, active
    touch(ACCOUNT, [account.id])
    audit.record(
        "accounts.enabled" if active else "accounts.disabled",
        "account",
        account.id,
        actor=actor,
        label=account.username,
        changes={"active": (before, active)},
        reason=reason,
    )


def change(
    session: Session,
    public_id: str,
    values: AccountValues,
    *,
    version: int | None,
    actor: Actor,
) -> Account:
    """Correct a name or telephone, or move somebody to another unit; his work must be handed over first."""
    require(actor, MANAGE)
    account = load(session, Account, public_id, version)
    if account.kind == "staff" and values.unit_id is None:
        raise Invalid(Fault("unit", "required", _l("请选单位。")))
    if account.unit_id != values.unit_id and account.unit_id is not None:
        ensure_handed_over(session, account)
    account.name, account.title = values.name.strip(), values.title.strip()
    if values.phone is not None:
        account.phone = values.phone.strip()
    account.unit_id, account.valid_to = values.unit_id, values.valid_to
    changes = audit.changes_of(account)
    session.flush()
    touch(ACCOUNT, [account.id])
    audit.record(
        "accounts.changed", "account", account.id, actor=actor, label=account.username, changes=changes
    )
    return account


def reveal_phone(session: Session, public_id: str, *, reason: str, actor: Actor) -> str:
    """The whole number of an account, for a stated purpose; every opening is one audit row (DOMAIN 22)."""
    require(actor, MANAGE)
    account = load(session, Account, public_id)
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请写明查看号码的用途。")))
    reveals.record(
        session,
        "accounts.phone_revealed",
        "account",
        account.id,
        actor=actor,
        label=account.username,
        reason=reason.strip(),
    )
    return account.phone


def ensure_handed_over(session: Session, account: Account) -> None:
    """Refuse while somebody owns open work; says how much of which kind."""
    counts = holdings.counts_of(session, account.id)
    if not counts:
        return
    labels = {kind.code: kind.label for kind in holdings.kinds()}
    told = "、".join(f"{labels[code]} {count}" for code, count in counts.items())
    message = _("他名下还有在办工作：%(work)s。请先由本人或单位负责人办工作交接。", work=told)
    raise Refused([Missing("handover", "owns_work", message)])


def unlock(session: Session, account: Account, *, actor: Actor) -> None:
    require(actor, UNLOCK)
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


def link_account(session: Session, token: str, purpose: str = "invite") -> Account | None:
    """Whose link this is, while it can still be used, and only for what it was issued for."""
    statement = (
        select(Account)
        .join(OneTimeLink, OneTimeLink.account_id == Account.id)
        .where(
            OneTimeLink.token_hash == sessions.token_hash(token),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > clock.now(),
            Account.active.is_(True),
        )
    )
    return session.scalars(statement).one_or_none()


def redeem(session: Session, token: str, password: str, *, ip: str, purpose: str = "invite") -> Account:
    """Use a link once to set a password. Raises NotFound on a used link, Invalid on a weak password."""
    account = link_account(session, token, purpose)
    won = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == sessions.token_hash(token), OneTimeLink.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(OneTimeLink.id)
    )
    if account is None or won.scalar() is None:
        raise NotFound(_l("这个链接已经用过或过期了，请让工作人员再发一个。"))
    actor = Actor(account.id, account.name, "system", ip=ip)
    set_password(session, account, password, actor=actor)
    return account
