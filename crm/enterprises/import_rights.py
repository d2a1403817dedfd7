"""How far the person who imports may change the register."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Row

from core.i18n import _
from core.imports.columns import CellFault
from core.permissions import Actor, Reach
from crm.enterprises import access


@dataclass(frozen=True)
class Rights:
    create: bool
    edit: Reach

    @classmethod
    def of(cls, actor: Actor) -> Self:
        return cls(actor.can(access.CREATE), actor.reach(access.EDIT))

    def may_change(self, record: Row[Any]) -> bool:
        return bool(self.edit) and (record.unit_id is None or self.edit.covers(record.unit_id))

    def faults(self, record: Row[Any]) -> list[CellFault]:
        """The refusal, if the record is another unit's; it needs `unit_id` and `name`."""
        if self.may_change(record):
            return []
        message = _("“%(name)s”归其他单位管，您不能改。", name=record.name)
        return [CellFault("", "match", "not_yours", message)]
