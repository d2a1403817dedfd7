"""Lifecycles as tables: states and steps, read by services, views, documents and tests alike.

An area declares one `Lifecycle` in `crm/<area>/lifecycle.py`. Its service asks `check(...)` before it
changes a state; its page asks `offers(...)` which steps to show and what each still lacks. A refusal
names *every* missing field and failing guard at once.

Facts are a plain mapping of field name to value, gathered by the service from the record and the form.
Guards are pure functions of the facts; they never query.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core.errors import Missing, NotPermitted, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.lifecycle_table import PREVIOUS, Facts, Guard, Lifecycle, Need, State, Step, StepKind, Test
from core.permissions import Actor

__all__ = [
    "PREVIOUS",
    "Facts",
    "Guard",
    "Lifecycle",
    "Need",
    "Offer",
    "Passage",
    "State",
    "Step",
    "StepKind",
    "ask",
    "blank",
    "check",
    "check_edit",
    "ensure_open",
    "offers",
]

MIN_WAIVER: Final = 4
"""A reason of fewer characters explains nothing."""


@dataclass(frozen=True)
class Passage:
    """A step that may be taken: where from, where to, and which gaps were excused with which reason."""

    step: Step
    source: str
    target: str
    waived: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """A step as a page shows it: whether this person may take it, and what it still lacks."""

    step: Step
    target: str
    permitted: bool
    missing: tuple[Missing, ...]

    @property
    def ready(self) -> bool:
        return self.permitted and not self.missing


def check(
    lifecycle: Lifecycle,
    state: str,
    verb: str,
    facts: Facts,
    *,
    actor: Actor,
    waivers: Mapping[str, str] | None = None,
    asked_by: int | None = None,
) -> Passage:
    """Let a step pass, or say everything that it lacks.

    A step with a `second` passes only for somebody who holds that permission, when another one, `asked_by`,
    has asked for it.

    `waivers` maps a waivable field (or guard code) to the reason why it cannot be provided. Raises
    NotPermitted, or Refused whose `missing` lists all gaps; code `not_from_here` when the step does not
    start in `state`, `closed` when the record is locked. Reach over the record is the caller's question
    (`visible_to`), the permission itself is asked here.
    """
    step = _here(lifecycle, state, verb)
    amiss = _unapproved(step, actor, asked_by) if step.second else None
    return _pass(lifecycle, step, state, facts, step.second or step.permission, amiss, actor, waivers)


def ask(
    lifecycle: Lifecycle,
    state: str,
    verb: str,
    facts: Facts,
    *,
    actor: Actor,
    waivers: Mapping[str, str] | None = None,
) -> Passage:
    """The passage that somebody may ask another person for: all that the step needs is there already."""
    step = _here(lifecycle, state, verb)
    if not step.second:
        raise ValueError(f"{lifecycle.code}.{verb} needs no second person")
    return _pass(lifecycle, step, state, facts, step.permission, None, actor, waivers)


def _here(lifecycle: Lifecycle, state: str, verb: str) -> Step:
    step = lifecycle.step(state, verb)
    if step is None:
        raise Refused([_not_from_here(lifecycle, state, verb)])
    return step


def _unapproved(step: Step, actor: Actor, asked_by: int | None) -> Missing | None:
    if asked_by is None:
        return Missing(None, "not_asked", _("“%(verb)s”要先申请，由另一个人批准。", verb=step.label))
    if asked_by == actor.account_id:
        return Missing(None, "own_request", _l("自己申请的要由另一个人批准。"))
    return None


def _pass(
    lifecycle: Lifecycle,
    step: Step,
    state: str,
    facts: Facts,
    permission: str,
    amiss: Missing | None,
    actor: Actor,
    waivers: Mapping[str, str] | None,
) -> Passage:
    if not actor.can(permission) or (step.automatic and actor.kind != "system"):
        raise NotPermitted()
    actor.lean_on(permission)
    waived: dict[str, str] = {}
    missing = [*([amiss] if amiss else []), *_gaps(step, facts, waivers or {}, waived)]
    target = step.to if step.to != PREVIOUS else str(facts.get("previous_state") or "")
    if step.to == PREVIOUS and target not in lifecycle.targets(step):
        missing.append(Missing("previous_state", "previous_state", _l("不知道要恢复到哪个状态。")))
    if missing:
        raise Refused(missing, _("还不能“%(verb)s”。", verb=step.label))
    return Passage(step, state, target, waived)


def offers(lifecycle: Lifecycle, state: str, facts: Facts, *, actor: Actor) -> list[Offer]:
    """Every step out of `state` in the order of the table, with what it lacks; the clock's own are left out.

    Fields that the step's own form asks for are lacking here too; the page tells them apart by `field`.
    """
    found = []
    for step in lifecycle.steps_from(state):
        if not step.automatic:
            target = step.to if step.to != PREVIOUS else str(facts.get("previous_state") or "")
            found.append(Offer(step, target, _permitted(step, actor), tuple(_gaps(step, facts, {}, {}))))
    return found


def ensure_open(lifecycle: Lifecycle, state: str) -> None:
    """Raise Refused with code `closed` when a closed or locked record would be edited."""
    if lifecycle.locked(state):
        raise Refused([_locked(lifecycle, state)])


def check_edit(
    lifecycle: Lifecycle,
    passed: Sequence[str],
    state: str,
    touched: Mapping[str, Any],
    facts: Facts,
    *,
    excused: Mapping[str, str] | None = None,
) -> None:
    """Refuse an edit of a closed record, or one that blanks what a step already taken had required.

    `passed` are the verbs of the record's steps so far. Only `touched` fields are judged: an old gap
    elsewhere does not stop the edit.
    """
    ensure_open(lifecycle, state)
    after = {**facts, **touched}
    missing = [
        _absent(need)
        for step in lifecycle.steps
        if step.verb in passed
        for need in step.all_needs()
        if need.field in touched
        and need.field not in (excused or {})
        and _applies(need.when, after)
        and blank(after.get(need.field))
    ]
    if missing:
        unique = {gap.field: gap for gap in missing}
        raise Refused(list(unique.values()), _l("已走过的环节需要这些内容，不能清空。"))


def blank(value: Any) -> bool:
    """Whether a fact is not given: None, blank text, an empty collection. 0 and False are given."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, (list, tuple, set, frozenset, dict)) and not value


def _permitted(step: Step, actor: Actor) -> bool:
    return actor.can(step.permission) and (not step.automatic or actor.kind == "system")


def _applies(when: Test | None, facts: Facts) -> bool:
    return when is None or when(facts)


def _gaps(step: Step, facts: Facts, waivers: Mapping[str, str], waived: dict[str, str]) -> Iterator[Missing]:
    """Every gap of a step that is not waived; the waivers used are noted in `waived`."""
    absent: set[str] = set()
    for need in step.all_needs():
        if not _applies(need.when, facts) or not blank(facts.get(need.field)):
            continue
        absent.add(need.field)
        if need.waivable and _excused(need.field, waivers):
            waived[need.field] = waivers[need.field].strip()
        else:
            yield _absent(need)
    for guard in step.guards:
        if not _applies(guard.when, facts):
            continue
        unknown = {name for name in guard.uses if blank(facts.get(name))}
        if unknown & absent or (not unknown and guard.check(facts)):
            continue
        if guard.waivable and _excused(guard.code, waivers):
            waived[guard.code] = waivers[guard.code].strip()
        else:
            yield Missing(guard.field, guard.code, guard.words(facts), guard.waivable)


def _excused(name: str, waivers: Mapping[str, str]) -> bool:
    return len((waivers.get(name) or "").strip()) >= MIN_WAIVER


def _absent(need: Need) -> Missing:
    if need.file:
        words = _("还没有上传“%(label)s”。", label=need.label)
    else:
        words = _("还没有填写“%(label)s”。", label=need.label)
    return Missing(need.field, "file_missing" if need.file else "field_missing", words, need.waivable)


def _not_from_here(lifecycle: Lifecycle, state: str, verb: str) -> Missing:
    if lifecycle.closed(state):
        return _locked(lifecycle, state)
    label = next((step.label for step in lifecycle.steps if step.verb == verb), verb)
    message = _(
        "现在是“%(state)s”，不能直接“%(verb)s”。请按顺序办理。", state=lifecycle.label_of(state), verb=label
    )
    return Missing(None, "not_from_here", message)


def _locked(lifecycle: Lifecycle, state: str) -> Missing:
    message = _("这条记录已是“%(state)s”，内容已锁定。", state=lifecycle.label_of(state))
    return Missing(None, "closed", message)
