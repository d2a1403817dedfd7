"""What the register offers for many enterprises at once: unit in charge, tags, next contact."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.models import Unit
from core.db import load
from core.dirty import touch
from core.errors import Conflict, Fault, Invalid, NotFound, NotPermitted
from core.i18n import lazy as _l
from core.lists.bulk import BulkAction, Done, offer
from core.permissions import Actor
from crm.enterprises import access, belonging
from crm.enterprises.checks import MOST_TAGS
from crm.enterprises.listing import LIST
from crm.enterprises.models import Enterprise
from crm.enterprises.service import KIND
from crm.enterprises.tags import LONGEST


def _open(session: Session, number: int, actor: Actor) -> Enterprise:
    public_id = session.scalar(select(Enterprise.public_id).where(Enterprise.id == number))
    if public_id is None:
        raise NotFound()
    enterprise = load(session, Enterprise, public_id, where=access.visible_to(actor))
    if not access.can_edit(actor, enterprise):
        raise NotPermitted(_l("归其他单位管，您不能改。"))
    return enterprise


def _set(session: Session, enterprise: Enterprise, field: str, value: Any, actor: Actor) -> Done:
    before = getattr(enterprise, field)
    if before == value:
        return Done(enterprise.name)
    setattr(enterprise, field, value)
    session.flush()
    changes = belonging.with_names(session, {field: (before, value)})
    audit.record(
        "enterprises.changed", KIND, enterprise.id, actor=actor, label=enterprise.name, changes=changes
    )
    touch(KIND, [enterprise.id])
    return Done(enterprise.name, {field: before}, {field: value})


def assign(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """Another unit takes charge; only a unit that exists and works."""
    unit_id = int(values["unit_id"])
    if session.scalar(select(Unit.id).where(Unit.id == unit_id, Unit.active)) is None:
        raise Invalid(Fault("unit_id", "unknown", _l("没有这个单位，或已停用。")))
    return _set(session, _open(session, number, actor), "unit_id", unit_id, actor)


def tag(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """One tag more."""
    word = str(values["tag"]).strip()
    enterprise = _open(session, number, actor)
    tags = list(enterprise.tags or [])
    if not word or len(word) > LONGEST:
        raise Invalid(Fault("tag", "length", _l("标签要 1 到 20 个字。")))
    if word not in tags and len(tags) >= MOST_TAGS:
        raise Invalid(Fault("tag", "too_many", _l("已有 20 个标签，请先去掉不用的。")))
    return _set(session, enterprise, "tags", tags if word in tags else [*tags, word], actor)


def plan(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """The day of the next contact."""
    day = date.fromisoformat(str(values["on"]))
    return _set(session, _open(session, number, actor), "next_contact_on", day, actor)


def take_back(
    session: Session, number: int, before: Mapping[str, Any], after: Mapping[str, Any], actor: Actor
) -> Done:
    """The value before, unless somebody has changed the field since."""
    enterprise = _open(session, number, actor)
    ((field, was),) = before.items()
    if audit.plain(getattr(enterprise, field)) != after[field]:
        raise Conflict(_l("之后又有人改过，保留现在的值。"))
    value = date.fromisoformat(was) if field == "next_contact_on" and was else was
    return _set(session, enterprise, field, value, actor)


offer(
    LIST.key,
    BulkAction("assign", _l("分派单位"), "user2", access.EDIT, assign, take_back),
    BulkAction("plan", _l("安排联系"), "cal", access.EDIT, plan, take_back),
    BulkAction("tag", _l("打标签"), "pin", access.EDIT, tag, take_back),
)
