"""What people keep of their searches."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base, Keyed, Versioned
from core.types import BIG, UtcDateTime


class SavedSearch(Keyed, Versioned, Base):
    """A search under a name. With `tell` its owner is told of new hits.

    `known` are the keys (`kind:id`) that were found when it was last asked, `chosen` the facet values.
    """

    __tablename__ = "saved_search"
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    typed: Mapped[str] = mapped_column(String(100))
    chosen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    tell: Mapped[bool] = mapped_column(default=False)
    known: Mapped[list[Any]] = mapped_column(JSON, default=list)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("account_id", "name"),)


class RecentSearch(Base):
    """What a person searched for lately; he alone sees it and can clear it."""

    __tablename__ = "recent_search"
    account_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    typed: Mapped[str] = mapped_column(String(100), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
