"""Targets repeat the key that enterprises are sorted by: a list of a million is read in the order of names."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, event, select, update
from sqlalchemy.orm import Mapper, Session

from crm.enterprises import sort_keys
from crm.enterprises.models import Enterprise
from crm.targets.models import Target

_TABLE = cast(Table, Target.__table__)


@event.listens_for(Target, "before_insert")
def _begin(_mapper: Mapper[Target], connection: Connection, target: Target) -> None:
    target.sort_key = connection.scalar(_key_of(target.enterprise_id)) or ""


def _key_of(enterprise_id: int) -> Any:
    return select(Enterprise.sort_key).where(Enterprise.id == enterprise_id)


@sort_keys.keep
def follow(connection: Connection, keys: Mapping[int, str]) -> None:
    """Enterprises were renamed: their targets stand where the new names belong."""
    statement = (
        update(_TABLE)
        .where(_TABLE.c.enterprise_id == bindparam("firm"))
        .values(sort_key=bindparam("key"), updated_at=_TABLE.c.updated_at)
    )
    connection.execute(statement, [{"firm": firm, "key": key} for firm, key in keys.items()])


def moved(session: Session, keys: Sequence[int], _from_id: int, to_id: int) -> None:
    """Targets went over to another enterprise."""
    session.execute(
        update(_TABLE)
        .where(_TABLE.c.id.in_(keys))
        .values(sort_key=_key_of(to_id).scalar_subquery(), updated_at=_TABLE.c.updated_at)
    )
