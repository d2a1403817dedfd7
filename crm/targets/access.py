"""Who may see and change targets: by owning unit, or one's own. Pooled targets are open to every unit."""

from sqlalchemy import ColumnElement, and_, or_

from core.permissions import Actor, within
from crm.targets.models import Target, TargetList

VIEW = "targets:target:view"
EXPORT = "targets:target:export"
ADD = "targets:target:add"
EDIT = "targets:target:edit"
ASSIGN = "targets:target:assign"
ADVANCE = "targets:target:advance"
CONVERT = "targets:target:convert"
LIST_VIEW = "targets:list:view"
LIST_EDIT = "targets:list:edit"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Targets of one's units, one's own, and what was returned to the pool."""
    mine = within(actor, VIEW, Target.unit_id, Target.specialist_id)
    if not actor.can(VIEW):
        return mine
    return or_(mine, and_(Target.pooled_on.is_not(None), Target.open_key == 1))


def lists_visible_to(actor: Actor) -> ColumnElement[bool]:
    return within(actor, LIST_VIEW, TargetList.unit_id)


def can_change(actor: Actor, permission: str, target: Target) -> bool:
    """Whether `permission` reaches this target."""
    return actor.covers(permission, target.unit_id, target.specialist_id)


def can_edit_list(actor: Actor, target_list: TargetList) -> bool:
    return actor.covers(LIST_EDIT, target_list.unit_id)
