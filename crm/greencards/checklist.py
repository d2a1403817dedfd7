"""The checklist of a service case: its template, what may begin, its clocks. Pure functions (DOMAIN 2.3, 9)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

from core.deadlines import Deadline, Pause, Term, Timing, Unit, reckon
from core.i18n import lazy as _l
from core.workdays import WorkCalendar

TEMPLATE: Final = Path(__file__).resolve().parents[2] / "data" / "rules" / "service_case_template.json"
FINISHED: Final = ("done", "not_needed")


@dataclass(frozen=True)
class TemplateStep:
    """A step as the template has it. `promised_wd` is a proposal; legal days are never in the template."""

    code: str
    title: str
    after: tuple[str, ...]
    owner: str
    promised_wd: int | None
    evidence: str
    project_stage: str | None


@dataclass(frozen=True)
class Cause:
    """Why a step stands still, whose doing that is, and whether the clock stops for it."""

    code: str
    label: Any
    party: str
    stops_clock: bool


CAUSES: Final = {
    cause.code: cause
    for cause in (
        Cause("enterprise_papers", _l("等企业补正材料"), "enterprise", True),
        Cause("enterprise_choice", _l("企业自己要求暂缓"), "enterprise", True),
        Cause("hearing", _l("听证"), "department", True),
        Cause("appraisal", _l("检验、检测、鉴定"), "department", True),
        Cause("expert_review", _l("专家评审"), "department", True),
        Cause("department", _l("部门内部原因（不停表）"), "department", False),
    )
}
CARRIED_WORDS: Final[Mapping[str, Any]] = {
    "stage": _l("依据项目阶段记录。"),
    "later": _l("建专班前已办结：项目已到后面的阶段，办结日不晚于此日。"),
}
PARTY_LABELS: Final[Mapping[str, Any]] = {"enterprise": _l("企业"), "department": _l("部门")}


class PauseLike(Protocol):
    began_at: datetime
    ended_at: datetime | None
    stops_clock: bool
    reason: str


@cache
def template() -> tuple[TemplateStep, ...]:
    """The steps in an order in which each comes after those it depends on. ValueError on a cycle."""
    rows = json.loads(TEMPLATE.read_text(encoding="utf-8"))["steps"]
    return in_order(
        [
            TemplateStep(
                code=row["code"],
                title=row["title"],
                after=tuple(row["after"]),
                owner=row["owner"],
                promised_wd=row["promised_wd"],
                evidence=row["evidence"],
                project_stage=row["project_stage"],
            )
            for row in rows
        ]
    )


def in_order(steps: Sequence[TemplateStep]) -> tuple[TemplateStep, ...]:
    """The steps as given, when each depends only on earlier ones. ValueError names the first that does not."""
    seen: set[str] = set()
    for step in steps:
        if ahead := [code for code in step.after if code not in seen]:
            raise ValueError(f"{step.code} comes before {', '.join(ahead)}, which it depends on")
        seen.add(step.code)
    return tuple(steps)


def blocked_by(after: Iterable[str], states: Mapping[str, str]) -> list[str]:
    """The steps (codes) that must still be finished; what a case does not have blocks nothing."""
    return [code for code in after if code in states and states[code] not in FINISHED]


def depends_on(code: str, after: Mapping[str, Iterable[str]]) -> set[str]:
    """Every step that waits for `code`, directly or through others."""
    found: set[str] = set()
    edge = {code}
    while edge:
        edge = {name for name, needs in after.items() if name not in found and edge & set(needs)}
        found |= edge
    return found


@dataclass(frozen=True)
class Carried:
    """A step that was taken before the case opened. `inferred`: known only from a later stage of the project."""

    on: date
    inferred: bool


def carried_over(steps: Sequence[TemplateStep], days: Mapping[str, date | None]) -> dict[str, Carried]:
    """Steps that the project has already taken: by the day of its stage, or because a later stage needs them.

    A project that has started building has had its filing and its permits, whenever that was: at the latest
    on the day of the stage that needs them.
    """
    known = {step.code: day for step in steps if step.project_stage and (day := days.get(step.project_stage))}
    after = {step.code: step.after for step in steps}
    taken: dict[str, Carried] = {}
    for step in steps:
        later = [known[code] for code in depends_on(step.code, after) if code in known]
        if step.code in known:
            taken[step.code] = Carried(known[step.code], inferred=False)
        elif later:
            taken[step.code] = Carried(min(later), inferred=True)
    return taken


def term_of(promised_wd: int | None, legal_wd: int | None) -> Term | None:
    """What the clock runs against: the shorter of promise and law; None while neither is known."""
    known = [days for days in (promised_wd, legal_wd) if days]
    return Term(min(known), Unit.WORKDAYS) if known else None


def deadline_of(
    *,
    promised_wd: int | None,
    legal_wd: int | None,
    started_at: datetime | None,
    done_at: datetime | None,
    pauses: Iterable[PauseLike],
    calendar: WorkCalendar,
    now: datetime,
) -> Deadline | None:
    """The clock of a step; None before it starts and while it has no term."""
    term = term_of(promised_wd, legal_wd)
    if term is None or started_at is None:
        return None
    stops = tuple(
        Pause(pause.began_at, pause.ended_at, pause.reason) for pause in pauses if pause.stops_clock
    )
    return reckon(Timing(started_at, term, stops, stopped_at=done_at), calendar, now)


def progress(states: Iterable[str]) -> tuple[int, int]:
    """(finished, all): what is not needed counts in neither."""
    needed = [state for state in states if state != "not_needed"]
    return needed.count("done"), len(needed)
