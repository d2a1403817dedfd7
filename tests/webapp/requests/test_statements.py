"""The queue and the portal's home cost the same number of statements however long they are."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import event

from core.db import db
from tests.support.requests import Scene

ClientAs = Callable[..., FlaskClient]


def _statements(client: FlaskClient, address: str) -> int:
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)


def test_more_requests_cost_no_more_statements(scene: Scene, client_as: ClientAs) -> None:
    desk, user = client_as("desk_a"), client_as("user_a")
    scene.handling()
    before = [
        _statements(desk, "/requests"),
        _statements(user, "/portal/"),
        _statements(user, "/portal/requests"),
    ]
    for number in range(8):
        scene.submit(title=f"第 {number} 件诉求")
    after = [
        _statements(desk, "/requests"),
        _statements(user, "/portal/"),
        _statements(user, "/portal/requests"),
    ]
    assert after == before
    assert max(after) <= 16
