"""The fit score of a target: scored anew from what is known now, and parts that a person knows better (DOMAIN 5)."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from chains import queries
from core import audit, clock
from core.db import load
from core.errors import Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.lifecycle import check_edit
from core.permissions import Actor
from crm.enterprises import coverage, homes
from crm.targets import access, candidates, rules
from crm.targets.lifecycle import TARGET
from crm.targets.models import Target
from crm.targets.rules import Fit, Part
from crm.targets.service import KIND, touched


def _mine(session: Session, public_id: str, version: int | None, actor: Actor) -> Target:
    found = load(session, Target, public_id, version, where=access.visible_to(actor))
    if not access.can_change(actor, access.EDIT, found):
        raise NotPermitted()
    check_edit(TARGET, (), found.contact_status, {}, {})
    return found


def _keep(session: Session, target: Target, parts: Sequence[Part], reason: str, actor: Actor) -> Target:
    fit = Fit(parts, target.fit_version)
    before = (target.fit_points, target.fit_known)
    plain = [part.plain() for part in parts]
    if plain == target.fit_parts:
        return target
    target.fit_parts = plain
    target.fit_points, target.fit_known = fit.points, Decimal(fit.known)
    session.flush()
    audit.record(
        "targets.scored", KIND, target.id, actor=actor, label=target.enterprise.name, reason=reason,
        changes={"fit_points": (before[0], target.fit_points), "fit_known": (before[1], target.fit_known)},
    )  # fmt: skip
    touched([target])
    return target


def set_part(
    session: Session,
    public_id: str,
    name: str,
    points: Decimal | None,
    reason: str,
    *,
    version: int,
    actor: Actor,
) -> Target:
    """Give one part by hand, with the reason; it is marked as such and outlives a new score."""
    target = _mine(session, public_id, version, actor)
    parts = [rules.part_of(plain) for plain in target.fit_parts]
    known = next((part for part in parts if part.name == name), None)
    faults = []
    if known is None:
        faults.append(Fault("part", "unknown", _l("请选择要改的部分。")))
    elif points is None or not 0 <= points <= known.out_of:
        faults.append(Fault("points", "range", _l("得分要在 0 到 %(most)s 之间。", most=known.out_of)))
    if len(reason.strip()) < rules.SHORTEST_REASON:
        faults.append(Fault("reason", "required", _l("请写明依据，如“已考察，需地 80 亩，园区可供”。")))
    if faults or known is None or points is None:
        raise Invalid(faults)
    made = rules.by_hand(known, points, reason.strip(), actor.signature, clock.today())
    return _keep(session, target, [made if part is known else part for part in parts], reason, actor)


def clear_part(session: Session, public_id: str, name: str, *, version: int, actor: Actor) -> Target:
    """Back to what the data said."""
    target = _mine(session, public_id, version, actor)
    parts = [rules.part_of(plain) for plain in target.fit_parts]
    found = [
        rules.part_of(part.params["was"]) if part.by_hand and part.name == name else part for part in parts
    ]
    return _keep(session, target, found, "", actor)


def rescore(session: Session, public_id: str, *, version: int | None, actor: Actor) -> Target:
    """Score it anew by the weights and data of today; parts given by hand stay, over what the data say now."""
    target = _mine(session, public_id, version, actor)
    found = queries.load_map(session, target.node.chain)
    node, locator = found.by_id[target.node_id], homes.locate(session)
    report = coverage.report(session, found, locator)
    scored = candidates.find(session, found, node, report, locator, only=[target.enterprise_id])
    if not scored:
        raise Invalid(Fault(None, "gone", _l("这家企业已注销或迁出登记，不能重新评分。")))
    fresh, kept = scored[0].fit, {plain["name"]: rules.part_of(plain) for plain in target.fit_parts}
    target.fit_version = fresh.version
    return _keep(
        session, target, [rules.renewed(part, kept.get(part.name)) for part in fresh.parts], "", actor
    )
