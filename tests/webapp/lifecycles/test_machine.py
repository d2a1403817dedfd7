"""Walks every table at random, as people and the clock would: the judge never lets a step through that it lacks."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core import lifecycle as lc
from core.errors import Refused
from core.permissions import SYSTEM
from webapp.staff.lifecycles.tables import TABLES


class Walk(RuleBasedStateMachine):
    """One record of one table; facts come and go, steps are tried in and out of turn."""

    table: lc.Lifecycle

    def __init__(self) -> None:
        super().__init__()
        self.state, self.before = self.table.initial, self.table.initial
        self.facts: dict[str, Any] = {}

    def _given(self) -> dict[str, Any]:
        return {**self.facts, "previous_state": self.before}

    def _gaps(self, verb: str) -> set[tuple[str | None, str]] | None:
        """What the offer of a step names; None when it is not offered here."""
        for offer in lc.offers(self.table, self.state, self._given(), actor=SYSTEM):
            if offer.step.verb == verb:
                return {(gap.field, gap.code) for gap in offer.missing}
        return None

    @rule(data=st.data())
    def a_field_is_filled_or_emptied(self, data: st.DataObject) -> None:
        names = sorted({need.field for step in self.table.steps for need in step.all_needs()})
        if names:
            name = data.draw(st.sampled_from(names))
            self.facts[name] = data.draw(st.sampled_from((None, "", "已填")))

    @rule(data=st.data())
    def any_verb_is_tried(self, data: st.DataObject) -> None:
        verb = data.draw(st.sampled_from(sorted({step.verb for step in self.table.steps})))
        step, offered = self.table.step(self.state, verb), None
        try:
            if step is not None and not step.automatic:
                offered = self._gaps(verb)
            asked_by = data.draw(st.sampled_from((None, SYSTEM.account_id, 7)))
            passage = lc.check(self.table, self.state, verb, self._given(), actor=SYSTEM, asked_by=asked_by)
        except (TypeError, KeyError, AttributeError):
            return  # a guard over figures met the text that this walk fills in everywhere
        except Refused as refused:
            named = {(gap.field, gap.code) for gap in refused.missing}
            assert named
            if step is None:
                assert {code for _field, code in named} <= {"not_from_here", "closed"}
            elif offered is not None:
                assert offered <= named
            return
        assert step is not None
        assert not offered
        assert not step.second or asked_by == 7
        assert passage.target in self.table.targets(step)
        assert not self.table.closed(self.state) or step.kind is lc.StepKind.REOPEN
        if passage.target != self.state:
            self.before, self.state = self.state, passage.target

    @invariant()
    def it_stands_somewhere_in_the_table(self) -> None:
        assert self.state in self.table.codes()

    @invariant()
    def a_closed_record_is_locked(self) -> None:
        if self.table.closed(self.state):
            with pytest.raises(Refused):
                lc.ensure_open(self.table, self.state)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_no_walk_breaks_the_table(table: lc.Lifecycle) -> None:
    machine = type(f"Walk_{table.code}", (Walk,), {"table": table})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=15, stateful_step_count=25, deadline=None)
    )
