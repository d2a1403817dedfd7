"""Reading one page of a list: bounded count, keys of the page, its rows, headings. Costs a fixed number of statements.

Numbered pages reach as far as the count; beyond it one goes on by the key of the last row, never by OFFSET.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from core.lists import beside, grouping, keys
from core.lists.conditions import Condition, Group
from core.lists.fields import Asking
from core.lists.query import COUNT_CAP, SIZES, AnySelect, ListQuery, Page, bounded_count
from core.lists.spec import ListSpec, Sort
from core.permissions import Actor

Statement = Callable[[], AnySelect]
"""Built where it is needed: a page that is read along a table beside its records needs none."""


@dataclass(frozen=True)
class Listed(Page[Any]):
    """A page with its neighbours by key, and the heading above each row that begins a group.

    `after` and `before` are keys for the addresses beyond the numbered pages; `keyed` says that this is one.
    """

    ids: Sequence[int] = ()
    after: str = ""
    before: str = ""
    keyed: bool = False
    headings: Mapping[int, grouping.Heading] = field(default_factory=dict)


def filtered(spec: ListSpec, query: ListQuery, asking: Asking) -> AnySelect:
    """The keys of all records that the actor may see and that meet the conditions, in no order."""
    spec = spec.seen_by(asking.actor)
    statement = spec.base(asking.actor)
    for group in _groups(spec, query):
        clauses = [
            found.clause(condition, asking)
            for condition in group
            if (found := spec.field(condition.field)) is not None
        ]
        if clauses:
            statement = statement.where(or_(*clauses))
    if spec.always is not None and (clause := spec.always(query, asking)) is not None:
        statement = statement.where(clause)
    return statement


def _groups(spec: ListSpec, query: ListQuery) -> Sequence[Group]:
    """The conditions; a query made by hand may name filters only."""
    if query.conditions:
        return query.conditions
    fields = [(spec.field(name), values) for name, values in query.filters.items()]
    return [(Condition(field.name, field.ops[0], values),) for field, values in fields if field is not None]


def count(
    session: Session, spec: ListSpec, query: ListQuery, *, actor: Actor, cap: int = COUNT_CAP
) -> tuple[int, bool]:
    """(rows that meet the conditions, whether there are more than `cap`)."""
    asking, spec = Asking(session, actor), spec.seen_by(actor)
    return _count(session, spec, query, lambda: filtered(spec, query, asking), asking, cap)


def _count(
    session: Session, spec: ListSpec, query: ListQuery, statement: Statement, asking: Asking, cap: int
) -> tuple[int, bool]:
    only = beside.alone(spec, _groups(spec, query), asking, cap + 1)
    return bounded_count(
        session, statement().with_only_columns(spec.id_column) if only is None else only, cap
    )


def page(session: Session, spec: ListSpec, query: ListQuery, *, actor: Actor) -> Listed:
    """The page that `query` asks for."""
    asking, spec = Asking(session, actor), spec.seen_by(actor)
    statement = cache(partial(filtered, spec, query, asking))
    total, capped = _count(session, spec, query, statement, asking, COUNT_CAP)
    size = query.size if query.size in SIZES else spec.default_size
    sort, down = sort_of(spec, query)
    if keyed := keys.read(query.after or query.before, sort.kind, numbered=spec.by_number):
        found = _beyond(session, spec, statement(), sort, down, size, keyed, back=not query.after)
        return _finished(session, spec, query, asking, found, total, capped, size)
    number = min(max(1, query.page), max(1, -(-total // size)))
    group = query.group if query.group in spec.groups and not capped else ""
    offset = (number - 1) * size
    if group:
        ids = grouping.ids_of(session, spec, statement(), spec.groups[group].column, sort, down, offset, size)
    else:
        ids = _along(session, spec, query, asking, total, sort, down, offset, size) or _ids(
            session, spec, statement(), sort, down, offset, size
        )
    found = _Keys(ids, number, keyed=False, more=capped and offset + len(ids) >= total, fewer=False)
    return _finished(
        session,
        spec,
        replace(query, group=group),
        asking,
        found,
        total,
        capped,
        size,
    )


def sort_of(spec: ListSpec, query: ListQuery) -> tuple[Sort, bool]:
    """The known sort of a query and whether it runs downwards."""
    asked = query.sort if query.sort.removeprefix("-") in spec.sorts else spec.default_sort
    return spec.sorts[asked.removeprefix("-")], asked.startswith("-")


@dataclass(frozen=True)
class _Keys:
    ids: list[int]
    number: int
    keyed: bool
    more: bool
    fewer: bool


def _segments(sort: Sort, down: bool, key: Any) -> list[tuple[Any, list[Any]]]:
    """A nullable column is sorted in two parts, rows with a value and those without, each by its own index."""
    turned = [sort.column.desc(), key.desc()] if down else [sort.column, key]
    if sort.column is key:
        turned = turned[1:]
    if not sort.nullable:
        return [(None, turned)]
    parts = [(sort.column.is_not(None), turned), (sort.column.is_(None), [key.desc() if down else key])]
    return parts[::-1] if sort.empty_first(down) else parts


def _ids(
    session: Session, spec: ListSpec, statement: AnySelect, sort: Sort, down: bool, offset: int, limit: int
) -> list[int]:
    only = statement.with_only_columns(spec.id_column)
    found: list[int] = []
    for clause, order in _segments(sort, down, spec.id_column):
        part = only if clause is None else only.where(clause)
        ids = session.scalars(part.order_by(*order).limit(limit - len(found)).offset(offset)).all()
        found += ids
        if len(found) == limit or clause is None:
            break
        if ids:
            offset = 0
        elif offset:
            offset -= bounded_count(session, part)[0]
    return found


def _along(
    session: Session,
    spec: ListSpec,
    query: ListQuery,
    asking: Asking,
    total: int,
    sort: Sort,
    down: bool,
    offset: int,
    limit: int,
) -> list[int]:
    """A full page met near the beginning of the order; empty where it must be looked up."""
    if total < beside.MANY or sort.empty_first(down):
        return []
    asking = replace(asking, along=True)
    order, groups = _segments(sort, down, spec.id_column)[0][1], _groups(spec, query)
    statement = partial(filtered, spec, query, asking)
    ids = beside.along(session, spec, groups, statement, asking, sort, order, down, offset, limit)
    return ids if len(ids) == limit else []


def _beyond(
    session: Session,
    spec: ListSpec,
    statement: AnySelect,
    sort: Sort,
    down: bool,
    size: int,
    key: keys.Key,
    *,
    back: bool,
) -> _Keys:
    """Rows after (or before) a key: `(column, id) > (value, id)`, answered by the sort's own index."""
    only = statement.with_only_columns(spec.id_column)
    upwards = down is back
    parts = [*_segments(sort, not upwards, spec.id_column)]
    if sort.nullable and sort.empty_first(not upwards) is not sort.empty_first(down):
        parts.reverse()
    empty_at = 0 if sort.empty_first(down) else len(parts) - 1
    at = empty_at if key.value is None else len(parts) - 1 - empty_at
    mine = only if parts[at][0] is None else only.where(parts[at][0])
    tail = parts[at + 1 :] if not back else parts[:at][::-1]
    found = list(
        session.scalars(mine.where(_past(spec, sort, key, upwards)).order_by(*parts[at][1]).limit(size + 1))
    )
    for clause, order in tail:
        if len(found) <= size:
            rest = only.where(clause).order_by(*order).limit(size + 1 - len(found))
            found += session.scalars(rest)
    beyond = len(found) > size
    ids = found[:size][::-1] if back else found[:size]
    return _Keys(ids, 0, keyed=True, more=beyond or back, fewer=beyond or not back)


def _past(spec: ListSpec, sort: Sort, key: keys.Key, upwards: bool) -> ColumnElement[bool]:
    own: Any = key.pid
    if not spec.by_number:
        own = select(spec.id_column).where(spec.pid_column == key.pid).scalar_subquery()
    if key.value is None or sort.column is spec.id_column:
        alone: ColumnElement[bool] = spec.id_column > own if upwards else spec.id_column < own
        return alone
    here = tuple_(sort.column, spec.id_column)
    there_value = literal(key.value, sort.column.type)
    there = tuple_(there_value, own)
    # The bound on the column alone lets SQLite seek in the index, where the pair would make it walk from the start.
    if upwards:
        return and_(sort.column >= there_value, here > there)
    return and_(sort.column <= there_value, here < there)


def _finished(
    session: Session,
    spec: ListSpec,
    query: ListQuery,
    asking: Asking,
    found: _Keys,
    total: int,
    capped: bool,
    size: int,
) -> Listed:
    rows = spec.rows_of(session, found.ids, asking.actor, query) if found.ids else {}
    present = [number for number in found.ids if number in rows]
    ends: dict[int, str] = {}
    if present and (found.more or found.keyed):
        sort, _down = sort_of(spec, query)
        wanted = spec.base(asking.actor).with_only_columns(spec.id_column, spec.pid_column, sort.column)
        ends = {
            row[0]: keys.write(row[2], row[1])
            for row in session.execute(wanted.where(spec.id_column.in_({present[0], present[-1]})))
        }
    return Listed(
        rows=[rows[number] for number in present],
        total=total,
        capped=capped,
        page=found.number,
        size=size,
        ids=present,
        after=ends.get(present[-1], "") if present and found.more else "",
        before=ends.get(present[0], "") if present and found.keyed and found.fewer else "",
        keyed=found.keyed,
        headings=grouping.headings(
            session, spec.groups[query.group], filtered(spec, query, asking), asking, spec.id_column, present
        )
        if query.group and not found.keyed
        else {},
    )


def walk(
    session: Session, spec: ListSpec, query: ListQuery, *, actor: Actor, size: int = 500
) -> Iterator[tuple[int, Any]]:
    """(key, row) of the whole list in its order, read by key in batches: never an OFFSET, never all in memory."""
    asking, spec = Asking(session, actor), spec.seen_by(actor)
    sort, down = sort_of(spec, query)
    ids = _ids(session, spec, filtered(spec, query, asking), sort, down, 0, size)
    while ids:
        rows = spec.rows_of(session, ids, actor, query)
        last = session.execute(
            spec.base(actor).with_only_columns(spec.pid_column, sort.column).where(spec.id_column == ids[-1])
        ).one_or_none()
        yield from ((number, rows[number]) for number in ids if number in rows)
        if len(ids) < size or last is None:
            return
        key = keys.Key(last[1], last[0])
        statement = filtered(spec, query, asking)
        ids = _beyond(session, spec, statement, sort, down, size, key, back=False).ids
