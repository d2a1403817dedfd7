"""Units by code, people by user name, nodes by code: what programs name instead of inner ids."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains.models import ChainNode
from core.accounts.models import Account, Unit
from core.errors import Fault, Invalid
from core.i18n import _


def unit_id(session: Session, code: str, field: str) -> int:
    """Raises Invalid for a code that no active unit has."""
    found = session.scalar(select(Unit.id).where(Unit.code == code, Unit.active.is_(True)))
    if found is None:
        raise Invalid(Fault(field, "unknown", _("没有代码为 %(code)s 的单位。", code=code)))
    return found


def account_id(session: Session, username: str, field: str) -> int:
    """Raises Invalid for a name that no active official has."""
    statement = select(Account.id).where(
        Account.username == username, Account.active.is_(True), Account.kind == "staff"
    )
    found = session.scalar(statement)
    if found is None:
        raise Invalid(Fault(field, "unknown", _("没有用户名为 %(name)s 的工作人员。", name=username)))
    return found


def node_id(session: Session, code: str, field: str) -> int:
    """Raises Invalid for a code that no node of a map has."""
    found = session.scalar(select(ChainNode.id).where(ChainNode.code == code).order_by(ChainNode.id))
    if found is None:
        raise Invalid(Fault(field, "unknown", _("没有代码为 %(code)s 的产业链环节。", code=code)))
    return found
