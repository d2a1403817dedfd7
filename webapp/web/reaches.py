"""Why somebody may see or change a record, in words made from the same grants that decide it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.i18n import _
from core.permissions import Actor, RoleGrant
from crm import roles


@dataclass(frozen=True)
class Held:
    """A role as somebody holds it now: over what, and on whose behalf until when."""

    role: str
    label: Any
    where: str
    behalf: str = ""
    until: date | None = None


def held(actor: Actor, names: Mapping[int, str]) -> list[Held]:
    return [
        Held(grant.role, label_of(grant), where(grant, names), grant.for_name, grant.until)
        for grant in actor.grants
    ]


def label_of(grant: RoleGrant) -> Any:
    return roles.BY_CODE[grant.role].label if grant.role in roles.BY_CODE else grant.role


def where(grant: RoleGrant, names: Mapping[int, str]) -> str:
    """What a grant reaches, in words."""
    unit = names.get(grant.unit_id or 0, "")
    if grant.scope == "all" or grant.reach.everything:
        return str(_("全市"))
    if grant.scope == "chosen":
        return "、".join(names.get(number, "") for number in sorted(grant.reach.unit_ids))
    if grant.scope == "below":
        return str(_("%(unit)s及下属单位", unit=unit))
    if grant.scope == "unit":
        return unit
    return str(_("自己经办的"))


@dataclass(frozen=True)
class Subject:
    """What decides about one record: its owning units, whose own it is, whether all of its kind is common."""

    unit_ids: tuple[int | None, ...] = ()
    owner_ids: tuple[int | None, ...] = ()
    common: Any = ""
    label: str = "normal"


def reasons(actor: Actor, permission: str, subject: Subject, names: Mapping[int, str]) -> list[str]:
    """One sentence for each grant that lets the actor use `permission` on the record; none: he may not."""
    found = []
    for grant in actor.giving(permission):
        if words := _because(actor, grant, subject, names):
            who = label_of(grant)
            if grant.for_id is not None:
                found.append(
                    _("您代%(name)s处理工作（到%(day)s），他是%(role)s：%(why)s。", name=grant.for_name,
                      day=grant.until.isoformat() if grant.until else "", role=who, why=words)
                )  # fmt: skip
            else:
                found.append(_("您是%(role)s：%(why)s。", role=who, why=words))
    return [str(text) for text in dict.fromkeys(found)]


def _because(actor: Actor, grant: RoleGrant, subject: Subject, names: Mapping[int, str]) -> str:
    """Why this grant covers the record, or nothing. Asks the grant's own reach, unit by unit."""
    if grant.reach.everything:
        return str(_("范围是全市"))
    for unit_id in subject.unit_ids:
        if unit_id is not None and grant.reach.covers(unit_id):
            unit = names.get(unit_id, "")
            return str(_("范围是%(where)s，这条记录归%(unit)s", where=where(grant, names), unit=unit))
    owners = tuple(subject.owner_ids)
    if grant.reach.covers(None, own=actor.account_id in owners, owners=owners) and owners:
        mine = grant.for_id is None
        return str(_("这条记录由您经办") if mine else _("这条记录由他经办"))
    return str(subject.common) if subject.common else ""
