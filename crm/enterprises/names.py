"""Names that an enterprise bore before: entered, corrected, taken out; search and duplicates follow them (DOMAIN 3)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core import audit, clock
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.permissions import Actor
from core.text import forms
from crm.enterprises import access
from crm.enterprises.models import Enterprise, FormerName
from crm.enterprises.service import KIND, reachable


def add(session: Session, public_id: str, values: Mapping[str, Any], *, actor: Actor) -> FormerName:
    """A former name with the days from and until which it was borne, as far as they are known."""
    enterprise = reachable(session, public_id, actor)
    _check(enterprise, values, None)
    made = FormerName(**_given(values))
    enterprise.former_names.append(made)
    session.flush()
    _note("enterprises.former_name_added", enterprise, actor, {"former_name": (None, made.name)})
    return made


def change(session: Session, name_pid: str, values: Mapping[str, Any], *, actor: Actor) -> Enterprise:
    """Correct a former name or its days."""
    former, enterprise = _open(session, name_pid, actor)
    _check(enterprise, values, former)
    before = shown(former.name, former.from_on, former.until_on)
    for name, value in _given(values).items():
        setattr(former, name, value)
    session.flush()
    after = shown(former.name, former.from_on, former.until_on)
    _note("enterprises.former_name_changed", enterprise, actor, {"former_name": (before, after)})
    return enterprise


def remove(session: Session, name_pid: str, *, actor: Actor) -> Enterprise:
    """Take out a name that it never bore."""
    former, enterprise = _open(session, name_pid, actor)
    enterprise.former_names.remove(former)
    session.flush()
    _note("enterprises.former_name_removed", enterprise, actor, {"former_name": (former.name, None)})
    return enterprise


def shown(name: str, from_on: date | None, until_on: date | None) -> str:
    """The name with its days: 甲有限公司（2010-01-01 至 2018-05-01）."""
    if from_on is None and until_on is None:
        return name
    return (
        f"{name}（{from_on.isoformat() if from_on else '…'} – {until_on.isoformat() if until_on else '…'}）"
    )


def get(session: Session, name_pid: str, *, actor: Actor) -> tuple[FormerName, Enterprise]:
    former = load(session, FormerName, name_pid, where=FormerName.enterprise.has(access.visible_to(actor)))
    return former, session.get_one(Enterprise, former.enterprise_id)


def _open(session: Session, name_pid: str, actor: Actor) -> tuple[FormerName, Enterprise]:
    former, enterprise = get(session, name_pid, actor=actor)
    if not access.can_edit(actor, enterprise):
        raise NotPermitted()
    return former, enterprise


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    name = values["name"].strip()
    return {
        "name": name,
        "core_name": forms.normal_form(name)[:200],
        "from_on": values.get("from_on"),
        "until_on": values.get("until_on"),
    }


def _check(enterprise: Enterprise, values: Mapping[str, Any], own: FormerName | None) -> None:
    faults = []
    name = (values.get("name") or "").strip()
    begins, ends = values.get("from_on"), values.get("until_on")
    if len(name) < 2:
        faults.append(Fault("name", "required", _l("请写曾用名的全称。")))
    if name == enterprise.name:
        faults.append(Fault("name", "present", _l("这是现在的名称，不是曾用名。")))
    if any(each is not own and each.name == name for each in enterprise.former_names):
        faults.append(Fault("name", "twice", _l("这个曾用名已经登记过。")))
    if begins is not None and begins > clock.today():
        faults.append(Fault("from_on", "future", _l("启用日期不能晚于今天。")))
    if ends is not None and ends > clock.today():
        faults.append(Fault("until_on", "future", _l("停用日期不能晚于今天。")))
    if begins is not None and ends is not None and ends < begins:
        faults.append(Fault("until_on", "order", _l("停用日期不能早于启用日期。")))
    if faults:
        raise Invalid(faults)


def _note(action: str, enterprise: Enterprise, actor: Actor, changes: dict[str, tuple[Any, Any]]) -> None:
    audit.record(action, KIND, enterprise.id, actor=actor, label=enterprise.name, changes=changes)
    touch(KIND, [enterprise.id])
