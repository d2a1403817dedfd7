"""A list's state in its address, with the register as the list."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from core.db import db
from core.lists.fields import Asking
from core.permissions import Actor
from crm.enterprises.listing import LIST
from webapp.web.list_state import State

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def state(app: Flask, actor: Callable[[str], Actor]) -> Callable[..., State]:
    who = actor("leader")

    def make(*pairs: tuple[str, str]) -> State:
        return State(LIST, MultiDict(pairs), Asking(db.session(), who), path="/enterprises")

    return make


def test_a_bad_address_falls_back(state: Callable[..., State]) -> None:
    bad = state(
        ("page", "-1"), ("size", "9"), ("sort", "password"), ("group", "x"), ("w", "??"), ("size", "1e9")
    )
    assert (bad.query.page, bad.query.size, bad.query.sort) == (1, 50, "name")
    assert bad.query.conditions == () and bad.url() == "/enterprises"


@pytest.mark.parametrize(
    ("pairs", "page", "size", "sort"),
    [
        ((), 1, 50, "name"),
        ((("page", "3"), ("size", "20"), ("sort", "-revenue")), 3, 20, "-revenue"),
        ((("page", "0"), ("size", "1000"), ("sort", "password")), 1, 50, "name"),
        ((("page", "-1"), ("size", "x"), ("sort", "--name")), 1, 50, "name"),
        ((("page", "99999999999999999999"),), 1, 50, "name"),
        ((("page", "³"),), 1, 50, "name"),
    ],
)
def test_page_size_and_order_fall_back_each_by_itself(
    state: Callable[..., State], pairs: tuple[tuple[str, str], ...], page: int, size: int, sort: str
) -> None:
    found = state(*pairs).query
    assert (found.page, found.size, found.sort) == (page, size, sort)


def test_any_change_but_of_the_page_starts_at_page_one(state: Callable[..., State]) -> None:
    found = state(("scale", "small"), ("page", "4"), ("size", "20"))
    assert found.url(page=5) == "/enterprises?scale=small&size=20&page=5"
    assert found.sort_url("revenue") == "/enterprises?scale=small&sort=revenue&size=20"
    assert found.clear_url() == "/enterprises?size=20"


def test_a_second_click_turns_the_order_round(state: Callable[..., State]) -> None:
    found = state(("sort", "revenue"))
    assert found.sort_url("revenue") == "/enterprises?sort=-revenue"
    assert found.direction("revenue") == "ascending" and found.direction("name") is None


def test_page_numbers_leave_gaps(state: Callable[..., State]) -> None:
    assert state().page_numbers(10, 20) == [1, None, 8, 9, 10, 11, 12, None, 20]
    assert state().page_numbers(1, 1) == [1]
    assert state().page_numbers(1, 3) == [1, 2, 3]


def test_one_condition_is_named_and_a_group_is_written_out(state: Callable[..., State]) -> None:
    found = state(
        ("scale", "small"), ("scale", "huge"), ("scale", "micro"), ("w", "above_scale:is:yes|honour:hte")
    )
    assert found.url(sort="-revenue") == (
        "/enterprises?scale=small&scale=micro&w=above_scale%3Ais%3Ayes%7Chonour%3Ain%3Ahte&sort=-revenue"
    )
    assert found.query.all("scale") == ("small", "micro")


def test_chips_say_the_conditions_and_lead_to_the_list_without_them(state: Callable[..., State]) -> None:
    groups = state(("scale", "small"), ("w", "above_scale:yes|revenue:ge:1000")).chips()
    said = [[(str(chip.label), chip.value) for chip in group.chips] for group in groups]
    assert said == [[("规模", "小型")], [("规上", "是"), ("营收", "不少于 1000 万元")]]
    assert groups[1].chips[0].without == "/enterprises?scale=small&w=revenue%3Age%3A1000"
    assert groups[0].chips[0].without == "/enterprises?w=above_scale%3Ais%3Ayes%7Crevenue%3Age%3A1000"
    assert (
        groups[1].join == "/enterprises?w=scale%3Ain%3Asmall%7Cabove_scale%3Ais%3Ayes%7Crevenue%3Age%3A1000"
    )
    assert groups[1].split == "/enterprises?scale=small&above_scale=yes&w=revenue%3Age%3A1000"


def test_columns_are_chosen_in_order_and_the_first_always_leads(state: Callable[..., State]) -> None:
    found = state(("cols", "park,nonsense,name,uscc,park"))
    assert [column.name for column in found.columns] == ["name", "park", "uscc"]
    assert found.url() == "/enterprises?cols=park%2Cname%2Cuscc%2Cpark"


def test_a_condition_is_added_without_script(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    page = client.get("/enterprises?scale=small&add=revenue").get_data(as_text=True)
    assert 'name="add" value="revenue"' in page and "万元" in page
    answer = client.get("/enterprises?scale=small&add=revenue&op=between&val=1000&val=5000&with=")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/enterprises?scale=small&w=revenue%3Abetween%3A1000%2C5000")
    joined = client.get("/enterprises?scale=small&add=revenue&op=ge&val=1000&with=0").headers["Location"]
    assert "w=scale%3Ain%3Asmall%7Crevenue%3Age%3A1000" in joined
    wrong = client.get("/enterprises?add=revenue&op=ge&val=很多", follow_redirects=True).get_data(
        as_text=True
    )
    assert "这个值看不懂" in wrong


@pytest.mark.parametrize(
    "query",
    ["w=name%3Ahas", "w=" + "%7C" * 300, "page=0&after=%00", "w=revenue:ge:1e308", "w=park:in:9999999999999999999",
     "sort=--name", "cols=" + "name," * 500, "w=updated:last:99999999999", "w=updated:between:0001-01-01,9999-12-31"],
)  # fmt: skip
def test_no_address_breaks_the_list(client_as: ClientAs, query: str) -> None:
    assert client_as("spec_a").get(f"/enterprises?{query}").status_code in (200, 400)


def test_htmx_gets_the_rows_alone(client_as: ClientAs) -> None:
    answer = client_as("spec_a").get("/enterprises", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in answer


def test_the_old_addresses_still_filter(client_as: ClientAs) -> None:
    page = client_as("spec_a").get("/enterprises?region=510000&listed=yes").get_data(as_text=True)
    assert "地区 <b>四川</b>" in page and "上市 <b>是</b>" in page
