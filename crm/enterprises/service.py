"""Changes of master data. Verbs never commit; the edge opens the unit of work."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core import audit, clock, places
from core.accounts import queries as people
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, NotPermitted
from core.fields import uscc
from core.i18n import lazy as _l
from core.permissions import Actor, require
from core.text import forms
from crm.enterprises import access, belonging, checks, name_grams, placing, sizes
from crm.enterprises.cutting import derived_names
from crm.enterprises.duplicates import suspects
from crm.enterprises.models import Enterprise, FormerName

KIND = "enterprise"
EDITABLE = (
    "uscc", "uscc_as_printed", "stock_code", "country", "foreign_reg_no", "name", "short_name", "english_name",
    "aliases", "pinyin", "initials", "reg_status", "org_type", "legal_rep", "reg_capital_wan", "reg_currency",
    "reg_authority", "founded_on", "listed_on", "region_code", "reg_address", "site_address", "lng", "lat",
    "industry_code", "industry_extra", "main_products", "scope_text", "park_id", "above_scale",
    "above_scale_since", "group_id", "specialist_id", "leader_id", "tags",
)  # fmt: skip
_READINGS = ("pinyin", "initials")


def derive_keys(enterprise: Enterprise) -> None:
    """Normal form and sort key follow the name; readings, which people mend, are left alone."""
    derived = derived_names(enterprise.name)
    enterprise.core_name, enterprise.sort_key = derived["core_name"], derived["sort_key"]


def create(session: Session, values: Mapping[str, Any], *, actor: Actor, reason: str = "") -> Enterprise:
    """Add an enterprise from the fields of EDITABLE. Raises Invalid on a code that is in use."""
    require(actor, access.CREATE)
    values = _released(values, None, reason, actor)
    checks.check(session, values, None)
    enterprise = Enterprise(**{name: values[name] for name in EDITABLE if name in values})
    _derive_names(enterprise, values, {})
    enterprise.unit_id = places.unit_of_park(session, enterprise.park_id)
    enterprise.source = str(values.get("source", ""))
    session.add(enterprise)
    session.flush()
    name_grams.renew(session, [enterprise.id], fresh=True)
    suspects.look_closely(session, enterprise)
    placing.refresh_matches(session, [enterprise.id])
    audit.record(
        "enterprises.created", KIND, enterprise.id, actor=actor, label=enterprise.name, reason=reason.strip()
    )
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
    values = _released(values, enterprise, reason, actor)
    checks.check(session, values, enterprise)
    _in_charge(session, enterprise, values)
    _set(session, enterprise, values)
    changes = {
        name: pair
        for name, pair in audit.changes_of(enterprise).items()
        if name in (*EDITABLE, "unit_id") and (name in values or name not in _READINGS)
    }
    session.flush()
    _follow(session, enterprise, changes)
    audit.record(
        "enterprises.changed",
        KIND,
        enterprise.id,
        actor=actor,
        label=enterprise.name,
        changes=belonging.with_names(session, changes),
        reason=reason.strip(),
    )
    touch(KIND, [enterprise.id])
    return enterprise


def _follow(session: Session, enterprise: Enterprise, changes: Mapping[str, Any]) -> None:
    """What is derived from names, products and trade."""
    if changes.keys() & {"name", "short_name"}:
        name_grams.renew(session, [enterprise.id])
        suspects.look_closely(session, enterprise)
    elif "uscc" in changes:
        suspects.judge_again(session, enterprise.id)
    if changes.keys() & {"main_products", "industry_code"}:
        placing.refresh_matches(session, [enterprise.id])
    if "industry_code" in changes:
        sizes.renew(enterprise, clock.today())


def _released(
    values: Mapping[str, Any], enterprise: Enterprise | None, reason: str, actor: Actor
) -> dict[str, Any]:
    """The values, with the mark of a code whose check digits fail: by a special right and for a reason."""
    given = {name: value for name, value in values.items() if name != "uscc_as_printed"}
    code = values.get("uscc")
    if "uscc" not in values or (enterprise is not None and code == enterprise.uscc):
        return given
    printed = bool(code and values.get("uscc_as_printed")) and not uscc.holds(str(code))
    if printed:
        require(actor, access.ACCEPT_CODE)
        if not reason.strip():
            raise Invalid(Fault("reason", "required", _l("放行校验不过的代码，请写明原因。")))
    return {**given, "uscc_as_printed": printed}


def _in_charge(session: Session, enterprise: Enterprise, values: Mapping[str, Any]) -> None:
    """The specialist is of the unit in charge, the leader holds a leader's role."""
    chosen = values.get("specialist_id")
    if chosen is not None and chosen != enterprise.specialist_id:
        unit_id = enterprise.unit_id
        if unit_id is None or chosen not in {each.id for each in people.staff_below(session, unit_id)}:
            raise Invalid(Fault("specialist_id", "not_of_unit", _l("专员要从管理单位在岗人员里选。")))
    leader = values.get("leader_id")
    if leader is not None and leader != enterprise.leader_id and leader not in dict(people.leaders(session)):
        raise Invalid(Fault("leader_id", "no_leader", _l("请从领导里选。")))


def _derive_names(enterprise: Enterprise, values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Normal form and readings follow the name; a reading that somebody mended stands until the name changes."""
    derived = derived_names(enterprise.name, enterprise.short_name or "")
    renamed = any(getattr(enterprise, name) != before.get(name) for name in ("name", "short_name"))
    for name, value in derived.items():
        written = values.get(name) if name in _READINGS else None
        if not written or (renamed and written == before.get(name)):
            setattr(enterprise, name, value)


def _set(session: Session, enterprise: Enterprise, values: Mapping[str, Any]) -> None:
    before = {name: getattr(enterprise, name) for name in ("name", "short_name", *_READINGS)}
    park_id = enterprise.park_id
    for name in EDITABLE:
        if name in values:
            setattr(enterprise, name, values[name])
    if enterprise.name != before["name"]:
        enterprise.former_names.append(
            FormerName(
                name=before["name"], core_name=forms.normal_form(before["name"])[:200], until_on=clock.today()
            )
        )
    if before.keys() & values.keys():
        _derive_names(enterprise, values, before)
    if enterprise.park_id != park_id:
        enterprise.unit_id = places.unit_of_park(session, enterprise.park_id)
        if "specialist_id" not in values:
            _release_specialist(session, enterprise)


def _release_specialist(session: Session, enterprise: Enterprise) -> None:
    """Whoever is not of the unit that takes charge looks after the enterprise no longer."""
    staff = people.staff_below(session, enterprise.unit_id) if enterprise.unit_id is not None else []
    if enterprise.specialist_id not in {each.id for each in staff}:
        enterprise.specialist_id = None


def reachable(session: Session, public_id: str, actor: Actor) -> Enterprise:
    """The record locked for a change that the actor may make. Raises NotFound or NotPermitted."""
    enterprise = load(session, Enterprise, public_id, where=access.visible_to(actor))
    if not access.can_edit(actor, enterprise):
        raise NotPermitted()
    return enterprise
