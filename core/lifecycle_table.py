"""What a lifecycle table is made of: states, steps, and what a step needs. `core.lifecycle` judges by it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from core.i18n import lazy as _l

Facts = Mapping[str, Any]
Text = Any
Test = Callable[[Facts], bool]

PREVIOUS: Final = "<previous>"
"""Target of a step that returns to the state before the pause; pass it as `facts["previous_state"]`."""


class StepKind(StrEnum):
    FORWARD = "forward"
    SIDE = "side"
    ROLLBACK = "rollback"
    REOPEN = "reopen"


@dataclass(frozen=True)
class State:
    """A place in the lifecycle. `closed` ends it: only a REOPEN step leads out; `locked` forbids edits only."""

    code: str
    label: Text
    closed: bool = False
    locked: bool = False
    tone: str = ""


@dataclass(frozen=True)
class Need:
    """A field, or a piece of evidence (`file=True`), that a step cannot do without.

    `when` limits it to some records; `waivable` lets "cannot be provided, because …" stand for it.
    """

    field: str
    label: Text
    waivable: bool = False
    when: Test | None = None
    file: bool = False


@dataclass(frozen=True)
class Guard:
    """A condition over the facts, with the sentence that tells what to do when it fails.

    `uses` names the facts it reads: while one of them is blank the guard fails too, unless that blank
    is reported by a Need already, or was waived.
    """

    code: str
    message: Text | Callable[[Facts], Text]
    check: Test
    uses: tuple[str, ...] = ()
    field: str | None = None
    waivable: bool = False
    when: Test | None = None

    def words(self, facts: Facts) -> Text:
        return self.message(facts) if callable(self.message) else self.message


@dataclass(frozen=True)
class Step:
    """One verb out of one or several states.

    `approval` demands `facts["approval"]`, the number of a document or of minutes. `automatic` steps are
    taken by the clock; a person cannot take them. `second` is the permission of another person, who lets the
    step pass once somebody with `permission` has asked for it (`core.step_requests`).
    """

    verb: str
    label: Text
    sources: tuple[str, ...]
    to: str
    permission: str
    needs: tuple[Need, ...] = ()
    guards: tuple[Guard, ...] = ()
    kind: StepKind = StepKind.FORWARD
    approval: bool = False
    automatic: bool = False
    second: str = ""

    def all_needs(self) -> tuple[Need, ...]:
        """Declared needs, and those that follow from the kind of step."""
        more: list[Need] = []
        declared = {need.field for need in self.needs}
        if self.kind in (StepKind.ROLLBACK, StepKind.REOPEN) and "reason" not in declared:
            more.append(Need("reason", _l("事由")))
        if self.approval and "approval" not in declared:
            more.append(Need("approval", _l("审批依据（文号或纪要号）")))
        return (*self.needs, *more)


@dataclass(frozen=True)
class Lifecycle:
    """A table of states and steps. A table that contradicts itself raises ValueError at import."""

    code: str
    label: Text
    initial: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        faults = list(_contradictions(self))
        if faults:
            raise ValueError(f"lifecycle {self.code}: {'; '.join(faults)}")

    def state(self, code: str) -> State:
        for state in self.states:
            if state.code == code:
                return state
        raise KeyError(f"{self.code} has no state {code}")

    def label_of(self, code: str) -> Text:
        return self.state(code).label

    def codes(self) -> tuple[str, ...]:
        """Every state, in the order of the table; for the CHECK constraint of the model."""
        return tuple(state.code for state in self.states)

    def choices(self) -> list[tuple[str, Text]]:
        """(code, label) of every state, for filters."""
        return [(state.code, state.label) for state in self.states]

    def closed(self, code: str) -> bool:
        return self.state(code).closed

    def locked(self, code: str) -> bool:
        """Whether the record may no longer be edited in this state."""
        return self.state(code).closed or self.state(code).locked

    def closed_codes(self) -> tuple[str, ...]:
        return tuple(state.code for state in self.states if state.closed)

    def open_codes(self) -> tuple[str, ...]:
        return tuple(state.code for state in self.states if not state.closed)

    def steps_from(self, code: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if code in step.sources)

    def step(self, code: str, verb: str) -> Step | None:
        """The step `verb` out of state `code`, or None when it does not start there."""
        return next((step for step in self.steps_from(code) if step.verb == verb), None)

    def targets(self, step: Step) -> tuple[str, ...]:
        """Where a step can lead; a step back to PREVIOUS, to every state that leads into its sources."""
        if step.to != PREVIOUS:
            return (step.to,)
        return tuple(
            dict.fromkeys(
                source
                for other in self.steps
                if other.to in step.sources
                for source in other.sources
                if source not in step.sources
            )
        )


def _contradictions(lifecycle: Lifecycle) -> Iterator[str]:
    codes = [state.code for state in lifecycle.states]
    known = set(codes)
    if len(known) != len(codes):
        yield "a state stands twice"
    if lifecycle.initial not in known:
        yield f"unknown initial state {lifecycle.initial}"
    taken: set[tuple[str, str]] = set()
    for step in lifecycle.steps:
        if step.to != PREVIOUS and step.to not in known:
            yield f"{step.verb} leads to the unknown {step.to}"
        for source in step.sources:
            if source not in known:
                yield f"{step.verb} starts in the unknown {source}"
            elif lifecycle.closed(source) and step.kind is not StepKind.REOPEN:
                yield f"{step.verb} leaves the closed {source}"
            if (source, step.verb) in taken:
                yield f"{step.verb} stands twice in {source}"
            taken.add((source, step.verb))
