"""The second factor: enrolled with a code, asked for at the door, a code works once, reset by another."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from core import clock
from core.accounts import policy, second_factor
from core.accounts.credentials import RecoveryCode, SecondFactor
from core.accounts.models import Account
from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Invalid, NotPermitted
from core.notify import Notice
from core.permissions import SYSTEM, Actor
from tests.conftest import csrf_of
from tests.support.world import PASSWORD, World

ClientAs = Callable[..., FlaskClient]


def _post(client: FlaskClient, path: str, page: str, **data: str) -> tuple[int, str]:
    token = csrf_of(client.get(page).get_data(as_text=True))
    answer = client.post(path, data={"csrf_token": token, **data})
    return answer.status_code, unescape(answer.get_data(as_text=True))


def _enrol(client: FlaskClient) -> tuple[str, list[str]]:
    """Seed and recovery codes of a factor set up through the pages."""
    assert _post(client, "/account/second-factor/begin", "/account/second-factor")[0] == 303
    page = client.get("/account/second-factor").get_data(as_text=True)
    assert "<svg" in page
    seed = re.search(r'<code class="lz-break">([A-Z2-7 ]+)</code>', page)
    assert seed
    secret = seed[1].replace(" ", "")
    wrong = _post(client, "/account/second-factor/confirm", "/account/second-factor", code="000000")
    assert wrong[0] == 422 and "验证码不对" in wrong[1]
    code = pyotp.TOTP(secret).at(clock.now())
    status, page = _post(client, "/account/second-factor/confirm", "/account/second-factor", code=code)
    assert status == 200
    return secret, re.findall(r"<code>([0-9A-Z-]+)</code>", page.split("lz-codes")[1])


def _password(client: FlaskClient, username: str, password: str = PASSWORD) -> tuple[int, str]:
    token = csrf_of(client.get("/login").get_data(as_text=True))
    answer = client.post("/login", data={"csrf_token": token, "username": username, "password": password})
    return answer.status_code, unescape(answer.get_data(as_text=True))


def _code(client: FlaskClient, code: str) -> int:
    page = client.get("/login/code")
    if page.status_code != 200:
        return page.status_code
    token = csrf_of(page.get_data(as_text=True))
    return client.post("/login/code", data={"csrf_token": token, "code": code}).status_code


def _later(seconds: int) -> object:
    return clock.frozen(clock.now() + timedelta(seconds=seconds))


def test_a_code_is_asked_for_and_works_once(app: Flask, client_as: ClientAs, session: Session) -> None:
    mine = client_as("spec_a")
    secret, codes = _enrol(mine)
    assert mine.get("/").status_code == 200
    assert len(set(codes)) == 10
    stored = session.scalar(select(type_coerce(SecondFactor.seed, String)))
    assert secret not in str(stored)
    assert not set(codes) & set(session.scalars(select(RecoveryCode.code_hash)))
    session.rollback()
    one, two = app.test_client(), app.test_client()
    with _later(31):
        code = pyotp.TOTP(secret).at(clock.now())
        for browser in (one, two):
            status, page = _password(browser, "spec_a")
            assert (status, "验证码" in page) == (200, True)
            assert browser.get("/").status_code == 302
        assert _code(one, code) == 303
        assert one.get("/").status_code == 200
        assert _code(two, code) == 401, "the same code in a second session"
        assert two.get("/").status_code == 302


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)])
def test_only_the_step_before_and_after_are_taken(
    app: Flask, client_as: ClientAs, steps: int, status: int
) -> None:
    secret, _codes = _enrol(client_as("spec_a"))
    with _later(300):
        browser = app.test_client()
        _password(browser, "spec_a")
        assert _code(browser, pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * steps))) == status


def test_a_recovery_code_works_once_and_new_ones_end_the_old(app: Flask, client_as: ClientAs) -> None:
    mine = client_as("spec_a")
    _secret, codes = _enrol(mine)
    browser = app.test_client()
    for code, status in ((codes[0].lower().replace("-", " "), 303), (codes[0], 401), (codes[1], 303)):
        _password(browser, "spec_a")
        assert _code(browser, code) == status
        browser = app.test_client()
    status, page = _post(mine, "/account/second-factor/codes", "/account/second-factor")
    fresh = re.findall(r"<code>([0-9A-Z-]+)</code>", page.split("lz-codes")[1])
    assert (status, len(fresh)) == (200, 10)
    _password(browser, "spec_a")
    assert _code(browser, codes[2]) == 401
    assert _code(browser, fresh[0]) == 303


def test_wrong_codes_lock_like_wrong_passwords_and_the_password_does_not_clear_them(
    app: Flask, client_as: ClientAs, session: Session, world: World
) -> None:
    secret, _codes = _enrol(client_as("spec_a"))
    with _later(60):
        browser = app.test_client()
        for _round in range(5):
            assert _password(browser, "spec_a")[0] == 200
            assert _code(browser, "123456") == 401
        assert world.account("spec_a").locked_until is not None
        assert _code(browser, pyotp.TOTP(secret).at(clock.now())) == 401
        assert _password(app.test_client(), "spec_a")[0] == 401
    session.rollback()
    told = session.scalars(select(Notice).where(Notice.code == "accounts.locked")).all()
    assert [notice.account_id for notice in told] == [world.account("spec_a").id]
    session.rollback()
    with _later(60 + 31 * 60):
        browser = app.test_client()
        assert _password(browser, "spec_a")[0] == 200
        assert _code(browser, pyotp.TOTP(secret).at(clock.now())) == 303


def test_the_step_dies_after_five_minutes_and_in_another_browser(app: Flask, client_as: ClientAs) -> None:
    secret, _codes = _enrol(client_as("spec_a"))
    with _later(60):
        browser = app.test_client()
        _password(browser, "spec_a")
        assert app.test_client().get("/login/code").status_code == 303
    with _later(60 + 301):
        assert _code(browser, pyotp.TOTP(secret).at(clock.now())) == 303  # sent back to the sign-in page
        assert browser.get("/").status_code == 302


def test_an_administrator_must_enrol_before_anything_else_in_production(
    app: Flask, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "ADMINISTRATORS_NEED_FACTOR", True)
    admin = client_as("admin")
    answer = admin.get("/admin/accounts")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/second-factor")
    token = csrf_of(admin.get("/account").get_data(as_text=True))
    answer = admin.post("/admin/units", data={"csrf_token": token, "name": "x"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/second-factor")
    before = admin.get_cookie("sid")
    _enrol(admin)
    after = admin.get_cookie("sid")
    assert before and after and before.value != after.value, "the session gets a new id"
    assert admin.get("/admin/accounts").status_code == 200
    status, page = _post(admin, "/account/second-factor/remove", "/account/second-factor")
    assert (status, "不能关闭" in page) == (422, True)
    assert client_as("spec_a").get("/leads").status_code == 200


def test_the_policy_can_demand_it_of_all_staff(app: Flask, client_as: ClientAs) -> None:
    with unit_of_work() as session:
        wanted = {**vars(policy.DEFAULT), "staff_second_factor": True}
        policy.change(session, wanted, actor=SYSTEM)
    answer = client_as("spec_a").get("/leads")
    assert answer.headers["Location"] == "/account/second-factor"


def test_another_administrator_resets_it_and_the_owner_is_told(
    client_as: ClientAs, session: Session, world: World, actor: Callable[[str], Actor]
) -> None:
    mine = client_as("spec_a")
    _enrol(mine)
    owner, helper = world.account("spec_a"), _with_reset(actor("admin"))
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        second_factor.reset(writing, owner, reason="丢了", actor=actor("head_a"))
    with pytest.raises(Invalid), unit_of_work() as writing:
        second_factor.reset(writing, owner, reason=" ", actor=helper)
    with pytest.raises(Invalid), unit_of_work() as writing:
        second_factor.reset(writing, world.account("admin"), reason="丢了", actor=helper)
    with unit_of_work() as writing:
        second_factor.reset(writing, writing.get_one(Account, owner.id), reason="手机丢了", actor=helper)
    assert mine.get("/").status_code == 302, "his sessions have ended"
    assert not second_factor.enrolled(session, owner.id)
    row = session.scalars(select(AuditEntry).where(AuditEntry.action == "accounts.factor_reset")).one()
    assert (row.record_id, row.reason) == (owner.id, "手机丢了")
    codes = set(session.scalars(select(Notice.code).where(Notice.account_id == owner.id)))
    assert codes >= {"accounts.factor_added", "accounts.factor_reset"}


def _with_reset(found: Actor) -> Actor:
    return Actor(found.account_id, found.name, "staff", SYSTEM.grants)
