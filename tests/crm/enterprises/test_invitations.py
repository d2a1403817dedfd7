"""The first user of an enterprise: one link, one use, his own password, his own enterprise."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core import clock
from core.accounts import service as accounts
from core.db import unit_of_work
from core.errors import Invalid, NotFound, NotPermitted
from core.permissions import SYSTEM, Actor
from crm.enterprises import invitations, membership
from crm.enterprises import service as enterprises
from crm.enterprises.invitations import Invitation
from tests.support.world import World


@pytest.fixture
def firm(session: Session, world: World) -> str:
    park_id = world.park("Z1-01").id
    session.rollback()
    with unit_of_work() as writing:
        values = {"name": "示例市北屿光学薄膜有限公司", "reg_status": "active", "park_id": park_id}
        return enterprises.create(writing, values, actor=SYSTEM).public_id


def _invite(firm: str, actor: Actor, username: str = "hezhixing") -> Invitation:
    with unit_of_work() as writing:
        return invitations.invite(writing, firm, username=username, name="何知行", actor=actor)


def test_the_link_works_once_and_binds_to_the_enterprise(session: Session, world: World, firm: str) -> None:
    invited = _invite(firm, world.actor("desk_a"))
    with unit_of_work() as writing:
        accounts.redeem(writing, invited.token, "Beiyu-2026-guangxue", ip="127.0.0.1")
    user = world.actor("hezhixing")
    assert (user.kind, user.enterprise_id) == ("enterprise", invited.enterprise.id)
    assert user.can("portal:request:submit")
    assert not user.can("requests:request:view")
    assert membership.accounts_of(session, invited.enterprise.id) == [invited.account.id]
    session.rollback()
    with pytest.raises(NotFound), unit_of_work() as writing:
        accounts.redeem(writing, invited.token, "Zaici-2026-shezhi", ip="127.0.0.1")


def test_a_second_link_ends_the_first_and_none_lives_longer_than_a_day(
    session: Session, world: World, firm: str
) -> None:
    first = _invite(firm, world.actor("desk_a"))
    with unit_of_work() as writing:
        second = invitations.invite_again(writing, firm, first.account.public_id, actor=world.actor("desk_a"))
    assert accounts.link_account(session, first.token) is None
    assert accounts.link_account(session, second.token) is not None
    with clock.frozen(clock.now() + timedelta(hours=24, minutes=1)):
        assert accounts.link_account(session, second.token) is None


def test_an_account_in_use_is_not_taken_over_by_a_new_link(world: World, firm: str) -> None:
    invited = _invite(firm, world.actor("desk_a"))
    with unit_of_work() as writing:
        accounts.redeem(writing, invited.token, "Beiyu-2026-guangxue", ip="127.0.0.1")
    with pytest.raises(Invalid), unit_of_work() as writing:
        invitations.invite_again(writing, firm, invited.account.public_id, actor=world.actor("desk_a"))


@pytest.mark.parametrize("stranger", ["desk_b", "leader"])
def test_who_does_not_look_after_the_enterprise_invites_nobody(
    world: World, firm: str, stranger: str
) -> None:
    with pytest.raises(NotPermitted):
        _invite(firm, world.actor(stranger))


def test_a_staff_account_cannot_be_invited_into_an_enterprise(world: World, firm: str) -> None:
    staff = world.account("spec_a").public_id
    world.session.rollback()
    with pytest.raises(NotFound), unit_of_work() as writing:
        invitations.invite_again(writing, firm, staff, actor=world.actor("desk_a"))
