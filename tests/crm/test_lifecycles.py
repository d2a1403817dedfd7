"""Walks every lifecycle table of the business, whichever areas there are."""

import importlib
import pkgutil
import re

import pytest

import crm
from core import lifecycle as lc
from core.errors import Refused
from core.permissions import SYSTEM


def _tables() -> list[lc.Lifecycle]:
    found = []
    for area in pkgutil.iter_modules(crm.__path__):
        if not area.ispkg:
            continue
        package = importlib.import_module(f"crm.{area.name}")
        if "lifecycle" not in {module.name for module in pkgutil.iter_modules(package.__path__)}:
            continue
        module = importlib.import_module(f"crm.{area.name}.lifecycle")
        found += [value for value in vars(module).values() if isinstance(value, lc.Lifecycle)]
    return found


TABLES = _tables()
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)


def test_there_are_tables_and_their_codes_are_unique() -> None:
    codes = [table.code for table in TABLES]
    assert codes
    assert len(set(codes)) == len(codes)


@each_table
def test_every_state_can_be_reached_from_the_first(table: lc.Lifecycle) -> None:
    reached, edge = {table.initial}, [table.initial]
    while edge:
        for step in table.steps_from(edge.pop()):
            for target in table.targets(step):
                if target not in reached:
                    reached.add(target)
                    edge.append(target)
    assert reached == set(table.codes())


@each_table
def test_every_open_state_leads_to_a_closed_one(table: lc.Lifecycle) -> None:
    if not table.closed_codes():
        pytest.skip(f"{table.code} runs in a circle")
    ending = set(table.closed_codes())
    while more := {
        code for code in table.open_codes() if code not in ending
        and any(target in ending for step in table.steps_from(code) for target in table.targets(step))
    }:  # fmt: skip
        ending |= more
    assert ending == set(table.codes())


@each_table
def test_only_a_reopening_leaves_a_closed_state(table: lc.Lifecycle) -> None:
    for code in table.closed_codes():
        assert all(step.kind is lc.StepKind.REOPEN for step in table.steps_from(code))


@each_table
def test_permissions_and_labels_are_well_formed(table: lc.Lifecycle) -> None:
    for step in table.steps:
        assert re.fullmatch(r"[a-z_]+:[a-z_]+:[a-z_]+", step.permission), step.verb
        assert re.fullmatch(r"[a-z][a-z_]*", step.verb)
        assert re.search(r"[\u4e00-\u9fff]", str(step.label)), step.verb
        for need in step.needs:
            assert re.search(r"[\u4e00-\u9fff]", str(need.label)), (step.verb, need.field)
    for state in table.states:
        assert re.search(r"[\u4e00-\u9fff]", str(state.label)), state.code


@each_table
def test_rollbacks_and_reopenings_demand_a_reason(table: lc.Lifecycle) -> None:
    for step in table.steps:
        if step.kind in (lc.StepKind.ROLLBACK, lc.StepKind.REOPEN):
            with pytest.raises(Refused) as refused:
                lc.check(table, step.sources[0], step.verb, {}, actor=SYSTEM)
            assert "reason" in {gap.field for gap in refused.value.missing}


@each_table
def test_every_guard_survives_an_empty_record_and_says_what_to_do(table: lc.Lifecycle) -> None:
    for code in table.codes():
        for offer in lc.offers(table, code, {}, actor=SYSTEM):
            for gap in offer.missing:
                assert str(gap.message).strip(), (code, offer.step.verb)


@each_table
def test_a_verb_from_a_state_where_it_does_not_start_is_refused(table: lc.Lifecycle) -> None:
    verbs = {step.verb for step in table.steps}
    for code in table.codes():
        for verb in verbs - {step.verb for step in table.steps_from(code)}:
            with pytest.raises(Refused) as refused:
                lc.check(table, code, verb, {}, actor=SYSTEM)
            assert refused.value.missing[0].code in ("not_from_here", "closed")
