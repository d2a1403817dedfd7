"""The key that lists sort enterprises by, as tables of other areas repeat it, so that they are read in its order."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import Mapper

from crm.enterprises.models import Enterprise

Keeper = Callable[[Connection, Mapping[int, str]], None]

_keepers: list[Keeper] = []


def keep(keeper: Keeper) -> Keeper:
    """Whoever repeats the key is told of each one that changes, by enterprise."""
    _keepers.append(keeper)
    return keeper


def changed(connection: Connection, keys: Mapping[int, str]) -> None:
    """After bulk statements that wrote names, which pass the record by."""
    for keeper in _keepers if keys else ():
        keeper(connection, keys)


@event.listens_for(Enterprise, "after_update")
def _follow(_mapper: Mapper[Enterprise], connection: Connection, enterprise: Enterprise) -> None:
    if inspect(enterprise).attrs.sort_key.history.has_changes():
        changed(connection, {enterprise.id: enterprise.sort_key})
