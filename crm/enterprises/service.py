"""Every change of the register. Verbs never commit; the edge opens the unit of work."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core import audit, clock, reveals
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, NotFound, NotPermitted
from core.fields import texts
from core.fields.errors import FieldError
from core.i18n import lazy as _l
from core.permissions import Actor, require
from core.secrets import blind
from core.text import forms, readings
from crm.enterprises import access, name_grams, placing, queries, rules
from crm.enterprises.duplicates import suspects
from crm.enterprises.models import MOBILE, Contact, Enterprise, EnterpriseYear, FormerName

KIND = "enterprise"
CONTACT_KIND = "contact"
EDITABLE = (
    "uscc", "stock_code", "name", "short_name", "english_name", "reg_status", "legal_rep", "reg_capital_wan",
    "founded_on", "region_code", "reg_address", "site_address", "industry_code", "main_products",
    "scope_text", "park_id", "above_scale",
)  # fmt: skip


def derived_names(name: str, short_name: str = "") -> dict[str, str]:
    """What lists and duplicates need of a name: normal form, sort key, pinyin and initials."""
    return {
        "core_name": forms.normal_form(name)[:200],
        "sort_key": readings.sort_key(name)[:200],
        "pinyin": readings.pinyin(short_name or name)[:400],
        "initials": readings.initials(short_name or name)[:80],
    }


def create(session: Session, values: Mapping[str, Any], *, actor: Actor) -> Enterprise:
    """Add an enterprise from the fields of EDITABLE. Raises Invalid on a code that is in use."""
    require(actor, access.CREATE)
    _check(session, values, None)
    enterprise = Enterprise(**{name: values[name] for name in EDITABLE if name in values})
    for name, value in derived_names(enterprise.name, enterprise.short_name or "").items():
        setattr(enterprise, name, value)
    enterprise.unit_id = queries.unit_of_park(session, enterprise.park_id)
    enterprise.source = str(values.get("source", ""))
    session.add(enterprise)
    session.flush()
    name_grams.renew(session, [enterprise.id], fresh=True)
    suspects.look_closely(session, enterprise)
    placing.refresh_matches(session, [enterprise.id])
    audit.record("enterprises.created", KIND, enterprise.id, actor=actor, label=enterprise.name)
    touch(KIND, [enterprise.id])
    return enterprise


def update(
    session: Session,
    public_id: str,
    values: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    reason: str = "",
) -> Enterprise:
    """Change master data; a new name keeps the old one as former. Raises Conflict on a stale version."""
    enterprise = load(session, Enterprise, public_id, version, where=access.visible_to(actor))
    if not access.can_edit(actor, enterprise):
        raise NotPermitted()
    _check(session, values, enterprise.id)
    _set(session, enterprise, values)
    changes = {name: pair for name, pair in audit.changes_of(enterprise).items() if name in EDITABLE}
    session.flush()
    if changes.keys() & {"name", "short_name"}:
        name_grams.renew(session, [enterprise.id])
        suspects.look_closely(session, enterprise)
    if changes.keys() & {"main_products", "industry_code"}:
        placing.refresh_matches(session, [enterprise.id])
    audit.record(
        "enterprises.changed",
        KIND,
        enterprise.id,
        actor=actor,
        label=enterprise.name,
        changes=changes,
        reason=reason,
    )
    touch(KIND, [enterprise.id])
    return enterprise


def _set(session: Session, enterprise: Enterprise, values: Mapping[str, Any]) -> None:
    before_name = enterprise.name
    for name in EDITABLE:
        if name in values:
            setattr(enterprise, name, values[name])
    if enterprise.name != before_name:
        enterprise.former_names.append(
            FormerName(
                name=before_name, core_name=forms.normal_form(before_name)[:200], until_on=clock.today()
            )
        )
    for name, value in derived_names(enterprise.name, enterprise.short_name).items():
        setattr(enterprise, name, value)
    if "park_id" in values:
        enterprise.unit_id = queries.unit_of_park(session, enterprise.park_id)


def _check(session: Session, values: Mapping[str, Any], own_id: int | None) -> None:
    faults: list[Fault] = []
    for name, message in (
        ("uscc", _l("这个统一社会信用代码已登记在“%(name)s”名下。")),
        ("stock_code", _l("这个证券代码已登记在“%(name)s”名下。")),
    ):
        value = values.get(name)
        if value:
            twin = session.execute(
                select(Enterprise.id, Enterprise.name).where(getattr(Enterprise, name) == value)
            ).one_or_none()
            if twin is not None and twin.id != own_id:
                faults.append(Fault(name, "taken", str(message) % {"name": twin.name}))
    capital = values.get("reg_capital_wan")
    if isinstance(capital, Decimal) and capital < 0:
        faults.append(Fault("reg_capital_wan", "negative", _l("注册资本不能是负数。")))
    founded = values.get("founded_on")
    if isinstance(founded, date) and founded > clock.today():
        faults.append(Fault("founded_on", "future", _l("成立日期不能晚于今天。")))
    if faults:
        raise Invalid(faults)


def record_year(
    session: Session, public_id: str, year: int, source: str, figures: Mapping[str, Any], *, actor: Actor
) -> EnterpriseYear:
    """Enter a year's figures from one source, in place of earlier ones from it; audited."""
    enterprise = load(session, Enterprise, public_id, where=access.visible_to(actor))
    if not access.can_edit(actor, enterprise):
        raise NotPermitted()
    _check_year(year, figures)
    row = session.scalars(
        select(EnterpriseYear).where(
            EnterpriseYear.enterprise_id == enterprise.id,
            EnterpriseYear.year == year,
            EnterpriseYear.source == source,
        )
    ).one_or_none()
    if row is None:
        row = EnterpriseYear(enterprise_id=enterprise.id, year=year, source=source)
        session.add(row)
    for name in rules.FIGURE_LABELS:
        if name in figures:
            setattr(row, name, figures[name])
    changes = {name: pair for name, pair in audit.changes_of(row).items() if name in rules.FIGURE_LABELS}
    newest = enterprise.latest_year is None or year >= enterprise.latest_year
    if newest and row.revenue_wan is not None:  # a source that knows only other figures must not blank it
        enterprise.latest_year = year
        enterprise.latest_revenue_wan = row.revenue_wan
        enterprise.size_class = rules.size_class(row.employees_end, row.revenue_wan) or enterprise.size_class
    session.flush()
    audit.record(
        "enterprises.year_recorded",
        KIND,
        enterprise.id,
        actor=actor,
        label=f"{enterprise.name} {year}",
        changes=changes,
    )
    touch(KIND, [enterprise.id])
    return row


def _check_year(year: int, figures: Mapping[str, Any]) -> None:
    faults = [
        Fault(name, "negative", _l("这一项不能是负数。"))
        for name, value in figures.items()
        if value is not None and value < 0 and name != "net_profit_wan"
    ]
    if not 1980 <= year <= clock.today().year:
        faults.append(Fault("year", "range", _l("年度要在 1980 年到今年之间。")))
    if faults:
        raise Invalid(faults)


def add_contact(
    session: Session, public_id: str, *, person: str, title: str, mobile: str, actor: Actor
) -> Contact:
    enterprise = load(session, Enterprise, public_id, where=access.visible_to(actor))
    if not access.can_edit(actor, enterprise):
        raise NotPermitted()
    try:
        number = texts.phone(mobile) or ""
    except FieldError as error:
        raise Invalid(Fault("mobile", "not_a_phone", str(error))) from error
    contact = Contact(enterprise_id=enterprise.id, person=person, title=title, mobile=number)
    session.add(contact)
    session.flush()
    audit.record("enterprises.contact_added", KIND, enterprise.id, actor=actor, label=person)
    touch(CONTACT_KIND, [contact.id])
    return contact


def contacts_of_number(session: Session, number: str, *, actor: Actor) -> list[Contact]:
    """Whose whole number this is, among the contacts in one's reach: by the blind index, nothing is opened.

    Raises Invalid for what is no number. Every look-up is one audit row, without the number.
    """
    require(actor, access.VIEW_CONTACT)
    try:
        plain = texts.phone(number)
    except FieldError as error:
        raise Invalid(Fault("number", "not_a_phone", str(error))) from error
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


def reveal_mobile(session: Session, contact_public_id: str, *, reason: str, actor: Actor) -> str:
    """The whole number, for a stated purpose; every opening is one audit row (DOMAIN 22)."""
    contact = session.scalars(select(Contact).where(Contact.public_id == contact_public_id)).one_or_none()
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
