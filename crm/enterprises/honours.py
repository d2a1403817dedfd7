"""Honours: granted by an authority, valid from a day to a day; their state follows from the date (DOMAIN 3)."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from core import audit, clock
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, NotPermitted, Refused
from core.errors import Missing as Gap
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.enterprises import access, rules, terms
from crm.enterprises.models import Enterprise, Honour
from crm.enterprises.service import KIND, reachable

EDITABLE = (
    "kind", "name", "level", "batch", "doc_no", "granted_on", "granted_year", "valid_from", "valid_to",
    "review_result", "source",
)  # fmt: skip
ONE = (
    "kind", "name", "level", "batch", "doc_no", "granted_on", "granted_year", "valid_from", "valid_to", "revoked_on",
)  # fmt: skip
"""What tells honours apart: a title that was granted anew is another one, though it bears the same name."""

_DOC_NO = re.compile(r"[\[［【〔(（](\d{4})[\]］】〕)）]\s*(?:0+(?=[1-9]))?")


def standing(today: date) -> ColumnElement[bool]:
    """The clause for honours that hold on a day: neither over, nor ahead, nor revoked."""
    return and_(
        or_(Honour.valid_from.is_(None), Honour.valid_from <= today),
        or_(Honour.valid_to.is_(None), Honour.valid_to >= today),
        or_(Honour.revoked_on.is_(None), Honour.revoked_on > today),
    )


def identity(honour: Honour) -> tuple[Any, ...]:
    return tuple(getattr(honour, name) or None for name in ONE)


def state_of(honour: Honour, today: date) -> str:
    days = terms.on(today).honour_warning_days
    return rules.honour_state(honour.valid_from, honour.valid_to, honour.revoked_on, today, days)


def document_number(text: str) -> str:
    """A document number as official papers write it (DOMAIN 2.4): 绵府发[2026]03号 → 绵府发〔2026〕3号."""
    return _DOC_NO.sub(r"〔\1〕", text.strip())


def add(session: Session, public_id: str, values: Mapping[str, Any], *, actor: Actor) -> Honour:
    """Enter an honour from the fields of EDITABLE. Raises Invalid naming every fault."""
    enterprise = reachable(session, public_id, actor)
    given = _given(values)
    _check(given)
    made = Honour(enterprise_id=enterprise.id, **given)
    _once(session, made)
    session.add(made)
    session.flush()
    _note("enterprises.honour_added", enterprise, made, actor)
    return made


def change(
    session: Session, honour_pid: str, values: Mapping[str, Any], *, version: int, actor: Actor
) -> Honour:
    """Correct an honour. Raises Conflict on a stale version."""
    honour, enterprise = _open(session, honour_pid, version, actor)
    given = _given(values)
    _check({name: given.get(name, getattr(honour, name)) for name in EDITABLE})
    for name, value in given.items():
        setattr(honour, name, value)
    _once(session, honour)
    changes = audit.changes_of(honour)
    session.flush()
    _note("enterprises.honour_changed", enterprise, honour, actor, changes)
    return honour


def revoke(session: Session, honour_pid: str, on: date, *, reason: str, version: int, actor: Actor) -> Honour:
    """The authority has taken it back; it stays on the record as revoked."""
    honour, enterprise = _open(session, honour_pid, version, actor)
    if honour.revoked_on is not None:
        raise Refused([Gap(None, "revoked", _l("这一项已经登记为撤销。"))])
    faults = []
    if not reason.strip():
        faults.append(Fault("reason", "required", _l("请写明撤销的文件或原因。")))
    if on > clock.today():
        faults.append(Fault("revoked_on", "future", _l("撤销日期不能晚于今天。")))
    if faults:
        raise Invalid(faults)
    honour.revoked_on = on
    session.flush()
    _note("enterprises.honour_revoked", enterprise, honour, actor, {"revoked_on": (None, on)}, reason)
    return honour


def remove(session: Session, honour_pid: str, *, reason: str, version: int, actor: Actor) -> Enterprise:
    """Take out what was entered by mistake; the audit keeps it."""
    honour, enterprise = _open(session, honour_pid, version, actor)
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请写明为什么删除。")))
    kept = {name: (getattr(honour, name), None) for name in EDITABLE if getattr(honour, name)}
    session.delete(honour)
    session.flush()
    session.expire(enterprise, ["honours"])
    _note("enterprises.honour_removed", enterprise, honour, actor, kept, reason)
    return enterprise


def _open(session: Session, honour_pid: str, version: int, actor: Actor) -> tuple[Honour, Enterprise]:
    honour = load(session, Honour, honour_pid, version)
    enterprise = session.get_one(Enterprise, honour.enterprise_id)
    if not access.can_edit(actor, enterprise):
        raise NotPermitted()
    return honour, enterprise


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: values[name] for name in EDITABLE if name in values}
    if given.get("doc_no"):
        given["doc_no"] = document_number(given["doc_no"])
    if given.get("granted_on"):
        given["granted_year"] = given["granted_on"].year
    return given


def _check(values: Mapping[str, Any]) -> None:
    faults: list[Fault] = []
    kind, level = values.get("kind") or "", values.get("level") or ""
    if kind not in rules.HONOUR_KINDS:
        faults.append(Fault("kind", "unknown", _l("请选择资质类别。")))
    if level not in rules.LEVEL_LABELS:
        faults.append(Fault("level", "unknown", _l("请选择级别。")))
    elif kind in rules.HONOUR_LEVELS and level not in rules.HONOUR_LEVELS[kind]:
        allowed = "、".join(str(rules.LEVEL_LABELS[each]) for each in rules.HONOUR_LEVELS[kind])
        message = _l("“%(kind)s”是%(allowed)s认定的。", kind=rules.HONOUR_KINDS[kind], allowed=allowed)
        faults.append(Fault("level", "wrong_level", message))
    if not (values.get("name") or "").strip():
        faults.append(Fault("name", "required", _l("请写资质名称。")))
    granted, begins, ends = values.get("granted_on"), values.get("valid_from"), values.get("valid_to")
    if granted is not None and granted > clock.today():
        faults.append(Fault("granted_on", "future", _l("认定日期不能晚于今天。")))
    if begins is not None and ends is not None and ends < begins:
        faults.append(Fault("valid_to", "order", _l("有效期止不能早于有效期起。")))
    if faults:
        raise Invalid(faults)


def _once(session: Session, honour: Honour) -> None:
    """Raises Invalid where the enterprise has this very honour: the same title of the same paper and days."""
    with session.no_autoflush:
        others = session.scalars(select(Honour).where(Honour.enterprise_id == honour.enterprise_id))
        twins = [each for each in others if each is not honour and identity(each) == identity(honour)]
    if twins:
        raise Invalid(Fault("name", "twice", _l("这一项已经登记过，请改那一条。")))


def _note(
    action: str,
    enterprise: Enterprise,
    honour: Honour,
    actor: Actor,
    changes: dict[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> None:
    label = f"{enterprise.name}：{honour.name}"
    audit.record(
        action, KIND, enterprise.id, actor=actor, label=label, changes=changes or {}, reason=reason.strip()
    )
    touch(KIND, [enterprise.id])


def attach_evidence(honour: Honour, attachment_id: int) -> None:
    """The file that proves the honour; it stands among the enterprise's attachments."""
    honour.evidence_id = attachment_id


def get(session: Session, honour_pid: str, *, actor: Actor) -> tuple[Honour, Enterprise]:
    """An honour and its enterprise, as far as the actor may see them. Raises NotFound."""
    honour = load(session, Honour, honour_pid, where=Honour.enterprise.has(access.visible_to(actor)))
    return honour, session.get_one(Enterprise, honour.enterprise_id)


def turned(session: Session, since: date, today: date) -> list[int]:
    """Enterprises one of whose honours began, ended or was revoked after `since` and up to `today`.

    The last valid day is still valid: an honour ends on the day after it.
    """
    clauses = (
        and_(Honour.valid_to >= since, Honour.valid_to < today),
        and_(Honour.valid_from > since, Honour.valid_from <= today),
        and_(Honour.revoked_on > since, Honour.revoked_on <= today),
    )
    return list(session.scalars(select(Honour.enterprise_id).where(or_(*clauses)).distinct()))
