"""Keys under which like names meet: normal form, loose form, brand and trade, sound (DOMAIN 3).

A key is a number of 64 bits, its last bit says whether it says little; whatever shares one is judged by its names
before anybody hears of it.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from sqlalchemy import BigInteger, ForeignKey, Index, Table, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.bulk import insert_lines
from core.db import Base
from core.types import BIG
from crm.enterprises.cutting import keys_of
from crm.enterprises.models import FormerName


class EnterpriseKey(Base):
    """A key of a present, short or former name."""

    __tablename__ = "enterprise_key"
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    enterprise_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("enterprise.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )

    __table_args__ = (
        Index("ix_enterprise_key_enterprise_id", "enterprise_id"),
        {"sqlite_with_rowid": False},
    )


def renew(session: Session, names: Mapping[int, Sequence[str]], *, fresh: bool = False) -> None:
    """Write the keys of these enterprises anew: id → (name, short name). `fresh` ones have none yet."""
    numbers = sorted(names)
    if not fresh:
        session.execute(delete(EnterpriseKey).where(EnterpriseKey.enterprise_id.in_(numbers)))
    former: dict[int, list[str]] = {}
    for number, name in session.execute(
        select(FormerName.enterprise_id, FormerName.name).where(FormerName.enterprise_id.in_(numbers))
    ):
        former.setdefault(number, []).append(name)
    found = {
        number: keys_of(name, [*others, *former.get(number, ())]) for number, (name, *others) in names.items()
    }
    enter(session, sorted((key, number) for number, several in found.items() for key in several))


def enter(session: Session, pairs: Sequence[tuple[int, int]]) -> None:
    """Write (key, enterprise) of enterprises that have none yet; in order, each page is opened once."""
    table = cast(Table, EnterpriseKey.__table__)
    insert_lines(session.connection(), table, ("key", "enterprise_id"), pairs)


def sharing(session: Session, keys: Collection[int], limit: int) -> list[int]:
    """Enterprises that have one of these keys."""
    statement = select(EnterpriseKey.enterprise_id).where(EnterpriseKey.key.in_(sorted(keys))).limit(limit)
    return list(dict.fromkeys(session.scalars(statement))) if keys else []
