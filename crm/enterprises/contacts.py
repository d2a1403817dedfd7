"""People at an enterprise: masked numbers, who is the first to call, who has left (DOMAIN 3, 22)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from core import audit, clock, reveals
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, NotFound, NotPermitted
from core.fields import texts
from core.fields.errors import FieldError
from core.i18n import lazy as _l
from core.permissions import SYSTEM, Actor, require
from core.secrets import blind
from crm.enterprises import access, rules
from crm.enterprises.models import MOBILE, Contact, Enterprise
from crm.enterprises.service import KIND, reachable

CONTACT_KIND = "contact"
EDITABLE = ("person", "title", "mobile", "role", "is_primary", "consent_basis", "retain_until")
NOBODY = _l("已匿名")


def add(session: Session, public_id: str, values: Mapping[str, Any], *, actor: Actor) -> Contact:
    """Add somebody from the fields of EDITABLE."""
    enterprise = reachable(session, public_id, actor)
    _check(values)
    contact = Contact(enterprise_id=enterprise.id, **_given(values))
    if contact.is_primary:
        _only_one(session, enterprise.id)
    session.add(contact)
    session.flush()
    _note("enterprises.contact_added", contact, actor)
    return contact


def change(
    session: Session, contact_pid: str, values: Mapping[str, Any], *, version: int, actor: Actor
) -> Contact:
    """Change somebody. A number that is not named stays. Raises Conflict on a stale version."""
    contact = _open(session, contact_pid, version, actor)
    _check({"person": contact.person, **values})
    if values.get("is_primary") and not contact.active:
        raise Invalid(Fault("is_primary", "left", _l("已离职的人不能做首选联系人。")))
    if values.get("is_primary") and not contact.is_primary:
        _only_one(session, contact.enterprise_id)
    for name, value in _given(values).items():
        setattr(contact, name, value)
    changes = audit.changes_of(contact)
    changes.pop("mobile_index", None)
    session.flush()
    _note("enterprises.contact_changed", contact, actor, changes)
    return contact


def leave(session: Session, contact_pid: str, on: date, *, version: int, actor: Actor) -> Contact:
    """He no longer works there: what was said stays, he is not called any more."""
    contact = _open(session, contact_pid, version, actor)
    if on > clock.today():
        raise Invalid(Fault("left_on", "future", _l("离职日期不能晚于今天。")))
    contact.active, contact.is_primary, contact.left_on = False, False, on
    session.flush()
    _note("enterprises.contact_left", contact, actor, {"left_on": (None, on)})
    return contact


def come_back(session: Session, contact_pid: str, *, version: int, actor: Actor) -> Contact:
    """He was marked as gone by mistake, or has come back."""
    contact = _open(session, contact_pid, version, actor)
    before, contact.active, contact.left_on = contact.left_on, True, None
    session.flush()
    _note("enterprises.contact_back", contact, actor, {"left_on": (before, None)})
    return contact


def anonymise(session: Session, contact_pid: str, *, reason: str, version: int, actor: Actor) -> Contact:
    """Take name and number out of a contact that has left; that there was one stays. Cannot be undone."""
    contact = _open(session, contact_pid, version, actor)
    if contact.active:
        raise Invalid(Fault("reason", "active", _l("在职的联系人不能匿名，请先标为离职。")))
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请写明匿名的原因。")))
    _empty(contact)
    session.flush()
    _note("enterprises.contact_anonymised", contact, actor, reason=reason)
    return contact


def anonymise_due(session: Session, today: date) -> int:
    """Contacts that have left and whose days of keeping are over lose name and number; how many."""
    statement = select(Contact).where(Contact.active.is_(False), Contact.retain_until < today).limit(500)
    due = list(session.scalars(statement))
    for contact in due:
        _empty(contact)
    session.flush()
    for contact in due:
        _note("enterprises.contact_anonymised", contact, SYSTEM, reason=str(_l("保存期已满")))
    return len(due)


def reveal(session: Session, contact_pid: str, *, reason: str, actor: Actor) -> str:
    """The whole number, for a stated purpose; every opening is one audit row (DOMAIN 22)."""
    contact = session.scalars(select(Contact).where(Contact.public_id == contact_pid)).one_or_none()
    if contact is None:
        raise NotFound()
    if not access.can_reveal(actor, contact.enterprise):
        raise NotPermitted()
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请写明查看号码的用途。")))
    reveals.record(
        session,
        "enterprises.mobile_revealed",
        KIND,
        contact.enterprise_id,
        actor=actor,
        label=contact.person,
        reason=reason,
    )
    return contact.mobile


def of_number(session: Session, number: str, *, actor: Actor) -> list[Contact]:
    """Whose whole number this is, among the contacts in one's reach: by the blind index, nothing is opened.

    Raises Invalid for what is no number. Every look-up is one audit row, without the number.
    """
    require(actor, access.VIEW_CONTACT)
    plain = _number(number, "number")
    if not plain:
        raise Invalid(Fault("number", "required", _l("请填完整的号码。")))
    statement = (
        select(Contact)
        .where(Contact.mobile_index == blind(plain, MOBILE), access.contacts_visible_to(actor))
        .options(joinedload(Contact.enterprise))
        .order_by(Contact.id)
        .limit(50)
    )
    found = list(session.scalars(statement))
    audit.record(
        "enterprises.number_looked_up", KIND, 0, actor=actor, label="、".join(each.person for each in found),
        changes={"found": (None, len(found))},
    )  # fmt: skip
    return found


def _number(written: str, field: str) -> str:
    """The number in its standard form. Raises Invalid for what is none."""
    try:
        return texts.phone(written) or ""
    except FieldError as error:
        raise Invalid(Fault(field, "not_a_phone", str(error))) from error


def get(session: Session, contact_pid: str, *, actor: Actor) -> tuple[Contact, Enterprise]:
    """A contact and his enterprise for whoever may change them. Raises NotFound or NotPermitted."""
    contact = load(session, Contact, contact_pid, where=access.contacts_visible_to(actor))
    return contact, session.get_one(Enterprise, contact.enterprise_id)


def _open(session: Session, contact_pid: str, version: int, actor: Actor) -> Contact:
    contact = load(session, Contact, contact_pid, version)
    if not access.can_edit(actor, session.get_one(Enterprise, contact.enterprise_id)):
        raise NotPermitted()
    return contact


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: values[name] for name in EDITABLE if name in values}
    if "mobile" in given:
        given["mobile"] = _number(given["mobile"], "mobile")
    return given


def _check(values: Mapping[str, Any]) -> None:
    faults = []
    if not (values.get("person") or "").strip():
        faults.append(Fault("person", "required", _l("请写姓名。")))
    if values.get("consent_basis", "statutory") not in rules.CONSENT_LABELS:
        faults.append(Fault("consent_basis", "unknown", _l("请选择处理个人信息的依据。")))
    if faults:
        raise Invalid(faults)


def _only_one(session: Session, enterprise_id: int) -> None:
    """Of several contacts one is the first to call."""
    session.execute(
        update(Contact)
        .where(Contact.enterprise_id == enterprise_id, Contact.is_primary)
        .values(is_primary=False, version=Contact.version + 1)
    )


def _empty(contact: Contact) -> None:
    contact.person, contact.title, contact.mobile, contact.role = str(NOBODY), "", "", ""
    contact.retain_until = None


def _note(
    action: str,
    contact: Contact,
    actor: Actor,
    changes: dict[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        action, KIND, contact.enterprise_id, actor=actor, label=contact.person, changes=changes or {},
        reason=reason.strip(),
    )  # fmt: skip
    touch(CONTACT_KIND, [contact.id])
