"""Tokens: of one's own, limited in what they may and how long, worth nothing once revoked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts.models import Account
from core.accounts.tokens import ApiToken
from core.audit import AuditEntry
from core.db import unit_of_work
from tests.support.browser import fields, fill, text
from tests.webapp.api.conftest import BASE, Program, make_token
from webapp.cli import tokens as command
from webapp.cli.start import Trouble

Programs = Callable[..., Program]
ClientAs = Callable[..., FlaskClient]


def test_without_a_token_the_door_says_which_there_is(client: FlaskClient) -> None:
    answer = client.get(f"{BASE}/enterprises")
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.get_json()["status"] == 401


@pytest.mark.parametrize(
    "header", ["Bearer lzt_wrong", "Bearer ", "Basic abc", "Bearer " + "x" * 5000, "nonsense"]
)
def test_a_wrong_token_is_not_mended_by_a_cookie(client_as: ClientAs, header: str) -> None:
    browser = client_as("office")
    assert browser.get(f"{BASE}/enterprises").status_code == 200
    assert browser.get(f"{BASE}/enterprises", headers={"Authorization": header}).status_code == 401


def test_a_cookie_alone_changes_nothing(client_as: ClientAs) -> None:
    answer = client_as("office").post(
        f"{BASE}/enterprises", json={"name": "示例跨站有限公司"}, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 401


def test_a_reading_token_reads_only_and_an_area_is_a_wall(program: Programs) -> None:
    reader = program("office", scope="read")
    assert reader.get("/enterprises").status_code == 200
    assert reader.post("/enterprises", {"name": "示例只读有限公司"}).status_code == 403
    leads = program("office", areas=["leads"])
    assert leads.get("/leads").status_code == 200
    assert leads.get("/enterprises").status_code == 403
    assert leads.get("/search", q="示例").get_json()["total"] == 0


def test_a_token_ends_with_its_day_its_revocation_and_its_account(
    program: Programs, frozen: Callable[..., object], session: Session
) -> None:
    office = program("office", days=1)
    assert office.get("/enterprises").status_code == 200
    with frozen(clock.now() + timedelta(days=1, minutes=1)):  # type: ignore[attr-defined]
        assert office.get("/enterprises").status_code == 401
    with unit_of_work() as writing:
        writing.scalars(select(Account).where(Account.username == "office")).one().active = False
    assert office.get("/enterprises").status_code == 401


def test_pages_know_no_tokens(app: Flask) -> None:
    header = {"Authorization": f"Bearer {make_token('office')}"}
    assert app.test_client().get("/enterprises", headers=header).status_code == 302


def test_one_zone_s_program_sees_nothing_of_the_other_s(program: Programs) -> None:
    ours, theirs = program("spec_a"), program("spec_b")
    assert ours.get("/leads").get_json()["data"] == theirs.get("/leads").get_json()["data"] == []


def test_a_token_is_shown_once_and_revoked_at_once(client_as: ClientAs, session: Session) -> None:
    browser = client_as("office")
    form = {**fields(text(browser.get("/account/tokens"))), "name": "每日同步", "scope": "read", "days": "30"}
    page = text(browser.post("/account/tokens", data=form))
    token = page.split("lzt_")[1].split("<")[0]
    again = browser.post("/account/tokens", data=form)
    assert again.status_code == 303, "the same form makes no second token"
    assert token not in text(browser.get("/account/tokens"))
    kept = session.scalars(select(ApiToken)).one()
    assert token not in kept.token_hash and kept.name == "每日同步"
    program = Program(browser.application.test_client(), f"lzt_{token}")
    assert program.get("/enterprises").status_code == 200
    session.rollback()
    fill(browser, "/account/tokens")  # an empty name makes nothing
    answer = browser.post(f"/account/tokens/{kept.public_id}/revoke", data={"csrf_token": form["csrf_token"]})
    assert answer.status_code == 303 and program.get("/enterprises").status_code == 401
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.kind == "api_token")).all()
    assert actions == ["tokens.created", "tokens.revoked"]


def test_another_person_s_token_is_not_found(client_as: ClientAs, session: Session) -> None:
    make_token("office")
    pid = session.scalars(select(ApiToken.public_id)).one()
    browser = client_as("spec_a")
    form = fields(text(browser.get("/account/tokens")))
    answer = browser.post(f"/account/tokens/{pid}/revoke", data={"csrf_token": form["csrf_token"]})
    assert answer.status_code == 404


@pytest.mark.parametrize("days", [0, 366])
def test_a_token_lives_a_year_at_most(app: Flask, days: int) -> None:
    with pytest.raises(Exception, match="invalid"):
        make_token("office", days=days)


def test_the_command_prints_a_token_that_works(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = _Arguments(user="office", name="cron", scope="read", days=7)
    assert command.create(arguments, app) == 0  # type: ignore[arg-type]
    token = capsys.readouterr().out.strip()
    assert Program(app.test_client(), token).get("/enterprises").status_code == 200
    with pytest.raises(Trouble, match="no account"):
        command.create(_Arguments(user="nobody", name="x", scope="read", days=7), app)  # type: ignore[arg-type]


class _Arguments:
    def __init__(self, **given: object) -> None:
        self.__dict__.update(given)
