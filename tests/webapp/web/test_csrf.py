"""Form tokens: bound to the session on the server, to a signed cookie for strangers, to nothing else."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts.models import SessionRow, Unit
from tests.conftest import csrf_of

ClientAs = Callable[[str], FlaskClient]


def _post(client: FlaskClient, session: Session, token: str | None, **headers: str) -> int:
    parent = session.scalars(select(Unit.public_id).where(Unit.code == "SLS")).one()
    data = {"code": "NEW", "name": "新单位", "kind": "bureau", "parent": parent}
    if token is not None:
        data["csrf_token"] = token
    return client.post("/admin/units", data=data, headers=headers).status_code


def _made(session: Session) -> bool:
    session.rollback()
    return session.scalar(select(Unit.id).where(Unit.code == "NEW")) is not None


def _token(client: FlaskClient) -> str:
    return csrf_of(client.get("/account").get_data(as_text=True))


def test_the_own_token_works(client_as: ClientAs, session: Session) -> None:
    client = client_as("admin")
    assert _post(client, session, _token(client)) == 303
    assert _made(session)


@pytest.mark.parametrize("kind", ["none", "empty", "foreign", "earlier", "invented"])
def test_every_other_token_changes_nothing(client_as: ClientAs, session: Session, kind: str) -> None:
    earlier = client_as("admin")
    client = client_as("admin")
    tokens = {
        "none": None,
        "empty": "",
        "foreign": _token(client_as("spec_a")),
        "earlier": _token(earlier),
        "invented": "x" * 91,
    }
    assert _post(client, session, tokens[kind]) == 400
    assert not _made(session)


def test_a_header_serves_for_fragments(client_as: ClientAs, session: Session) -> None:
    client = client_as("admin")
    token = _token(client)
    assert _post(client, session, None, **{"X-CSRFToken": token}) == 303
    assert _made(session)


def test_the_refusal_is_bare(client_as: ClientAs) -> None:
    answer = client_as("admin").post("/admin/units", data={})
    assert answer.status_code == 400
    assert "csrf_token" not in answer.get_data(as_text=True)


def test_strangers_make_no_session_row(client: FlaskClient, session: Session) -> None:
    before = session.scalar(select(func.count()).select_from(SessionRow))
    for _round in range(3):
        client.get("/login")
        client.post("/login", data={"username": "x", "password": "y"})
    session.rollback()
    assert session.scalar(select(func.count()).select_from(SessionRow)) == before


def test_a_sign_in_form_from_another_browser_is_refused(client: FlaskClient, app: object) -> None:
    other = client.application.test_client()
    token = csrf_of(other.get("/login").get_data(as_text=True))
    client.get("/login")
    answer = client.post("/login", data={"username": "spec_a", "password": "x", "csrf_token": token})
    assert answer.status_code == 400
