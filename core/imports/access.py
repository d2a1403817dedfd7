"""Whose imports one sees: one's own, and those of the units that the kind's permission reaches."""

from sqlalchemy import ColumnElement, false, or_

from core.imports.handlers import handler_for, kinds
from core.imports.models import Import
from core.permissions import Actor, within


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Who may import a kind sees the imports of that kind within the same reach."""
    clauses = [
        (Import.kind == kind)
        & or_(
            within(actor, handler_for(kind).permission, Import.unit_id, Import.account_id),
            Import.account_id == actor.account_id,
        )
        for kind in kinds()
        if actor.can(handler_for(kind).permission)
    ]
    return or_(*clauses) if clauses else false()


def can_change(actor: Actor, record: Import) -> bool:
    """Only the person who uploaded a file goes on with it: the run acts in that person's name."""
    return actor.account_id == record.account_id and actor.can(handler_for(record.kind).permission)
