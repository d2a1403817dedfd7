"""What lists keep: saved views, and each person's own choice."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Keyed, Versioned
from core.types import BIG

SCOPES = ("own", "unit", "public", "choice")


class SavedView(Keyed, Versioned, Base):
    """A state of a list under a name; `query` is the part of the address behind the question mark.

    The scope `choice` is no view but what one person chose for one list: his columns and the view it opens with.
    """

    __tablename__ = "saved_view"
    list_key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60), default="")
    scope: Mapped[str] = mapped_column(String(8), default="own")
    query: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"))
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"))
    position: Mapped[int] = mapped_column(default=0)
    opens_with: Mapped[str] = mapped_column(String(26), default="")

    __table_args__ = (
        CheckConstraint("scope IN ('own', 'unit', 'public', 'choice')", name="known_scope"),
        Index("ix_saved_view_list_key_account_id", "list_key", "account_id"),
        Index("ix_saved_view_list_key_scope_unit_id", "list_key", "scope", "unit_id"),
        Index(
            "uq_saved_view_choice",
            "account_id",
            "list_key",
            unique=True,
            postgresql_where=text("scope = 'choice'"),
            sqlite_where=text("scope = 'choice'"),
        ),
    )
