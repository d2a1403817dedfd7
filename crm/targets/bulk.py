"""What the list of targets offers for many at once, and the register: owner, state, list, score, a place on a list."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from core.i18n import _
from core.i18n import lazy as _l
from core.lists.bulk import BulkAction, Done, offer
from core.permissions import Actor
from crm.enterprises.listing import LIST as ENTERPRISES
from crm.enterprises.models import Enterprise
from crm.targets import access, adding, fitting, queries, service, sharing
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


def share(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """Give a target to whom the rule says; those given before in the same run count as in hand."""
    target, unit_id = _target(session, number, actor), int(values["unit_id"])
    specialist_id = sharing.pick(session, unit_id, target.node.chain_id, str(values["rule"]))
    return hand(session, number, {"unit_id": unit_id, "specialist_id": specialist_id}, actor)


def move(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """Put a target on another list."""
    target = _target(session, number, actor)
    before, label = target.list.public_id, target.enterprise.name
    if before == values["list_pid"]:
        return Done(label)
    service.move(session, target.public_id, str(values["list_pid"]), version=target.version, actor=actor)
    return Done(label, {"list_pid": before}, {"list_pid": values["list_pid"]})


def move_back(
    session: Session, number: int, before: Mapping[str, Any], after: Mapping[str, Any], actor: Actor
) -> Done:
    if _target(session, number, actor).list.public_id != after["list_pid"]:
        raise Conflict(_l("之后又有人改过，保留现在的值。"))
    return move(session, number, before, actor)


def advance(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """Take the same step with each; a step that the table does not allow is refused with its reason."""
    target = _target(session, number, actor)
    before, label = target.contact_status, target.enterprise.name
    service.advance(
        session, target.public_id, str(values["verb"]), version=target.version,
        reason=str(values.get("reason") or ""), actor=actor,
    )  # fmt: skip
    return Done(label, {"contact_status": before}, {"contact_status": target.contact_status})


def rescore(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """Score it anew from the data of now."""
    target = _target(session, number, actor)
    before, label = (target.fit_points, target.fit_known), target.enterprise.name
    fitting.rescore(session, target.public_id, version=target.version, actor=actor)
    if before == (target.fit_points, target.fit_known):
        return Done(label)
    return Done(label, {"fit_points": before[0]}, {"fit_points": target.fit_points})


def enlist(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """Put an enterprise of the register on a list."""
    found = session.get(Enterprise, number)
    if found is None:
        raise NotFound()
    made = adding.add_enterprise(
        session,
        number,
        queries.the_list(session, str(values["list_pid"]), actor=actor),
        node_id=int(values["node_id"]) or None,
        unit_id=int(values["unit_id"]),
        specialist_id=values["specialist_id"] or None,
        source=str(_("企业库")),
        actor=actor,
    )
    return Done(found.name, {"target": None}, {"target": made.public_id, "version": made.version})


def delist(
    session: Session, number: int, before: Mapping[str, Any], after: Mapping[str, Any], actor: Actor
) -> Done:
    """Off the list again, unless somebody has begun to work with it."""
    found = session.get(Enterprise, number)
    adding.withdraw(session, str(after["target"]), version=int(after["version"]), actor=actor)
    return Done(found.name if found is not None else "", after, before)


offer(
    LIST.key,
    BulkAction("hand", _l("分派专员"), "user2", access.ASSIGN, hand, take_back),
    BulkAction("share", _l("按规则分派"), "user2", access.ASSIGN, share, take_back),
    BulkAction("advance", _l("改对接状态"), "arrow", access.ADVANCE, advance),
    BulkAction("move", _l("移到别的名单"), "clip", access.EDIT, move, move_back),
    BulkAction("rescore", _l("重新评分"), "redo", access.EDIT, rescore),
)
offer(
    ENTERPRISES.key,
    BulkAction("enlist", _l("列入目标名单"), "target", access.ADD, enlist, delist),
)
