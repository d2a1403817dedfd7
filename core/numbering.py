"""Business numbers such as XM-SLS-2026-0007 (DOMAIN 2.4): never reused, the width grows past 9999."""

from sqlalchemy import String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base
from core.types import BIG


class NumberSeries(Base):
    """The last number taken of each series."""

    __tablename__ = "number_series"
    series: Mapped[str] = mapped_column(String(60), primary_key=True)
    last: Mapped[int] = mapped_column(BIG)


def take(session: Session, kind: str, place: str, year: int) -> str:
    """The next number of `kind-place-year`, taken in the open unit of work.

    The series' row stays locked until the commit, so call it late in a verb. A rollback gives the
    number back before anybody saw it.
    """
    series = f"{kind}-{place}-{year}"
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(NumberSeries).values(series=series, last=1)
    last = session.scalars(
        statement.on_conflict_do_update(
            index_elements=["series"], set_={"last": NumberSeries.last + 1}
        ).returning(NumberSeries.last)
    ).one()
    return f"{series}-{last:04d}"
