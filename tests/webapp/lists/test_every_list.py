"""What holds for every list: few statements however long it is, each state of it answers, each column writes."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from core.db import db
from core.lists.spec import ListSpec, all_specs

ClientAs = Callable[[str], FlaskClient]

ADDRESSES = [
    "/enterprises",
    "/enterprises/duplicates",
    "/enterprises/merges",
    "/enterprises/users",
    "/leads",
    "/projects",
    "/targets",
    "/greencards",
    "/greencards/cases",
    "/cultivation",
    "/imports",
    "/requests/list",
    "/chains",
    "/jobs",
    "/notices",
]
LOGS = {"/admin/accounts": "admin", "/messages/log": "admin", "/jobs": "admin", "/audit": "auditor"}
ELSEWHERE = {
    "duplicates": "/enterprises/duplicates",
    "merges": "/enterprises/merges",
    "enterprise_users": "/enterprises/users",
    "cases": "/greencards/cases",
    "requests": "/requests/list",
    "accounts": "/admin/accounts",
    "messages": "/messages/log",
}
MOST_STATEMENTS = 12


def _statements(client: FlaskClient, address: str) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([sql for sql in seen if not sql.startswith(("BEGIN", "PRAGMA"))])


@pytest.mark.parametrize(
    "address", [*ADDRESSES, "/projects/board", "/requests/board", "/leads/board", "/targets/board"]
)
def test_no_list_costs_more_than_twelve_statements(client_as: ClientAs, address: str) -> None:
    client = client_as("office")
    client.get(address)
    assert _statements(client, address) <= MOST_STATEMENTS


@pytest.mark.parametrize("address", LOGS)
def test_no_log_costs_more_either(client_as: ClientAs, address: str) -> None:
    client = client_as(LOGS[address])
    client.get(address)
    assert _statements(client, address) <= MOST_STATEMENTS


def _specs() -> list[ListSpec]:
    return [spec for spec in all_specs() if spec.endpoint]


@pytest.mark.parametrize(
    "key",
    [
        "enterprises",
        "leads",
        "projects",
        "targets",
        "greencards",
        "cases",
        "cultivation",
        "requests",
        "imports",
        "chains",
        "jobs",
        "notices",
        "accounts",
        "messages",
        "audit",
    ],
)
def test_every_sort_group_and_field_of_a_list_answers(client_as: ClientAs, key: str) -> None:
    spec = next(each for each in _specs() if each.key == key)
    address = ELSEWHERE.get(key, f"/{key}")
    client = client_as(LOGS.get(address, "office"))
    states = [f"sort={down}{name}" for name in spec.sorts for down in ("", "-")]
    states += [f"group={name}" for name in spec.groups]
    states += [f"add={field.name}" for field in spec.fields]
    for field in spec.fields:
        for op in field.ops:
            if op in ("empty", "filled"):
                states.append(f"w={field.name}:{op}")
            elif field.kind in ("number", "day", "text"):
                value = {"number": "10", "day": "2026-11-01", "text": "光电"}[field.kind]
                states.append(f"w={field.name}:{op}:{'30' if op in ('last', 'next') else value}")
            elif field.kind == "yesno":
                states += [f"{field.name}=yes", f"{field.name}=no"]
    for state in states:
        assert client.get(f"{address}?{state}").status_code == 200, state


def test_no_two_fields_and_no_parameter_of_the_address_share_a_name() -> None:
    taken = {
        "w",
        "v",
        "sort",
        "size",
        "page",
        "group",
        "cols",
        "after",
        "before",
        "add",
        "op",
        "val",
        "with",
        "all",
        "at",
    }
    for spec in _specs():
        names = [field.name for field in spec.fields]
        assert len(names) == len(set(names)), spec.key
        assert not taken.intersection(names), spec.key
        assert len({column.name for column in spec.columns}) == len(spec.columns), spec.key


WIDE = {"chains": 13, "targets": 10, "target_lists": 9, "target_versions": 11}
"""Columns of the lists that are forms of their own: figures of two digits, the official sheet of targets."""


def test_a_list_begins_with_no_more_columns_than_fit_a_page() -> None:
    """At 1280 px in English; what else there is waits to be chosen."""
    shown = {spec.key: sum(column.shown for column in spec.columns) for spec in all_specs()}
    assert {key: count for key, count in shown.items() if count > WIDE.get(key, 8)} == {}
