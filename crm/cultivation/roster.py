"""Verbs of the roster: enter, move to another step, set yearly targets, leave. Never commit."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock
from core.accounts.models import Account
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.permissions import Actor, require
from crm.activity.service import Subject
from crm.cultivation import access, rules, standards
from crm.cultivation.models import CultivationPool, CultivationStep, RosterEntry, RosterTarget
from crm.enterprises import speaking
from crm.enterprises.models import Enterprise

KIND = "cultivation"


def enrol(session: Session, enterprise_pid: str, values: Mapping[str, Any], *, actor: Actor) -> RosterEntry:
    """Put an enterprise on the roster. `values`: pool_code, step_code, standard, entered_on, leader_text,
    specialist_id, plan_text. One open entry per enterprise."""
    enterprise = _managed(session, enterprise_pid, actor)
    faults = _entry_faults(session, values)
    if open_entry(session, enterprise.id) is not None:
        faults.append(Fault(None, "enrolled", _l("这家企业已在名录里，请改台阶，不要重复入库。")))
    if faults:
        raise Invalid(faults)
    entry = RosterEntry(
        enterprise_id=enterprise.id,
        open_enterprise_id=enterprise.id,
        unit_id=enterprise.unit_id,
        entered_on=values.get("entered_on") or clock.today(),
    )
    _fill(entry, values)
    session.add(entry)
    return _done(session, entry, "cultivation.enrolled", enterprise.name, actor)


def change(
    session: Session,
    entry_pid: str,
    values: Mapping[str, Any],
    *,
    version: int,
    reason: str = "",
    actor: Actor,
) -> RosterEntry:
    """Another step, leader, specialist or plan. Moving to another pool or step needs a reason (DOMAIN 13)."""
    entry = _entry(session, entry_pid, version, actor)
    faults = _entry_faults(session, values)
    moved = (values.get("pool_code"), values.get("step_code") or None) != (entry.pool_code, entry.step_code)
    if moved and not reason.strip():
        faults.append(Fault("reason", "required", _l("调整库或台阶要写明事由。")))
    if faults:
        raise Invalid(faults)
    _fill(entry, values)
    action = "cultivation.moved" if moved else "cultivation.changed"
    return _done(session, entry, action, entry.enterprise.name, actor, reason)


def set_target(
    session: Session, entry_pid: str, *, year: int, metric: str, value: Decimal, actor: Actor
) -> RosterTarget:
    """What a figure is to reach in a year, in 万元; a second entry replaces the first."""
    entry = _entry(session, entry_pid, None, actor)
    faults = []
    if metric not in rules.TARGET_METRICS:
        faults.append(Fault("metric", "unknown", _l("请从列出的选项里选。")))
    if not entry.entered_on.year <= year <= clock.today().year + 5:
        faults.append(Fault("year", "range", _l("年度要在入库那年到五年之内。")))
    if value <= 0:
        faults.append(Fault("value", "positive", _l("目标要大于 0。")))
    if faults:
        raise Invalid(faults)
    target = next((each for each in entry.targets if (each.year, each.metric) == (year, metric)), None)
    before = target.value if target else None
    if target is None:
        target = RosterTarget(year=year, metric=metric)
        entry.targets.append(target)
    target.value = value
    session.flush()
    audit.record(
        "cultivation.target_set",
        KIND,
        entry.id,
        actor=actor,
        label=f"{entry.enterprise.name} {year}",
        changes={metric: (before, value)},
    )
    return target


def leave(
    session: Session, entry_pid: str, *, version: int, exit_kind: str, reason: str, actor: Actor
) -> RosterEntry:
    """Take an enterprise off the roster: promoted, withdrawn or disqualified, with the reason."""
    entry = _entry(session, entry_pid, version, actor)
    faults = []
    if exit_kind not in rules.EXIT_LABELS:
        faults.append(Fault("exit_kind", "unknown", _l("请从列出的选项里选。")))
    if not reason.strip():
        faults.append(Fault("reason", "required", _l("出库要写明事由。")))
    if faults:
        raise Invalid(faults)
    entry.left_on, entry.exit_kind, entry.exit_reason = clock.today(), exit_kind, reason
    entry.open_enterprise_id = None
    return _done(session, entry, "cultivation.left", entry.enterprise.name, actor, reason)


def _fill(entry: RosterEntry, values: Mapping[str, Any]) -> None:
    entry.pool_code = values["pool_code"]
    entry.step_code = values.get("step_code") or None
    entry.standard = values["standard"]
    entry.leader_text = values.get("leader_text") or ""
    entry.specialist_id = values.get("specialist_id") or None
    entry.plan_text = values.get("plan_text") or ""


def _entry_faults(session: Session, values: Mapping[str, Any]) -> list[Fault]:
    faults = []
    pool = session.get(CultivationPool, values.get("pool_code") or "")
    if pool is None:
        faults.append(Fault("pool_code", "unknown", _l("请选择库。")))
    step_code = values.get("step_code") or None
    if step_code is not None:
        step = session.get(CultivationStep, step_code)
        if step is None or (pool is not None and step.from_pool != pool.code):
            faults.append(Fault("step_code", "not_of_pool", _l("这个台阶不从所选的库起步。")))
    if values.get("standard") not in standards.labels():
        faults.append(Fault("standard", "unknown", _l("请选择对照的标准。")))
    entered = values.get("entered_on")
    if isinstance(entered, date) and entered > clock.today():
        faults.append(Fault("entered_on", "future", _l("入库日不能晚于今天。")))
    specialist = values.get("specialist_id")
    if specialist and session.get(Account, specialist) is None:
        faults.append(Fault("specialist_id", "unknown", _l("没有这个人。")))
    return faults


def open_entry(session: Session, enterprise_id: int) -> RosterEntry | None:
    """The entry by which an enterprise stands on the roster now."""
    return session.scalars(
        select(RosterEntry).where(RosterEntry.open_enterprise_id == enterprise_id)
    ).one_or_none()


def _managed(session: Session, pid: str, actor: Actor) -> Enterprise:
    require(actor, access.MANAGE)
    enterprise = load(session, Enterprise, pid, where=access.enterprises_visible_to(actor))
    if not access.can_manage(actor, enterprise):
        raise NotPermitted()
    return enterprise


def _entry(session: Session, pid: str, version: int | None, actor: Actor) -> RosterEntry:
    entry = load(session, RosterEntry, pid, version, where=access.visible_to(actor))
    require(actor, access.MANAGE, unit_id=entry.unit_id)
    if entry.left_on is not None:
        raise Invalid(Fault(None, "left", _l("这家企业已出库，记录已锁定。")))
    return entry


def _done(
    session: Session, entry: RosterEntry, action: str, label: str, actor: Actor, reason: str = ""
) -> RosterEntry:
    changes = audit.changes_of(entry)
    session.flush()
    audit.record(action, KIND, entry.id, actor=actor, label=label, changes=changes, reason=reason)
    touch(KIND, [entry.id])
    return entry


def subject_of(entry: RosterEntry) -> Subject:
    """The entry as follow-ups and tasks know it; it keeps its own last and next contact."""
    spoken = speaking.spoken_with(entry.enterprise_id)
    return Subject(KIND, entry.id, entry.enterprise.name, entry.unit_id, entry, spoken)
