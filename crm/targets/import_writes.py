"""A planned batch of targets into the lists: new ones scored as candidates are, contacts as follow-ups."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import gaps, queries
from chains.models import ChainNode
from core import clock
from core.i18n import _
from core.imports.handlers import Options, Outcome
from core.permissions import Actor
from crm.activity.models import FollowUp
from crm.enterprises import coverage, homes
from crm.enterprises.homes import Locator
from crm.targets import candidates, service
from crm.targets.candidates import Candidate
from crm.targets.import_columns import owners
from crm.targets.import_plan import ENDED, Plan
from crm.targets.import_progress import Contact
from crm.targets.models import Target

AT = time(18)


class Scorer:
    """Candidates for the nodes of one import; maps and their gaps are read once."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[queries.Map, gaps.Report]] = {}
        self._locator: Locator | None = None

    def candidates(self, session: Session, node: ChainNode, numbers: Sequence[int]) -> list[Candidate]:
        if self._locator is None:
            self._locator = homes.locate(session)
        if node.chain_id not in self._seen:
            found = queries.load_map(session, node.chain)
            self._seen[node.chain_id] = (found, coverage.report(session, found, self._locator))
        found, report = self._seen[node.chain_id]
        return candidates.find(
            session, found, found.by_id[node.id], report, self._locator, limit=len(numbers), only=numbers
        )


def write(
    session: Session, plans: Sequence[Plan], options: Options, scorer: Scorer, *, actor: Actor
) -> list[Outcome]:
    """One outcome for each plan."""
    made = _make(session, [plan for plan in plans if _sound(plan) and plan.existing is None], scorer)
    outcomes = [_outcome(session, plan, made, options, actor) for plan in plans]
    session.flush()
    service.touched([*made.values(), *(plan.existing for plan in plans if plan.existing is not None)])
    return outcomes


def _sound(plan: Plan) -> bool:
    return not plan.faults and not plan.suspects


def _make(session: Session, plans: Sequence[Plan], scorer: Scorer) -> dict[int, Target]:
    """New targets by row, each enterprise once for a node."""
    by_node: dict[int, dict[int, Plan]] = {}
    for plan in plans:
        assert plan.node_id is not None and plan.enterprise_id is not None
        by_node.setdefault(plan.node_id, {}).setdefault(plan.enterprise_id, plan)
    made: dict[int, Target] = {}
    for node_id, wanted in by_node.items():
        node = session.get_one(ChainNode, node_id)
        ranked = scorer.candidates(session, node, list(wanted))
        for target in service.fresh(session, node, ranked, {}):
            plan = wanted[target.enterprise_id]
            _take(target, plan)
            made[plan.line.row_no] = target
    session.add_all(made.values())
    session.flush()
    return made


def _take(target: Target, plan: Plan) -> None:
    for name, value in plan.values.items():
        if value not in (None, ""):
            setattr(target, name, value)
    if target.contact_status in ENDED:
        target.previous_status = "linked" if target.last_contact_on else "none"
    target.open_key = None if target.contact_status == "dropped" else 1


def _outcome(
    session: Session, plan: Plan, made: dict[int, Target], options: Options, actor: Actor
) -> Outcome:
    row = plan.line.row_no
    if plan.faults:
        return Outcome(row, "rejected", reason="；".join(str(fault.message) for fault in plan.faults))
    if plan.suspects:
        return Outcome(row, "skipped", reason=_("库里有几家同名企业，没有选是哪一家"))
    if row in made:
        said = _note(session, made[row], plan, plan.contacts, actor)
        return Outcome(row, "created", made[row].id, after={"follow_ups": said})
    if plan.existing is None:
        return Outcome(row, "rejected", reason=_("企业已注销、吊销或迁出，或与前面的行重复，不能列入。"))
    if options.existing == "skip":
        return Outcome(row, "skipped", plan.existing.id, reason=_("名单里已有，选了不更新"))
    return _update(session, plan, plan.existing, options, actor)


def _update(session: Session, plan: Plan, target: Target, options: Options, actor: Actor) -> Outcome:
    pairs = plan.changes()
    if options.existing == "fill":
        pairs = {name: pair for name, pair in pairs.items() if pair[0] in (None, "")}
    quiet = target.quiet_since
    if (
        "last_contact_on" in pairs
        and target.last_contact_on
        and target.last_contact_on > pairs["last_contact_on"][1]
    ):
        pairs.pop("last_contact_on")
    for name, (_old, new) in pairs.items():
        setattr(target, name, new)
    if "contact_status" in pairs:
        state = (target.previous_status, target.open_key)
        target.previous_status = pairs["contact_status"][0]
        target.open_key = None if target.contact_status == "dropped" else 1
        pairs |= {
            "previous_status": (state[0], target.previous_status),
            "open_key": (state[1], target.open_key),
        }
    if target.quiet_since != quiet:
        pairs["quiet_since"] = (quiet, target.quiet_since)
    said = _note(session, target, plan, _unknown(session, target, plan.contacts), actor)
    if not pairs and not said:
        return Outcome(plan.line.row_no, "unchanged", target.id)
    before = {name: old for name, (old, _new) in pairs.items()}
    after = {name: new for name, (_old, new) in pairs.items()} | {"follow_ups": said}
    return Outcome(plan.line.row_no, "updated", target.id, before, after)


def _unknown(session: Session, target: Target, contacts: Sequence[Contact]) -> list[Contact]:
    """Contacts that are not noted yet: the same words on the same day are one."""
    if not contacts:
        return []
    rows = session.scalars(
        select(FollowUp).where(FollowUp.kind == service.KIND, FollowUp.record_id == target.id)
    )
    known = {(clock.local(row.at).date(), row.summary) for row in rows}
    return [each for each in contacts if (each.on, each.words) not in known]


def _note(
    session: Session, target: Target, plan: Plan, contacts: Sequence[Contact], actor: Actor
) -> list[int]:
    """Contacts as follow-ups, in whose name the sheet came in; their ids."""
    if not contacts:
        return []
    values = plan.line.values
    ours = [owners(values)[1] or actor.name]
    made = [
        FollowUp(
            kind=service.KIND,
            record_id=target.id,
            unit_id=target.unit_id,
            at=min(datetime.combine(each.on, AT, clock.SHANGHAI), clock.now()),
            how=values.get("how") or "call",
            our_people=ours,
            their_people=[],
            summary=each.words,
            next_step="",
            account_id=actor.account_id,
            account_name=actor.name,
        )
        for each in contacts
    ]
    _last_plans(made[-1], values)
    session.add_all(made)
    session.flush()
    return [each.id for each in made]


def _last_plans(follow_up: FollowUp, values: Any) -> None:
    follow_up.next_step = str(values.get("next_step") or "")[:300]
    follow_up.next_on = values.get("next_on")
