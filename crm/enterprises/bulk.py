"""What the register offers for many enterprises at once: unit in charge, tags, next contact."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.accounts import queries as people
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


def _set(session: Session, enterprise: Enterprise, values: Mapping[str, Any], actor: Actor) -> Done:
    before = {
        field: getattr(enterprise, field)
        for field, value in values.items()
        if getattr(enterprise, field) != value
    }
    if not before:
        return Done(enterprise.name)
    after = {field: values[field] for field in before}
    for field, value in after.items():
        setattr(enterprise, field, value)
    session.flush()
    changes = belonging.with_names(session, {field: (before[field], after[field]) for field in before})
    audit.record(
        "enterprises.changed", KIND, enterprise.id, actor=actor, label=enterprise.name, changes=changes
    )
    touch(KIND, [enterprise.id])
    return Done(enterprise.name, before, after)


def assign(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """Another unit takes charge, one that exists and works; a specialist of the former one is let go."""
    unit_id = int(values["unit_id"])
    if session.scalar(select(Unit.id).where(Unit.id == unit_id, Unit.active)) is None:
        raise Invalid(Fault("unit_id", "unknown", _l("没有这个单位，或已停用。")))
    enterprise, values = _open(session, number, actor), {"unit_id": unit_id}
    specialist_id = enterprise.specialist_id
    if specialist_id is not None and specialist_id not in {
        each.id for each in people.staff_below(session, unit_id)
    }:
        values["specialist_id"] = None
    return _set(session, enterprise, values, actor)


def tag(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """One tag more."""
    word = str(values["tag"]).strip()
    enterprise = _open(session, number, actor)
    tags = list(enterprise.tags or [])
    if not word or len(word) > LONGEST:
        raise Invalid(Fault("tag", "length", _l("标签要 1 到 20 个字。")))
    if word not in tags and len(tags) >= MOST_TAGS:
        raise Invalid(Fault("tag", "too_many", _l("已有 20 个标签，请先去掉不用的。")))
    return _set(session, enterprise, {"tags": tags if word in tags else [*tags, word]}, actor)


def untag(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """One tag less; who does not bear it stays as he is."""
    enterprise, word = _open(session, number, actor), str(values["tag"]).strip()
    return _set(
        session, enterprise, {"tags": [each for each in enterprise.tags or [] if each != word]}, actor
    )


def plan(session: Session, number: int, values: Mapping[str, Any], actor: Actor) -> Done:
    """The day of the next contact."""
    day = date.fromisoformat(str(values["on"]))
    return _set(session, _open(session, number, actor), {"next_contact_on": day}, actor)


def take_back(
    session: Session, number: int, before: Mapping[str, Any], after: Mapping[str, Any], actor: Actor
) -> Done:
    """The values before, unless somebody has changed one of them since."""
    enterprise = _open(session, number, actor)
    if any(audit.plain(getattr(enterprise, field)) != after[field] for field in before):
        raise Conflict(_l("之后又有人改过，保留现在的值。"))
    values = dict(before)
    if day := before.get("next_contact_on"):
        values["next_contact_on"] = date.fromisoformat(day)
    return _set(session, enterprise, values, actor)


offer(
    LIST.key,
    BulkAction("assign", _l("分派单位"), "user2", access.EDIT, assign, take_back),
    BulkAction("plan", _l("安排联系"), "cal", access.EDIT, plan, take_back),
    BulkAction("tag", _l("打标签"), "pin", access.EDIT, tag, take_back),
    BulkAction("untag", _l("去标签"), "x", access.EDIT, untag, take_back),
)
