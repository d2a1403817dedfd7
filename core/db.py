"""The database: typed models, deferred read-only reads, and `unit_of_work`, the only way to write."""

import contextlib
import itertools
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BoundSession
from sqlalchemy import Connection, Engine, MetaData, String, event, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.sql import ColumnElement

from core import clock, writing
from core.errors import Conflict, NotFound
from core.types import BIG, UtcDateTime

log = logging.getLogger(__name__)

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]
_LINE = 7_120_001  # the advisory lock of all writers on PostgreSQL


def new_ulid() -> str:
    """26 characters, sortable by time, 80 random bits: the id that stands in addresses."""
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Keyed:
    """A bigint key inside, a ULID in addresses."""

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True, sort_order=-20)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_ulid, sort_order=-19)


class Stamped:
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(
        UtcDateTime, default=clock.now, onupdate=clock.now, sort_order=91
    )


class Versioned(Stamped):
    """`version` goes into the form and comes back with it; a stale one is a Conflict."""

    version: Mapped[int] = mapped_column(default=1, sort_order=89)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class _Session(BoundSession):
    """A server that went away has rolled back by itself: to end a transaction there is no failure.

    Without this an answer that was ready became an error where the request's session is taken down.
    """

    def rollback(self) -> None:
        with _already_ended():
            super().rollback()

    def close(self) -> None:
        with _already_ended():
            super().close()


@contextlib.contextmanager
def _already_ended() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        log.warning("rolled_back_by_absence", exc_info=error)


db = SQLAlchemy(
    metadata=Base.metadata,
    disable_autonaming=True,
    session_options={"class_": _Session, "expire_on_commit": False},
)

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_unhurried: ContextVar[bool] = ContextVar("unhurried", default=False)
_commits: ContextVar[int] = ContextVar("commits", default=0)
_generation = itertools.count(1)
_committed = [0]
_alone: ContextVar[bool] = ContextVar("alone", default=False)
_before_commit: list[tuple[int, Callable[[Session], None]]] = []


@contextlib.contextmanager
def write_mode() -> Iterator[None]:
    """Transactions begun inside may write. For migrations and `unit_of_work` only."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextlib.contextmanager
def unhurried() -> Iterator[None]:
    """Statements begun inside may take long on PostgreSQL: nobody waits for a page. For jobs and commands."""
    token = _unhurried.set(True)
    try:
        yield
    finally:
        _unhurried.reset(token)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Units of work begun inside run beside no other on PostgreSQL: those that collided once already."""
    token = _alone.set(True)
    try:
        yield
    finally:
        _alone.reset(token)


def commits() -> int:
    """How many units of work this thread of control has committed; for those who would do one again."""
    return _commits.get()


def generation() -> int:
    """Changes with every unit of work that any thread of this process commits."""
    return _committed[0]


def driver_errors() -> tuple[type[Exception], ...]:
    """Errors of PostgreSQL's driver as they come from where a transaction begins, before SQLAlchemy wraps them.

    None on SQLite, where the driver is never loaded.
    """
    dialect: Any = db.engine.dialect
    return () if dialect.name == "sqlite" else (dialect.dbapi.OperationalError, dialect.dbapi.InterfaceError)


@event.listens_for(Engine, "connect")
def _prepare_connection(dbapi_connection: Any, record: Any) -> None:
    if type(dbapi_connection).__module__.startswith("sqlite3"):
        dbapi_connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            dbapi_connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """SQLite: deferred and query-only, or IMMEDIATE. PostgreSQL: READ ONLY unless writing."""
    writes = _writing.get()
    if connection.dialect.name == "sqlite":
        if connection.info.get("writable") is not writes:
            connection.exec_driver_sql(f"PRAGMA query_only={0 if writes else 1}")
            connection.info["writable"] = writes
        writing.make_room(connection)
        if writes:
            with writing.announced(connection.engine.url.database or ""):
                connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("BEGIN")
    elif connection.dialect.name == "postgresql":
        raw: Any = connection.connection.dbapi_connection
        if raw.read_only is not (not writes):
            raw.read_only = not writes
        if _unhurried.get():
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        if writes:
            # Writers share the line; one that collided takes it alone, so that it cannot collide again.
            kind = "" if _alone.get() else "_shared"
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{kind}({_LINE})")


def take_turn(session: Session, name: str) -> None:
    """Wait until every unit of work that took this name is over. SQLite has one writer at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def before_commit(order: int, hook: Callable[[Session], None]) -> None:
    """Register what runs at the end of every unit of work; the highest order (audit) runs last."""
    _before_commit.append((order, hook))
    _before_commit.sort(key=lambda item: item[0])


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run `action` once this unit of work is durable; dropped when it is rolled back."""
    session.info.setdefault("after_commit", []).append(action)


def after_rollback(session: Session, action: Callable[[], None]) -> None:
    """Run `action` when this unit of work is rolled back, e.g. to remove a file written for it."""
    session.info.setdefault("after_rollback", []).append(action)


@contextlib.contextmanager
def unit_of_work() -> Iterator[Session]:
    """Everything written inside commits together or not at all: change, audit rows, dirty marks, jobs.

    Ends any open read, so that records are loaded afresh. Not nestable. Raises Busy when the write
    lock cannot be had in 20 s.
    """
    session = db.session()
    if session.info.get("unit_open"):
        raise RuntimeError("unit_of_work() is open already")
    session.rollback()
    session.expire_all()
    with writing.locked(session.get_bind().dialect.name), write_mode():
        session.info["unit_open"] = True
        try:
            yield session
            session.flush()
            for _order, hook in _before_commit:
                hook(session)
            session.commit()
            _commits.set(_commits.get() + 1)
            _committed[0] = next(_generation)
        except BaseException:
            session.rollback()
            undo = session.info.get("after_rollback", [])
            session.info.clear()
            _run(undo, "after_rollback_failed")
            raise
        finally:
            session.info.pop("unit_open", None)
    session.info.pop("after_rollback", None)
    _run(session.info.pop("after_commit", []), "after_commit_failed")


def _run(actions: list[Callable[[], None]], event_name: str) -> None:
    """What follows a commit or a rollback must not turn its outcome round: failures are logged."""
    for action in actions:
        try:
            action()
        except Exception:
            log.exception(event_name)


M = TypeVar("M", bound=Keyed)


def load(
    session: Session,
    model: type[M],
    public_id: str,
    version: int | None = None,
    *,
    where: ColumnElement[bool] | None = None,
) -> M:
    """The record to be changed, locked and fresh. Raises NotFound, or Conflict when `version` is stale.

    `where` is the actor's `visible_to`: what is hidden is not found.
    """
    statement = select(model).where(model.public_id == public_id)
    if where is not None:
        statement = statement.where(where)
    statement = statement.execution_options(populate_existing=True)
    if session.info.get("unit_open"):  # a page that only shows the record may lock nothing
        statement = statement.with_for_update(of=model)
    record = session.scalars(statement).unique().one_or_none()
    if record is None:
        raise NotFound()
    if version is not None and getattr(record, "version", version) != version:
        raise Conflict(present=record)
    return record
