"""Every change of target lists and targets. Verbs never commit; the edge opens the unit of work."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains.models import ChainNode
from core import audit, clock
from core.accounts.models import Account
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, Missing, NotPermitted, Refused
from core.i18n import lazy as _l
from core.lifecycle import check, check_edit
from core.permissions import Actor, require
from crm.activity import service as activity
from crm.activity.models import FollowUp
from crm.activity.rules import FollowUpValues
from crm.enterprises import honours, speaking
from crm.enterprises.models import Honour
from crm.targets import access, queries, silence
from crm.targets.candidates import Candidate
from crm.targets.lifecycle import TARGET
from crm.targets.models import Target, TargetList

KIND = silence.KIND
HONOURS = ("champion", "little_giant", "srdi_sme", "hte")
EDITABLE = ("product", "category", "maturity", "layout", "reason", "leader_id")


def add(
    session: Session,
    target_list: TargetList,
    node: ChainNode,
    chosen: Sequence[Candidate],
    *,
    unit_id: int,
    specialist_id: int | None,
    source: str = "",
    actor: Actor,
) -> list[Target]:
    """Put candidates of a node on a list, each with its score as of today and an owner.

    Refuses a closed list; an enterprise that is pursued for this node already is named and refused.
    """
    require(actor, access.ADD, unit_id=unit_id)
    if not may_use(actor, target_list):
        raise NotPermitted()
    _ensure_open(target_list)
    if not chosen:
        raise Invalid(Fault("candidates", "required", _l("请至少选择一家企业。")))
    _check_specialist(session, specialist_id, unit_id)
    _check_free(session, node, chosen)
    owner = {"list_id": target_list.id, "unit_id": unit_id, "specialist_id": specialist_id}
    made = fresh(session, node, chosen, owner | {"source": source or node.name})
    session.add_all(made)
    session.flush()
    silence.tell_assigned(session, specialist_id, actor=actor)
    for target, one in zip(made, chosen, strict=True):
        audit.record("targets.added", KIND, target.id, actor=actor, label=f"{one.name} {node.code}")
    touched(made)
    return made


def fresh(
    session: Session, node: ChainNode, chosen: Sequence[Candidate], values: dict[str, Any]
) -> list[Target]:
    """Targets out of candidates, in their order, not yet in the session."""
    honours = _categories(session, [one.enterprise_id for one in chosen])
    return [
        Target(
            enterprise_id=one.enterprise_id,
            node_id=node.id,
            product=one.product[:200],
            category="listed" if one.stock_code else honours.get(one.enterprise_id, "other"),
            fit_points=one.fit.points,
            fit_known=one.fit.known,
            fit_parts=[part.plain() for part in one.fit.parts],
            fit_version=one.fit.version,
            assigned_on=clock.today(),
            **values,
        )
        for one in chosen
    ]


def may_use(actor: Actor, target_list: TargetList) -> bool:
    return actor.reach(access.LIST_VIEW).covers(target_list.unit_id)


def _check_specialist(session: Session, specialist_id: int | None, unit_id: int) -> None:
    if specialist_id is None:
        return
    account = session.get(Account, specialist_id)
    if account is None or not account.active or account.kind != "staff":
        raise Invalid(Fault("specialist_id", "unknown", _l("请选择在岗的专员。")))


def _check_free(session: Session, node: ChainNode, chosen: Sequence[Candidate]) -> None:
    """Whose list it is on is nobody's business here: only that it is on one (DOMAIN 5, unique per node)."""
    numbers = [one.enterprise_id for one in chosen]
    taken = set(
        session.scalars(
            select(Target.enterprise_id).where(
                Target.node_id == node.id, Target.open_key == 1, Target.enterprise_id.in_(numbers)
            )
        )
    )
    faults = [
        Fault("candidates", "taken", _l("%(name)s 已在这个环节的目标名单上。", name=one.name))
        for one in chosen
        if one.enterprise_id in taken
    ]
    if faults:
        raise Invalid(faults)


def _categories(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for number, kind in session.execute(
        select(Honour.enterprise_id, Honour.kind).where(
            Honour.enterprise_id.in_(numbers), honours.standing(clock.today())
        )
    ):
        known = found.get(number)
        if kind in HONOURS and (known is None or HONOURS.index(kind) < HONOURS.index(known)):
            found[number] = kind
    return found


def advance(
    session: Session, public_id: str, verb: str, *, version: int, reason: str = "", actor: Actor
) -> Target:
    """Take a step of the contact states. Raises Refused with everything it lacks."""
    target = load(session, Target, public_id, version, where=access.visible_to(actor))
    permission = access.CONVERT if verb == "convert" else access.ADVANCE
    if not access.can_change(actor, permission, target):
        raise NotPermitted()
    facts = {"reason": reason, "previous_state": target.previous_status}
    passage = check(TARGET, target.contact_status, verb, facts, actor=actor)
    _move(session, target, passage.target, actor=actor, reason=reason)
    return target


def _move(session: Session, target: Target, state: str, *, actor: Actor, reason: str) -> None:
    before = target.contact_status
    target.previous_status, target.contact_status = before, state
    if state != "none" and target.first_contact_on is None and state not in ("paused", "dropped"):
        target.first_contact_on = clock.today()
    target.open_key = None if TARGET.closed(state) else 1
    if state in ("paused", "dropped"):
        target.end_reason = reason
    session.flush()
    audit.record(
        "targets.advanced", KIND, target.id, actor=actor, label=target.enterprise.name,
        changes={"contact_status": (before, state)}, reason=reason,
    )  # fmt: skip
    touched([target])


def assign(
    session: Session, public_id: str, *, unit_id: int, specialist_id: int | None, version: int, actor: Actor
) -> Target:
    """Give a target to a unit and a specialist; the days of silence begin anew."""
    target = load(session, Target, public_id, version, where=access.visible_to(actor))
    pooled = target.pooled_on is not None
    if not pooled and not access.can_change(actor, access.ASSIGN, target):
        raise NotPermitted()
    require(actor, access.ASSIGN, unit_id=unit_id)
    check_edit(TARGET, (), target.contact_status, {"unit_id": unit_id}, {})
    _check_specialist(session, specialist_id, unit_id)
    target.unit_id, target.specialist_id = unit_id, specialist_id
    target.assigned_on, target.pooled_on = clock.today(), None
    changes = audit.changes_of(target)
    session.flush()
    silence.tell_assigned(session, specialist_id, actor=actor)
    audit.record(
        "targets.assigned", KIND, target.id, actor=actor, label=target.enterprise.name, changes=changes
    )
    touched([target])
    return target


def update(session: Session, public_id: str, values: dict[str, Any], *, version: int, actor: Actor) -> Target:
    """Change what is known of a target (fields of EDITABLE)."""
    target = load(session, Target, public_id, version, where=access.visible_to(actor))
    if not access.can_change(actor, access.EDIT, target):
        raise NotPermitted()
    check_edit(TARGET, (), target.contact_status, values, {})
    for name in EDITABLE:
        if name in values:
            setattr(target, name, values[name])
    changes = audit.changes_of(target)
    session.flush()
    audit.record(
        "targets.changed", KIND, target.id, actor=actor, label=target.enterprise.name, changes=changes
    )
    touched([target])
    return target


def move(session: Session, public_id: str, list_pid: str, *, version: int, actor: Actor) -> Target:
    """Put a target on another open list."""
    target = load(session, Target, public_id, version, where=access.visible_to(actor))
    if not access.can_change(actor, access.EDIT, target):
        raise NotPermitted()
    other = queries.the_list(session, list_pid, actor=actor)
    _ensure_open(other)
    before, target.list_id = target.list.name, other.id
    session.flush()
    session.refresh(target, ["list"])
    audit.record(
        "targets.moved", KIND, target.id, actor=actor, label=target.enterprise.name,
        changes={"list": (before, other.name)},
    )  # fmt: skip
    touched([target])
    return target


def _ensure_open(target_list: TargetList) -> None:
    if target_list.closed_at is not None:
        raise Refused([Missing("list", "closed", _l("这份名单已关闭，请选一份开放的名单，或先重新打开它。"))])


def follow_up(session: Session, public_id: str, values: FollowUpValues, *, actor: Actor) -> FollowUp:
    """Note a contact with the enterprise; it ends the silence."""
    target = load(session, Target, public_id, where=access.visible_to(actor))
    if not access.can_change(actor, access.ADVANCE, target):
        raise NotPermitted()
    check_edit(TARGET, (), target.contact_status, {}, {})
    return activity.follow_up(session, subject(target), values, actor=actor)


def subject(target: Target) -> activity.Subject:
    """The target as follow-ups know it."""
    spoken = speaking.spoken_with(target.enterprise_id)
    return activity.Subject(KIND, target.id, target.enterprise.name, target.unit_id, target, spoken)


def mark_converted(session: Session, public_id: str, *, lead_id: int, actor: Actor) -> Target:
    """Called by the area of leads in the unit of work that makes the lead: the target ends, its history stays.

    Raises NotFound, NotPermitted, or Refused when the target has ended or was converted already.
    """
    target = load(session, Target, public_id, where=access.visible_to(actor))
    if not access.can_change(actor, access.CONVERT, target):
        raise NotPermitted()
    passage = check(TARGET, target.contact_status, "convert", {}, actor=actor)
    target.lead_id = lead_id
    _move(session, target, passage.target, actor=actor, reason="")
    return target


def touched(targets: Sequence[Target]) -> None:
    """The documents of targets, and of the enterprises that show them."""
    touch(KIND, [target.id for target in targets])
