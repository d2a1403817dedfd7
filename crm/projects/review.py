"""The steps of admission (B3): the park submits, the promotion office records what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core import audit, clock
from core import lifecycle as lc
from core.dirty import touch
from core.errors import Fault, Invalid, Missing, NotPermitted, Refused
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.projects import access
from crm.projects.admission import ADMISSION
from crm.projects.facts import KIND, facts_of, tier_now
from crm.projects.lifecycle import PROJECT
from crm.projects.models import Project
from crm.projects.service import reachable

RECORDED = ("admission_doc_no", "admission_decided_on", "admission_conditions", "recheck_note")


@dataclass(frozen=True)
class ReviewInput:
    """What was decided: paper, day, conditions."""

    admission_doc_no: str = ""
    admission_decided_on: date | None = None
    admission_conditions: str = ""
    recheck_note: str = ""
    reason: str = ""
    waivers: Mapping[str, str] = field(default_factory=dict)


def take(
    session: Session, public_id: str, verb: str, given: ReviewInput, *, version: int | None, actor: Actor
) -> Project:
    """Take one step of admission. Raises Refused naming everything that is missing."""
    project = reachable(session, public_id, access.VIEW, version, actor=actor)
    lc.ensure_open(PROJECT, project.stage)
    step = ADMISSION.step(project.admission_state, verb)
    if step is not None and not access.covers(actor, step.permission, project):
        raise NotPermitted()
    said = {name: getattr(given, name) for name in RECORDED if getattr(given, name)}
    if verb == "restart" and project.stage != PROJECT.initial:
        message = _l("项目已过准入关。要重新办理准入，先把阶段退回“在谈”。")
        raise Refused([Missing("admission_state", "stage_passed", message)])
    facts = {**facts_of(session, project), **dict.fromkeys(RECORDED), **said, "reason": given.reason}
    passage = lc.check(ADMISSION, project.admission_state, verb, facts, actor=actor, waivers=given.waivers)
    _check_day(given)
    before, project.admission_state = project.admission_state, passage.target
    for name, value in said.items():
        setattr(project, name, value)
    if passage.target == "drafting":
        _start_again(project)
    changes = audit.changes_of(project)
    session.flush()
    shown: dict[str, tuple[Any, Any]] = {name: changes[name] for name in RECORDED if name in changes}
    audit.record(
        f"projects.admission_{verb}", KIND, project.id, actor=actor, label=project.label,
        changes={"admission_state": (before, project.admission_state), **shown}, reason=given.reason.strip(),
    )  # fmt: skip
    touch(KIND, [project.id])
    return project


def _start_again(project: Project) -> None:
    """Another round judges by the present figures; what was decided before stays in the audit trail."""
    project.admission_tier = tier_now(project).tier.value
    project.admission_doc_no, project.admission_decided_on, project.admission_conditions = "", None, ""


def _check_day(given: ReviewInput) -> None:
    if given.admission_decided_on is not None and given.admission_decided_on > clock.today():
        raise Invalid(Fault("admission_decided_on", "future", _l("结论日期不能晚于今天。")))
