"""Pages of the register cost a fixed number of statements."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.permissions import SYSTEM
from crm.enterprises import service
from tests.support.browser import fields

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def register(session: Session) -> Callable[[str], str]:
    """Puts a firm into the register; its public id."""

    def put(name: str) -> str:
        with unit_of_work() as writing:
            values = {"name": name, "reg_status": "active"}
            return service.create(writing, values, actor=SYSTEM).public_id

    return put


def _statements(deed: Callable[[], object]) -> int:
    """How many statements a deed costs; what only opens a transaction is not counted."""
    seen: list[str] = []
    listen = lambda *args: seen.append(args[2])  # noqa: E731 - a listener needs an identity to be removed
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        deed()
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    return len([sql for sql in seen if not sql.startswith(("BEGIN", "PRAGMA", "SET "))])


def test_the_list(client_as: ClientAs, register: Callable[[str], str]) -> None:
    client = client_as("spec_a")

    def look() -> None:
        assert client.get("/enterprises").status_code == 200

    register("先有一家有限公司")
    few = _statements(look)
    for number in range(5):
        register(f"第{number}号试验有限公司")
    assert _statements(look) == few
    assert few <= 15
    assert _statements(look) <= 8  # the choices of the filters are kept until somebody commits


def test_a_change_reads_no_more_than_it_writes_about(
    client_as: ClientAs, register: Callable[[str], str]
) -> None:
    """The form of the master data needs neither figures nor honours nor contacts of the record."""
    client = client_as("office")
    url = f"/enterprises/{register('示例市改地址有限公司')}/edit"

    def change(address: str) -> Callable[[], None]:
        form = {**fields(client.get(url).get_data(as_text=True)), "reg_address": address}

        def send() -> None:
            assert client.post(url, data=form).status_code == 303

        return send

    change("科技路一号")()
    assert _statements(change("科技路二号")) <= 12


@pytest.mark.parametrize(
    "address", ["/", "/enterprises?mine=yes", "/enterprises?mine=yes&contact=silent&sort=contact"]
)
@pytest.mark.parametrize("person", ["office", "spec_a", "desk_a"])
def test_what_is_one_s_own_is_found_without_walking_the_register(
    client_as: ClientAs, register: Callable[[str], str], session: Session, person: str, address: str
) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("the plan is asked of SQLite")
    register("示例市没人管有限公司")
    client = client_as(person)
    seen: list[tuple[str, Any]] = []
    listen = lambda *args: seen.append((args[2], args[3]))  # noqa: E731 - a listener needs an identity to be removed
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    raw: Any = session.connection().connection
    plans = [
        [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {text}", values)]
        for text, values in seen
        if "FROM enterprise" in text and "enterprise.specialist_id IN" in text
    ]
    for plan in plans:
        reads = [line for line in plan if " enterprise " in line]
        assert reads[0].endswith("rowid=?)"), plan  # the few that are one's own, each by its key
        assert reads[-1].endswith("(unit_id=?)"), plan  # and not everybody whom nobody serves
    assert plans
