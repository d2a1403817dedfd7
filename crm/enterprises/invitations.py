"""Inviting an enterprise's users: an account without a password, and a link that works once (SECURITY A7)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import service as accounts
from core.accounts.models import Account
from core.db import load
from core.errors import Fault, Invalid, NotFound, NotPermitted
from core.i18n import lazy as _l
from core.permissions import Actor, require
from crm.enterprises import access, membership
from crm.enterprises.membership import Membership
from crm.enterprises.models import Enterprise


@dataclass(frozen=True)
class Invitation:
    """An account and the token of its link. The token is shown once and kept nowhere."""

    enterprise: Enterprise
    account: Account
    token: str


def invite(
    session: Session, enterprise_pid: str, *, username: str, name: str, phone: str = "", actor: Actor
) -> Invitation:
    """Open an account for an enterprise's user. Raises Invalid on a taken or too short user name.

    The first is the enterprise's administrator, who may invite handlers himself; the others are handlers.
    """
    enterprise = _within_reach(session, enterprise_pid, actor)
    if not name.strip():
        raise Invalid(Fault("name", "missing", _l("请填使用人的姓名。")))
    account = accounts.create(
        session,
        username=username,
        name=name.strip(),
        kind="enterprise",
        phone=phone,
        actor=actor,
        permission=access.INVITE,
    )
    first = not users_of(session, enterprise.id)
    role = membership.ADMINISTRATOR if first else membership.HANDLER
    membership.join(session, account.id, enterprise.id, actor=actor, role=role)
    token = accounts.issue_link(session, account, "invite", actor=actor, permission=access.INVITE)
    return Invitation(enterprise, account, token)


def invite_again(session: Session, enterprise_pid: str, account_pid: str, *, actor: Actor) -> Invitation:
    """A fresh link for a user who has not set a password yet; the earlier link dies.

    A user with a password asks the administrator for a reset: the desk must not be able to take over
    an account that somebody uses.
    """
    enterprise = _within_reach(session, enterprise_pid, actor)
    account = load(session, Account, account_pid)
    if membership.enterprise_of(session, account.id) != enterprise.id:
        raise NotFound()
    if account.password_hash is not None:
        raise Invalid(Fault("username", "in_use", _l("这个账号已经设过密码。忘了密码，请系统管理员重置。")))
    token = accounts.issue_link(session, account, "invite", actor=actor, permission=access.INVITE)
    return Invitation(enterprise, account, token)


def invite_handler(
    session: Session, *, username: str, name: str, phone: str = "", actor: Actor
) -> Invitation:
    """The enterprise's administrator opens an account for a handler of his own enterprise."""
    require(actor, access.OWN_USERS)
    if actor.enterprise_id is None:
        raise NotPermitted()
    enterprise = session.get_one(Enterprise, actor.enterprise_id)
    account = accounts.create(
        session, username=username, name=name.strip(), kind="enterprise", phone=phone, actor=actor,
        permission=access.OWN_USERS,
    )  # fmt: skip
    membership.join(session, account.id, enterprise.id, actor=actor, role=membership.HANDLER)
    token = accounts.issue_link(session, account, "invite", actor=actor, permission=access.OWN_USERS)
    return Invitation(enterprise, account, token)


def retire_handler(session: Session, account_pid: str, *, actor: Actor) -> Account:
    """Close a handler's account of one's own enterprise; his sessions end at once. Another's is not found."""
    require(actor, access.OWN_USERS)
    account = load(session, Account, account_pid)
    member = membership.of(session, account.id)
    if member is None or member.enterprise_id != actor.enterprise_id:
        raise NotFound()
    if member.role != membership.HANDLER:
        raise Invalid(Fault(None, "administrator", _l("企业管理员的账号请企业服务专员处理。")))
    accounts.set_active(session, account, False, actor=actor, permission=access.OWN_USERS)
    return account


def users_of(session: Session, enterprise_id: int) -> list[Account]:
    """The accounts of an enterprise, in the order of their opening."""
    return [account for account, _member in members_of(session, enterprise_id)]


def members_of(session: Session, enterprise_id: int) -> list[tuple[Account, Membership]]:
    """The accounts of an enterprise with what each is in it, in the order of their opening: one statement."""
    statement = (
        select(Account, Membership)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.enterprise_id == enterprise_id)
        .order_by(Account.id)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def _within_reach(session: Session, enterprise_pid: str, actor: Actor) -> Enterprise:
    enterprise = load(session, Enterprise, enterprise_pid, where=access.visible_to(actor))
    if not access.can_invite(actor, enterprise):
        raise NotPermitted()
    return enterprise
