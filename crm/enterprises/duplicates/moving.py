"""What hangs on an enterprise and goes with it: each area registers its kinds in `crm/<area>/movers.py`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, true, update
from sqlalchemy.orm import Session

from core.dirty import touch
from crm.enterprises.duplicates import rows as rows_kept
from crm.enterprises.duplicates.rows import give_all, keep_all
from crm.enterprises.models import Enterprise

_BATCH = 500


@dataclass(frozen=True)
class Mover:
    """A kind of record that names an enterprise in `column` (an attribute of `model`).

    `unique` are the attributes of which an enterprise has each combination once. Where both have one, the row
    of the absorbed gives way: its text `gives_way` says where it comes from, or without one the row is left out,
    for the survivor has it. `first` is a mark that one record of an enterprise bears: the absorbed's loses it
    where both have one. Of rows that meet `alone` an enterprise has one only (one for each value of
    `alone_by`): where both have one, people must end one first; `words(row)` gives its (label, address). `also`
    are columns that repeat the enterprise where they are not empty. `subject` is the kind of search document;
    `moved(session, keys, from_id, to_id)` mends what else depends on the enterprise.
    """

    code: str
    label: Any
    model: type[Any]
    column: str = "enterprise_id"
    key: str = "id"
    where: Callable[[], ColumnElement[bool]] = true
    unique: tuple[str, ...] = ()
    gives_way: str = ""
    first: str = ""
    alone: Callable[[], ColumnElement[bool]] | None = None
    alone_by: tuple[str, ...] = ()
    words: Callable[[Any], tuple[str, str]] | None = None
    also: tuple[str, ...] = ()
    subject: str = ""
    moved: Callable[[Session, Sequence[int], int, int], None] | None = None
    order: int = 50

    @property
    def owner(self) -> Any:
        return getattr(self.model, self.column)

    @property
    def number(self) -> Any:
        return getattr(self.model, self.key)

    @property
    def yields(self) -> str:
        """The attribute that `Plan.changed` is about."""
        return self.gives_way or self.first

    @property
    def table(self) -> Table:
        return cast(Table, self.model.__table__)


@dataclass
class Plan:
    """What one mover would do: keys that go, keys left out, key → (before, after) of what yields, rows in the way."""

    mover: Mover
    moved: list[int]
    dropped: list[int]
    changed: dict[int, tuple[Any, Any]]
    blocked: list[Any]


_movers: dict[str, Mover] = {}


def register(*movers: Mover) -> tuple[Mover, ...]:
    for mover in movers:
        _movers[mover.code] = mover
    return movers


def movers() -> list[Mover]:
    return sorted(_movers.values(), key=lambda mover: (mover.order, mover.code))


def counts_of(session: Session, enterprise_id: int) -> dict[str, int]:
    """How many records of each kind hang on an enterprise, by mover; one statement."""
    columns = [
        select(func.count())
        .select_from(mover.model)
        .where(mover.owner == enterprise_id, mover.where())
        .scalar_subquery()
        for mover in movers()
    ]
    row = session.execute(select(*columns)).one()
    return {mover.code: count for mover, count in zip(movers(), row, strict=True) if count}


def plan(session: Session, from_id: int, to_id: int, name: str) -> list[Plan]:
    """What would go over, mover by mover; nothing is written. `name` is the absorbed enterprise's."""
    return [_plan(session, mover, from_id, to_id, name) for mover in movers()]


def _plan(session: Session, mover: Mover, from_id: int, to_id: int, name: str) -> Plan:
    made = Plan(mover, [], [], {}, _blocked(session, mover, from_id, to_id))
    taken = {tuple(row)[1:] for row in session.execute(_select(mover, to_id))} if mover.unique else set()
    for key, *values in session.execute(_select(mover, from_id)):
        if mover.model is Enterprise and key == to_id:
            continue  # It is no belonging of its own: which mother the survivor has is decided with its fields.
        if tuple(values) not in taken:
            made.moved.append(key)
        elif mover.gives_way:
            text = values[mover.unique.index(mover.gives_way)]
            made.changed[key] = (text, _from(text, name, mover))
            made.moved.append(key)
        else:
            made.dropped.append(key)
    if mover.first:
        made.changed |= dict.fromkeys(_outranked(session, mover, made.moved, to_id), (True, False))
    return made


def _outranked(session: Session, mover: Mover, keys: Sequence[int], to_id: int) -> list[int]:
    """Of these records those that bear the mark, where one of the survivor's bears it."""
    marked = getattr(mover.model, mover.first)
    if session.scalar(select(mover.number).where(mover.owner == to_id, marked).limit(1)) is None:
        return []
    return list(session.scalars(select(mover.number).where(mover.number.in_(keys), marked)))


def _select(mover: Mover, enterprise_id: int) -> Any:
    columns = [getattr(mover.model, attribute) for attribute in mover.unique]
    return select(mover.number, *columns).where(mover.owner == enterprise_id, mover.where())


def _blocked(session: Session, mover: Mover, from_id: int, to_id: int) -> list[Any]:
    if mover.alone is None:
        return []
    statement = select(mover.model).where(mover.owner.in_((from_id, to_id)), mover.alone())
    found: dict[bool, dict[tuple[Any, ...], Any]] = {True: {}, False: {}}
    for record in session.scalars(statement):
        value = tuple(getattr(record, attribute) for attribute in mover.alone_by)
        found[getattr(record, mover.column) == from_id][value] = record
    return [record for value, record in found[True].items() if value in found[False]]


def _from(text: str, name: str, mover: Mover) -> str:
    length = getattr(getattr(mover.model, mover.gives_way).type, "length", None) or 200
    said = f"（{name}）"
    return f"{text[: max(0, length - len(said))]}{said}"[:length]


def carry_out(session: Session, plans: Sequence[Plan], from_id: int, to_id: int) -> dict[str, dict[str, Any]]:
    """Do it; what the undoing needs: `moved`, `dropped`, `changed` by mover."""
    kept: dict[str, dict[str, Any]] = {"moved": {}, "dropped": {}, "changed": {}}
    for each in plans:
        mover = each.mover
        if each.dropped:
            statement = select(mover.table).where(mover.table.c[mover.key].in_(each.dropped))
            kept["dropped"][mover.code] = [keep_all(row) for row in session.execute(statement)]
            session.execute(delete(mover.table).where(mover.table.c[mover.key].in_(each.dropped)))
        for key, (before, after) in each.changed.items():
            _write(session, mover, [key], {mover.yields: after})
            kept["changed"].setdefault(mover.code, {})[str(key)] = [before, after]
        if each.moved:
            kept["moved"][mover.code] = each.moved
            _give(session, mover, each.moved, from_id, to_id)
    return kept


def _give(session: Session, mover: Mover, keys: Sequence[int], from_id: int, to_id: int) -> None:
    for start in range(0, len(keys), _BATCH):
        some = keys[start : start + _BATCH]
        _write(session, mover, some, {mover.column: to_id})
        for attribute in mover.also:
            _write(session, mover, some, {attribute: to_id}, getattr(mover.model, attribute) == from_id)
    if mover.subject:
        touch(mover.subject, keys)
    if mover.moved is not None:
        mover.moved(session, keys, from_id, to_id)


def _write(
    session: Session, mover: Mover, keys: Sequence[int], values: dict[str, Any], *clauses: Any
) -> None:
    """Neither the version nor the time of change moves: nobody has edited these records."""
    if hasattr(mover.model, "updated_at"):
        values = {**values, "updated_at": mover.model.updated_at}
    session.execute(
        update(mover.model)
        .where(mover.number.in_(keys), *clauses)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def take_back(
    session: Session, kept: dict[str, dict[str, Any]], from_id: int, to_id: int
) -> Iterator[tuple[Mover, int]]:
    """Give everything back to `to_id`; yields (mover, how many) of what has gone elsewhere since, and stays."""
    for mover in movers():
        wanted = kept["moved"].get(mover.code, [])
        present = _still(session, mover, wanted, from_id)
        if present:
            _give(session, mover, present, from_id, to_id)
        missing = len(wanted) - len(present)
        for key, (before, after) in kept["changed"].get(mover.code, {}).items():
            same = getattr(mover.model, mover.yields) == after
            _write(session, mover, [int(key)], {mover.yields: before}, same)
        rows = [give_all(row) for row in kept["dropped"].get(mover.code, ())]
        sound = [row for row in rows if rows_kept.rests(session, mover.table, row)]
        if sound:
            session.execute(insert(mover.table), sound)
        missing += len(rows) - len(sound)
        if missing:
            yield mover, missing


def _still(session: Session, mover: Mover, keys: Sequence[int], enterprise_id: int) -> list[int]:
    found: list[int] = []
    for start in range(0, len(keys), _BATCH):
        some = keys[start : start + _BATCH]
        statement = select(mover.number).where(mover.number.in_(some), mover.owner == enterprise_id)
        found += session.scalars(statement)
    return found
