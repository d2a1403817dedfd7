"""The walk through the product in a real browser: from a sheet of firms to a firm that is served."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import steps_card as card
from tests.browser import steps_finding as finding
from tests.browser import steps_lead as lead
from tests.browser import steps_project as project
from tests.browser import steps_register as register
from tests.browser import steps_request as request
from tests.browser import steps_targets as targets
from tests.browser.walker import Found, Walk
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser


def test_from_a_gap_in_the_chain_to_a_factory_that_is_served(
    page_as: Callable[..., Page], shot: Callable[..., None], watch: Watch, tmp_path: Path
) -> None:
    """All eight steps on one running product, each taken by the role that takes it.

    No window may report a script error, a breach of the content policy or an answer of 4xx or 5xx
    where the step does not expect it: `watch` asserts that at the end.
    """
    walk, found = Walk(page_as, shot, watch, tmp_path), Found()
    register.import_a_sheet(walk)
    targets.open_a_gap(walk)
    targets.list_a_candidate(walk, found)
    lead.register_a_lead(walk, found)
    lead.answer_and_study(walk, found)
    lead.follow_up(walk, found)
    lead.become_a_project(walk, found)
    project.write_the_plan(walk, found)
    project.file_the_admission(walk, found)
    project.sign_the_contract(walk, found)
    project.register_the_company(walk, found)
    project.receive_money(walk, found)
    card.apply_for_a_card(walk, found)
    card.review_by_three_people(walk, found)
    card.check_the_card(walk, found)
    card.work_on_the_checklist(walk, found)
    project.build_and_produce(walk, found)
    project.move_on_the_board(walk)
    request.invite_the_firm(walk)
    request.see_card_and_steps(walk, found)
    request.ask_for_help(walk, found)
    request.accept_dispatch_and_answer(walk, found)
    request.finish_and_review(walk, found)
    request.call_back(walk)
    request.rate(walk, found)
    finding.measure_a_firm(walk)
    finding.find_each_kind(walk, found)
    finding.suggest_while_typing(walk)
    finding.another_zone_finds_nothing(walk, found)
    finding.leader_reads(walk, found)
    watch.assert_quiet()
