"""Whom a provider's (issuer, subject) means here. Bound by its owner or an administrator, never by a mail address."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import audit, notify
from core.accounts.credentials import OutsideIdentity
from core.accounts.models import Account
from core.errors import Fault, Invalid, NotFound
from core.i18n import lazy as _l
from core.permissions import Actor, require

LINK = "security:identity:link"

notify.words("accounts.identity_linked", _l("您的账号绑定了统一身份认证。不是您本人办的，请马上联系管理员。"))


def owner(session: Session, issuer: str, subject: str) -> int | None:
    """The account of an identity; None when nobody has bound it."""
    return session.scalar(
        select(OutsideIdentity.account_id).where(
            OutsideIdentity.issuer == issuer, OutsideIdentity.subject == subject
        )
    )


def link(session: Session, account: Account, issuer: str, subject: str, *, actor: Actor) -> None:
    """Bind an identity to one's own account, or as an administrator to another's. Raises Invalid when taken."""
    if actor.account_id != account.id:
        require(actor, LINK)
    subject = subject.strip()
    if not 0 < len(subject) <= 255:
        raise Invalid(Fault("subject", "required", _l("请填统一身份认证里的用户标识（sub）。")))
    taken = owner(session, issuer, subject)
    if taken == account.id:
        return
    if taken is not None:
        raise Invalid(Fault("subject", "taken", _l("这个身份已经绑定了别的账号。")))
    session.add(
        OutsideIdentity(account_id=account.id, issuer=issuer, subject=subject, linked_by=actor.account_id)
    )
    audit.record("accounts.identity_linked", "account", account.id, actor=actor, label=account.username)
    notify.notify(session, [account.id], "accounts.identity_linked", {}, "/account")


def unlink(session: Session, account: Account, identity_id: int, *, actor: Actor) -> None:
    """Take a binding away. Raises NotFound when it is not this account's."""
    if actor.account_id != account.id:
        require(actor, LINK)
    gone = session.execute(
        delete(OutsideIdentity)
        .where(OutsideIdentity.id == identity_id, OutsideIdentity.account_id == account.id)
        .returning(OutsideIdentity.id)
    )
    if gone.scalar() is None:
        raise NotFound()
    audit.record("accounts.identity_unlinked", "account", account.id, actor=actor, label=account.username)
