"""Rates with their true denominators (T23), groups of the queue, what a submission must say."""

from datetime import date, datetime

import pytest

from core.clock import SHANGHAI
from core.deadlines import Term, Unit
from crm.service_requests import rules, terms
from crm.service_requests.lifecycle import REQUEST

HUNDRED = rules.Tally(
    closed_in_time=80, closed_late=6, overdue_open=4, called_back=60, solved=45, content=40, fairly_content=12,
    rated=60,
)  # fmt: skip


def test_rates_of_a_hundred_requests() -> None:
    assert str(rules.in_time_rate(HUNDRED)) == "88.89"
    assert str(rules.solved_rate(HUNDRED)) == "75.00"
    assert str(rules.satisfaction_rate(HUNDRED)) == "86.67"
    assert str(rules.participation_rate(HUNDRED)) == "69.77"


def test_a_denominator_of_nought_has_no_rate() -> None:
    nothing = rules.Tally(0, 0, 0, 0, 0, 0, 0, 0)
    assert rules.in_time_rate(nothing) is None
    assert rules.satisfaction_rate(nothing) is None


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("due", "group"),
    [
        ("2026-11-24 08:59", "late"),
        ("2026-11-24 23:59", "today"),
        ("2026-12-01 23:59", "soon"),
        ("2026-12-02 23:59", "later"),
        (None, "later"),
    ],
)
def test_the_queue_groups_by_when_things_are_due(due: str | None, group: str) -> None:
    moment = at(due) if due else None
    assert rules.group_of(moment, at("2026-11-24 09:00"), date(2026, 12, 1)) == group


def test_a_submission_names_everything_that_it_lacks() -> None:
    faults = rules.submission_faults({"title": " ", "content": "请帮忙", "category": "x"})
    assert [fault.field for fault in faults] == ["title", "content", "category", "nature"]


def test_the_views_of_the_desk_cover_every_state_once_but_the_unsigned() -> None:
    shown = [code for view, codes in rules.VIEWS.items() if view != "unsigned" for code in codes]
    assert sorted(shown) == sorted(REQUEST.codes())


def test_terms_come_from_the_table() -> None:
    found = terms.present()
    assert found.close_for("help") == Term(5, Unit.WORKDAYS)
    assert found.close_for("complaint") == Term(10, Unit.WORKDAYS)
    assert found.accept == Term(2, Unit.WORKHOURS)
    assert (found.max_extensions, found.max_extra_days, found.ask_before_wd) == (1, 15, 1)
