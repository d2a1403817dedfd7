"""Which column of a sheet is which: what a person still has to say, what is wrong, what is remembered."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core import clock
from core.errors import Fault
from core.i18n import lazy as _l
from core.imports.checking import mapped_of
from core.imports.columns import NOWHERE, Place
from core.imports.handlers import handler_for
from core.imports.models import Import, ImportMapping
from core.permissions import Actor


def unmapped(record: Import) -> list[str]:
    """Required columns that no column of the sheet stands for; the import cannot be checked without them."""
    return [
        str(column.label)
        for column in handler_for(record.kind).columns
        if column.required and column.key not in record.mapping
    ]


def unmeasured(record: Import) -> list[str]:
    """Mapped columns with bare numbers whose unit neither header nor a 单位 line says; a person must."""
    mapped = mapped_of(record)
    return [
        str(column.label)
        for column in handler_for(record.kind).columns
        if column.unit and column.key in mapped and not mapped[column.key].unit
    ]


def misplaced(record: Import, mapping: Mapping[str, Place]) -> list[Fault]:
    """What is wrong with a mapping: columns that must be there, used twice, unknown, or without a unit."""
    columns = {column.key: column for column in handler_for(record.kind).columns}
    faults = [
        Fault(key, "required", _l("必须指定这一列。"))
        for key, column in columns.items()
        if column.required and key not in mapping
    ]
    places = [place.index for place in mapping.values()]
    for key, place in mapping.items():
        if place.index == NOWHERE:
            if key not in columns or not columns[key].whole or not place.value.strip():
                faults.append(Fault(key, "value", _l("请填整张表共用的值，或选文件里的一列。")))
        elif key not in columns or places.count(place.index) > 1 or str(place.index) not in record.header:
            faults.append(Fault(key, "twice", _l("文件里的同一列只能用一次。")))
        elif columns[key].unit and place.unit not in columns[key].units:
            faults.append(Fault(key, "unit", _l("请选“%(label)s”里数字的单位。", label=columns[key].label)))
    return faults


def remember(session: Session, record: Import, actor: Actor) -> None:
    """Keep the mapping for sheets with the same header; a value for the whole sheet is that sheet's own."""
    key = (actor.account_id, record.kind, record.signature)
    kept = session.get(ImportMapping, key)
    if kept is None:
        kept = ImportMapping(account_id=key[0], kind=key[1], signature=key[2])
        session.add(kept)
    kept.mapping = stored({key: place for key, place in mapped_of(record).items() if place.index != NOWHERE})
    kept.used_at = clock.now()


def stored(mapped: Mapping[str, Place]) -> dict[str, Any]:
    return {key: [place.index, place.unit, place.value] for key, place in mapped.items()}
