"""The state of a list in its address."""

import pytest
from flask import Flask

from webapp.web.listing import Filter, ListState

FILTERS = [
    Filter("q", "名称"),
    Filter("status", "状态", [("open", "在办"), ("done", "办结"), ("lost", "流失")]),
]
SORTS = {"name": "名称", "due": "期限"}


def _state(app: Flask, query: str) -> ListState:
    with app.test_request_context(f"/admin/accounts?{query}"):
        return ListState(FILTERS, SORTS, "due")


@pytest.mark.parametrize(
    ("query", "page", "size", "sort"),
    [
        ("", 1, 50, "due"),
        ("page=3&size=20&sort=-name", 3, 20, "-name"),
        ("page=0&size=1000&sort=password", 1, 50, "due"),
        ("page=-1&size=x&sort=--name", 1, 50, "due"),
        ("page=99999999999999999999&size=20", 1, 20, "due"),
        ("page=³", 1, 50, "due"),
    ],
)
def test_a_bad_address_falls_back(app: Flask, query: str, page: int, size: int, sort: str) -> None:
    found = _state(app, query).query
    assert (found.page, found.size, found.sort) == (page, size, sort)


def test_only_known_values_filter(app: Flask) -> None:
    state = _state(app, "status=open&status=evil&status=done&status=open&q=%20 光电 &other=1")
    assert state.query.all("status") == ("open", "done")
    assert state.query.one("q") == "光电"
    assert "other" not in state.query.filters


def test_addresses_carry_the_state_and_a_change_starts_at_page_one(app: Flask) -> None:
    with app.test_request_context("/admin/accounts?status=open&status=done&page=4&size=20"):
        state = ListState(FILTERS, SORTS, "due")
        assert state.url(page=5) == "/admin/accounts?status=open&status=done&size=20&page=5"
        assert state.sort_url("name") == "/admin/accounts?status=open&status=done&size=20&sort=name"
        assert [chip.without for chip in state.chips()] == [
            "/admin/accounts?status=done&size=20",
            "/admin/accounts?status=open&size=20",
        ]
        assert state.clear_url() == "/admin/accounts?size=20"


def test_a_second_click_turns_the_order_round(app: Flask) -> None:
    with app.test_request_context("/admin/accounts?sort=name"):
        state = ListState(FILTERS, SORTS, "due")
        assert state.sort_url("name") == "/admin/accounts?sort=-name"
        assert state.direction("name") == "ascending"
        assert state.direction("due") is None


def test_page_numbers_leave_gaps(app: Flask) -> None:
    state = _state(app, "page=10")
    assert state.page_numbers(20) == [1, None, 8, 9, 10, 11, 12, None, 20]
    assert state.page_numbers(1) == [1]
    assert _state(app, "").page_numbers(3) == [1, 2, 3]
