"""The door: lockout, no enumeration, sessions that can be revoked, one-time links."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts import service, sessions
from core.accounts.models import Account
from core.accounts.refusals import SignInRefused, TooManyAttempts
from core.accounts.signin import sign_in
from core.db import db, unit_of_work
from core.errors import Invalid, NotFound
from core.permissions import Actor
from tests.support.world import PASSWORD, World


def test_the_right_password_opens_a_session_that_can_be_closed(session: Session, world: World) -> None:
    token = sign_in(" SPEC_A ", PASSWORD, ip="10.0.0.1").token
    found = sessions.resolve(session, token)
    assert found is not None and found.account.username == "spec_a"
    with unit_of_work() as writing:
        sessions.close(writing, found.session_id)
    assert sessions.resolve(session, token) is None


def test_five_wrong_passwords_lock_for_half_an_hour(app: Flask) -> None:
    for _try in range(5):
        with pytest.raises(SignInRefused):
            sign_in("spec_a", "wrong", ip="10.0.0.1")
    with pytest.raises(SignInRefused):
        sign_in("spec_a", PASSWORD, ip="10.0.0.1")
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        assert sign_in("spec_a", PASSWORD, ip="10.0.0.1")


def test_parallel_guesses_cannot_exceed_the_limit(app: Flask) -> None:
    refused: list[int] = []

    def guess(number: int) -> None:
        with app.app_context():
            try:
                sign_in("spec_b", PASSWORD if number == 11 else "wrong", ip="10.0.0.2")
            except SignInRefused:
                refused.append(number)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    account = db.session.scalars(select(Account).where(Account.username == "spec_b")).one()
    assert len(refused) == 11 and account.failed_count == 5 and account.locked_until is not None


def test_one_address_is_stopped_after_fifty_failures(app: Flask) -> None:
    for number in range(50):
        with pytest.raises(SignInRefused):
            sign_in(f"nobody{number}", "wrong", ip="10.0.0.3")
    with pytest.raises(TooManyAttempts):
        sign_in("spec_a", PASSWORD, ip="10.0.0.3")
    assert sign_in("spec_a", PASSWORD, ip="10.0.0.4")


@pytest.mark.parametrize(("after", "alive"), [(29, True), (31, False)])
def test_an_idle_session_ends(session: Session, after: int, alive: bool) -> None:
    token = sign_in("spec_a", PASSWORD, ip="10.0.0.1").token
    with clock.frozen(clock.now() + timedelta(minutes=after)):
        assert (sessions.resolve(session, token) is not None) is alive


def test_disabling_an_account_ends_its_sessions_at_once(
    session: Session, world: World, actor: Callable[[str], Actor]
) -> None:
    token = sign_in("spec_a", PASSWORD, ip="10.0.0.1").token
    admin = actor("admin")
    with unit_of_work() as writing:
        service.set_active(writing, world.account("spec_a"), False, actor=admin)
    assert sessions.resolve(session, token) is None
    with pytest.raises(SignInRefused):
        sign_in("spec_a", PASSWORD, ip="10.0.0.1")


def test_a_link_works_once_and_the_newer_ends_the_older(
    session: Session, world: World, actor: Callable[[str], Actor]
) -> None:
    admin = actor("admin")
    with unit_of_work() as writing:
        older = service.issue_link(writing, world.account("spec_b"), "invite", actor=admin)
        newer = service.issue_link(writing, world.account("spec_b"), "invite", actor=admin)
    assert service.link_account(session, older) is None
    with pytest.raises(Invalid), unit_of_work() as writing:
        service.redeem(writing, newer, "password", ip="")
    with unit_of_work() as writing:
        service.redeem(writing, newer, "Xin-mima-2026!", ip="")
    with pytest.raises(NotFound), unit_of_work() as writing:
        service.redeem(writing, newer, "Xin-mima-2027!", ip="")
    assert sign_in("spec_b", "Xin-mima-2026!", ip="10.0.0.1")


def test_a_link_expires_after_a_day(session: Session, world: World, actor: Callable[[str], Actor]) -> None:
    admin = actor("admin")
    with unit_of_work() as writing:
        token = service.issue_link(writing, world.account("spec_b"), "invite", actor=admin)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert service.link_account(session, token) is None


def test_nobody_grants_a_role_to_himself(world: World, actor: Callable[[str], Actor]) -> None:
    security = actor("security")
    with pytest.raises(Invalid), unit_of_work() as writing:
        service.grant(writing, world.account("security"), "leader", scope="all", actor=security)
