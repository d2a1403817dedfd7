"""Passwords: two policies, what is refused, what must work, links by purpose."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts import passwords, policy, service, signin
from core.accounts.models import Account
from core.accounts.policy import DEFAULT, Policy
from core.accounts.refusals import AccountResting, TooManyAttempts
from core.db import unit_of_work
from core.errors import Invalid, NotFound
from core.notify import Notice
from core.permissions import SYSTEM
from tests.conftest import csrf_of
from tests.support.world import PASSWORD, World

ClientAs = Callable[..., FlaskClient]
NIST = Policy(strength="nist")


def _code(password: str, rules: Policy = DEFAULT, **more: object) -> str:
    try:
        passwords.check_new(password, username="spec_a", rules=rules, context=("甲区管委会", "张三"), **more)  # type: ignore[arg-type]
    except Invalid as error:
        return error.faults[0].code
    return ""


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Aa1!aaa", "too_short"),
        ("alllowercase1", "too_plain"),
        ("Admin@123", "guessable"),
        ("招商2026", "too_short"),
        ("招商-2026!", "too_plain"),
        ("Zhaoshang@2026", "guessable"),
        ("P@ssw0rd", "guessable"),
        ("Password123!", "guessable"),
        ("Spec_A-2026", "guessable"),
        ("Ab1!" + "x" * 253, "too_long"),
        ("Beiyu-2026-guangxue", ""),
        ("春眠不觉晓Aa1", ""),
    ],
)
def test_the_policy_of_the_state_standard(password: str, code: str) -> None:
    assert _code(password) == code


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Aa1!Aa1!Aa1", "too_short"),
        ("password1234", "guessable"),
        ("123456789012", "guessable"),
        ("甲区管委会2026202620", "guessable"),
        ("quiet river under seven bridges", ""),
    ],
)
def test_the_policy_without_classes_and_rotation(password: str, code: str) -> None:
    assert _code(password, NIST) == code
    assert NIST.password_life is None and NIST.reused_refused == 0


@pytest.mark.parametrize("password", ["Aa1-" + "长" * 76, "Zz9🙂🙂🙂🙂🙂", "  Aa1 with spaces  "])
def test_long_and_unusual_passwords_work_byte_for_byte(
    app: Flask, client_as: ClientAs, password: str
) -> None:
    client = client_as("spec_a")
    page = client.get("/account").get_data(as_text=True)
    data = {"csrf_token": csrf_of(page), "present": PASSWORD, "password": password, "again": password}
    assert client.post("/account/password", data=data).status_code == 303
    assert client.get("/account").status_code == 200, "this session goes on"
    assert signin.sign_in("spec_a", password, ip="10.0.0.1").token
    with pytest.raises(signin.SignInRefused):
        signin.sign_in("spec_a", password.strip() + " ", ip="10.0.0.1")


def test_the_present_password_is_needed_and_guessing_it_locks(
    client_as: ClientAs, world: World, session: Session
) -> None:
    client = client_as("spec_a")
    for _round in range(5):
        token = csrf_of(client.get("/account").get_data(as_text=True))
        data = {
            "csrf_token": token,
            "present": "wrong",
            "password": "Xin-mima-2026!",
            "again": "Xin-mima-2026!",
        }
        answer = client.post("/account/password", data=data)
        assert answer.status_code == 422
        assert "现在的密码不对" in answer.get_data(as_text=True)
    assert world.account("spec_a").locked_until is not None
    session.rollback()


def test_the_last_five_passwords_do_not_come_again(world: World, session: Session) -> None:
    made = [f"Lun-huan-{number}-mima" for number in range(6)]

    def put(password: str) -> None:
        with unit_of_work() as writing:
            account = writing.get_one(Account, world.account("spec_a").id)
            service.set_password(writing, account, password, actor=SYSTEM)

    for password in made:
        put(password)
    for password in made[1:]:
        with pytest.raises(Invalid) as refused:
            put(password)
        assert refused.value.faults[0].code == "reused"
    put(made[0])
    told = session.scalars(select(Notice).where(Notice.code == "accounts.password_changed")).all()
    assert len(told) == 7


def test_after_ninety_days_a_new_password_comes_first(app: Flask, client_as: ClientAs, world: World) -> None:
    with clock.frozen(clock.now() + timedelta(days=89)):
        assert client_as("spec_a").get("/leads").status_code == 200
    with clock.frozen(clock.now() + timedelta(days=91)):
        with unit_of_work() as writing:
            writing.get_one(Account, world.account("spec_a").id).last_signed_in_at = clock.now()
        client = client_as("spec_a")
        assert client.get("/leads").headers["Location"] == "/account"
        page = client.get("/account").get_data(as_text=True)
        assert "请先改密码" in page
        new = "Xin-de-mima-2027"
        data = {"csrf_token": csrf_of(page), "present": PASSWORD, "password": new, "again": new}
        assert client.post("/account/password", data=data).status_code == 303
        assert client.get("/leads").status_code == 200
        with unit_of_work() as writing:
            policy.change(writing, {**vars(DEFAULT), "strength": "nist"}, actor=SYSTEM)
            writing.get_one(Account, world.account("head_a").id).last_signed_in_at = clock.now()
        assert client_as("head_a").get("/leads").status_code == 200, "no rotation under the other policy"


def test_an_account_unused_for_ninety_days_sleeps_until_a_new_link(world: World) -> None:
    with clock.frozen(clock.now() + timedelta(days=91)):
        with pytest.raises(AccountResting) as resting:
            signin.sign_in("spec_a", PASSWORD, ip="10.0.0.1")
        assert resting.value.code == "unused"
        with pytest.raises(signin.SignInRefused):
            signin.sign_in("spec_a", "wrong", ip="10.0.0.1")
        with unit_of_work() as writing:
            account = writing.get_one(Account, world.account("spec_a").id)
            token = service.issue_link(writing, account, "reset", actor=SYSTEM)
        with unit_of_work() as writing:
            service.redeem(writing, token, "Xin-de-mima-2027", ip="", purpose="reset")
        assert signin.sign_in("spec_a", "Xin-de-mima-2027", ip="10.0.0.1").token


def test_an_account_past_its_last_day_is_out_at_once(client_as: ClientAs, world: World) -> None:
    client = client_as("spec_a")
    with unit_of_work() as writing:
        writing.get_one(Account, world.account("spec_a").id).valid_to = clock.today() - timedelta(days=1)
    assert client.get("/leads").status_code == 302
    with pytest.raises(AccountResting) as resting:
        signin.sign_in("spec_a", PASSWORD, ip="10.0.0.1")
    assert resting.value.code == "expired"


def test_a_link_serves_its_purpose_only_once_and_the_second_ends_the_first(
    app: Flask, client: FlaskClient, world: World
) -> None:
    with unit_of_work() as writing:
        account = writing.get_one(Account, world.account("spec_a").id)
        first = service.issue_link(writing, account, "reset", actor=SYSTEM)
        second = service.issue_link(writing, account, "reset", actor=SYSTEM)
    assert client.get(f"/reset/{first}").status_code == 404
    assert client.get(f"/invite/{second}").status_code == 404, "a link for another purpose"
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert client.get(f"/reset/{second}").status_code == 404, "a reset lives an hour"
    page = client.get(f"/reset/{second}").get_data(as_text=True)
    data = {"csrf_token": csrf_of(page), "password": "Xin-de-mima-2027", "again": "Xin-de-mima-2027"}
    assert client.post(f"/reset/{second}", data=data).status_code == 303
    assert client.get(f"/reset/{second}").status_code == 404
    with pytest.raises(NotFound), unit_of_work() as writing:
        service.redeem(writing, second, "Xin-de-mima-2028", ip="", purpose="reset")
    assert signin.sign_in("spec_a", "Xin-de-mima-2027", ip="10.0.0.1").token


def test_guessing_at_links_is_stopped(client: FlaskClient) -> None:
    for number in range(50):
        assert client.get(f"/reset/guess-{number}").status_code == 404
    assert client.get("/reset/guess-51").status_code == 429
    with pytest.raises(TooManyAttempts):
        signin.sign_in("spec_a", PASSWORD, ip="127.0.0.1")


def test_hashes_are_argon2_and_follow_when_the_parameters_rise(world: World, session: Session) -> None:
    account = world.account("spec_a")
    assert account.password_hash and account.password_hash.startswith("$argon2id$")
    weaker = passwords.PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    with unit_of_work() as writing:
        writing.get_one(Account, account.id).password_hash = weaker
    assert signin.sign_in("spec_a", PASSWORD, ip="10.0.0.1").token
    session.expire_all()
    after = world.account("spec_a").password_hash
    assert after != weaker and after is not None and passwords.matches(after, PASSWORD)
