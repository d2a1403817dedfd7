"""What the target list offers for many targets at once: another unit and specialist."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from core.i18n import lazy as _l
from core.lists.bulk import BulkAction, Done, offer
from core.permissions import Actor
from crm.targets import access, service
from crm.targets.listing import LIST
from crm.targets.models import Target


def _target(session: Session, number: int, actor: Actor) -> Target:
    found = session.scalars(select(Target).where(Target.id == number, access.visible_to(actor))).one_or_none()
    if found is None:
        raise NotFound()
    return found


def hand(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """Give a target to a unit and a specialist; the days of silence begin anew."""
    target = _target(session, number, actor)
    wanted: dict[str, Any] = {
        "unit_id": int(values["unit_id"]),
        "specialist_id": values["specialist_id"] or None,
    }
    before = {
        "unit_id": target.unit_id,
        "specialist_id": target.specialist_id,
        "pooled": target.pooled_on is not None,
    }
    label = target.enterprise.name
    if before == {**wanted, "pooled": False}:
        return Done(label)
    service.assign(session, target.public_id, **wanted, version=target.version, actor=actor)
    return Done(label, before, {**wanted, "pooled": False})


def take_back(
    session: Session, number: int, before: Mapping[str, Any], after: Mapping[str, Any], actor: Actor
) -> Done:
    """The unit and specialist before, unless somebody has given it on since."""
    target = _target(session, number, actor)
    if before["pooled"]:
        raise Conflict(_l("原来在公海，不能自动放回，请逐家处理。"))
    if (target.unit_id, target.specialist_id) != (after["unit_id"], after["specialist_id"]):
        raise Conflict(_l("之后又有人改过，保留现在的值。"))
    return hand(session, number, before, actor)


offer(LIST.key, BulkAction("hand", _l("分派专员"), "user2", access.ASSIGN, hand, take_back))
