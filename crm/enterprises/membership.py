"""Which enterprise an account belongs to. An enterprise's user reaches his own enterprise only."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit, clock
from core.db import Base
from core.permissions import Actor
from core.types import BIG, UtcDateTime

ADMINISTRATOR, HANDLER = "enterprise_user", "enterprise_handler"
"""The administrator of an enterprise also invites its handlers; both act for the enterprise (DOMAIN 1)."""


class Membership(Base):
    """One account of one enterprise, as its administrator or as a handler."""

    __tablename__ = "enterprise_membership"
    account_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    enterprise_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default=ADMINISTRATOR)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    __table_args__ = (
        CheckConstraint("role IN ('enterprise_user', 'enterprise_handler')", name="known_role"),
    )


def enterprise_of(session: Session, account_id: int) -> int | None:
    """The enterprise that an account speaks for; None for staff."""
    return session.scalar(select(Membership.enterprise_id).where(Membership.account_id == account_id))


def of(session: Session, account_id: int) -> Membership | None:
    """Which enterprise an account speaks for, and as what."""
    return session.get(Membership, account_id)


def accounts_of(session: Session, enterprise_id: int) -> list[int]:
    """The accounts of an enterprise, for its notices."""
    statement = select(Membership.account_id).where(Membership.enterprise_id == enterprise_id)
    return list(session.scalars(statement))


def join(
    session: Session, account_id: int, enterprise_id: int, *, actor: Actor, role: str = ADMINISTRATOR
) -> None:
    """Bind an account to an enterprise; audited. The caller has checked the right to do so."""
    session.add(Membership(account_id=account_id, enterprise_id=enterprise_id, role=role))
    session.flush()
    audit.record(
        "enterprises.user_joined",
        "enterprise",
        enterprise_id,
        actor=actor,
        changes={"account_id": (None, account_id), "role": (None, role)},
    )
