"""Many rows with one statement: the values are made ready for the driver here, once per column and not per row.

SQLAlchemy's own way builds two dictionaries for each row; for an import that is a quarter of its time. PostgreSQL
takes new rows by COPY: a statement for each row costs it several times as much.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Dialect, Table, any_, bindparam, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

Processor = Callable[[Any], Any] | None
Place = tuple[str, Processor, Any]
"""A parameter of a statement, what turns a value into the driver's, and its value when rows do not give it."""


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`, which all name the columns of the first; columns with a default of Python must be among them.

    Raises what the database says, and OverflowError for a number that its column cannot hold.
    """
    if rows:
        text, places = _insert_of(table, connection.dialect, tuple(rows[0]))
        _insert(connection, table, text, places, _lines(places, rows))


def insert_lines(
    connection: Connection, table: Table, names: tuple[str, ...], lines: Sequence[tuple[Any, ...]]
) -> None:
    """Insert values as the driver takes them, in the order of `names`: for narrow tables of very many rows."""
    if not lines:
        return
    text, places = _insert_of(table, connection.dialect, names)
    order = [name for name, _make, _value in places]
    if order != list(names):
        raise ValueError(f"{table.name}: {', '.join(order)} is the order")
    _insert(connection, table, text, places, lines)


def write_rows(connection: Connection, statement: UpdateBase, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement with bound parameters once for each of `rows`, which all give the same parameters.

    Keep the statement itself, at the module's top: it is compiled once.
    """
    if rows:
        text, places = _compiled(statement, connection.dialect, tuple(rows[0]))
        _execute(connection, text, places, _lines(places, rows))


def _insert(
    connection: Connection, table: Table, text: str, places: list[Place], lines: Iterable[tuple[Any, ...]]
) -> None:
    if connection.dialect.name == "postgresql":
        _copy(connection, table, places, lines)
    else:
        _execute(connection, text, places, lines)


def _copy(
    connection: Connection, table: Table, places: list[Place], lines: Iterable[tuple[Any, ...]]
) -> None:
    """Raises what SQLAlchemy makes of the driver's errors, as a statement would."""
    dialect: Any = connection.dialect
    names = ", ".join(dialect.identifier_preparer.quote(name) for name, _make, _value in places)
    text = f"COPY {dialect.identifier_preparer.format_table(table)} ({names}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        try:
            with cursor.copy(text) as copy:
                for line in lines:
                    copy.write_row(line)
        except dialect.dbapi.Error as error:
            wrapped = DBAPIError.instance(
                text, None, error, dialect.dbapi.Error, hide_parameters=True, dialect=dialect
            )
            raise wrapped from error


def _lines(places: list[Place], rows: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Any, ...]]:
    """Made column by column: what is the same object in every row, such as the present instant, once."""
    given = rows[0].keys()
    columns = [
        _made(make, [row[name] for row in rows]) if name in given else _made(make, [value] * len(rows))
        for name, make, value in places
    ]
    return zip(*columns, strict=True)


def _execute(
    connection: Connection, text: str, places: list[Place], lines: Iterable[tuple[Any, ...]]
) -> None:
    if connection.dialect.positional:
        connection.exec_driver_sql(text, list(lines))
    else:
        names = [name for name, _make, _value in places]
        connection.exec_driver_sql(text, [dict(zip(names, line, strict=True)) for line in lines])


def _made(make: Processor, values: list[Any]) -> list[Any]:
    if make is None:
        return values
    first = values[0]
    if values[-1] is first and all(value is first for value in values):
        return [make(first)] * len(values)
    return [make(value) for value in values]


@lru_cache(maxsize=32)
def _insert_of(table: Table, dialect: Dialect, names: tuple[str, ...]) -> tuple[str, list[Place]]:
    compiled: Any = insert(table).compile(dialect=dialect, column_keys=list(names))
    if lacking := set(compiled.binds) - set(names):
        raise ValueError(f"{table.name}: {', '.join(sorted(lacking))} must be given")
    return _ready(compiled, dialect)


@lru_cache(maxsize=32)
def _compiled(statement: UpdateBase, dialect: Dialect, names: tuple[str, ...]) -> tuple[str, list[Place]]:
    compiled: Any = statement.compile(dialect=dialect)
    if made_by_python := [column.name for column in compiled.prefetch]:
        raise ValueError(f"{', '.join(made_by_python)} must be given")
    return _ready(compiled, dialect)


def _ready(compiled: Any, dialect: Dialect) -> tuple[str, list[Place]]:
    """The statement as the driver takes it, and its parameters in order."""
    names = compiled.positiontup if dialect.positional else list(compiled.binds)
    return str(compiled), [
        (name, bind.type.dialect_impl(dialect).bind_processor(dialect), compiled.params.get(name))
        for name in names
        for bind in (compiled.binds[name],)
    ]


def among(session: Session, column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """`column IN values`; for PostgreSQL as one array, since it and its driver read a thousand parameters slowly."""
    found: ColumnElement[bool]
    if session.get_bind().dialect.name == "postgresql":
        found = column == any_(bindparam(None, list(values), type_=ARRAY(column.type)))
    else:
        found = column.in_(values)
    return found
