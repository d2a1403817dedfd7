"""The enterprise sees its own green card and the steps of its project, and nobody else's."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Account
from core.db import unit_of_work
from core.permissions import SYSTEM
from crm.enterprises import invitations
from crm.greencards import case_service
from crm.greencards.models import CaseStep, ServiceCase
from tests.support.greencards import Desk, desk
from tests.support.world import World

ClientAs = Callable[..., FlaskClient]

__all__ = ["desk"]


@pytest.fixture
def users(session: Session, world: World, desk: Desk) -> None:
    """A user with a password for the company of each zone."""
    password_hash = world.account("desk_a").password_hash
    session.rollback()
    with unit_of_work() as writing:
        for zone in "ab":
            invited = invitations.invite(
                writing, desk.firms[zone], username=f"user_{zone}", name=f"何{zone}", actor=SYSTEM
            )
            writing.get_one(Account, invited.account.id).password_hash = password_hash


@pytest.mark.usefixtures("users")
def test_an_own_card_and_its_steps_stand_on_the_home_page(
    session: Session,
    desk: Desk,
    client_as: ClientAs,
) -> None:
    card = desk.card(desk.issued("a"))
    case = session.scalars(select(ServiceCase)).one()
    steps = [step.code for step in case.steps]
    session.rollback()
    own = client_as("user_a").get("/portal/").get_data(as_text=True)
    assert card.card_no is not None
    assert card.card_no in own
    assert "有效" in own
    assert "a区偏光片基地" in own
    assert own.count("<li>") >= len(steps) > 5
    assert all(title in own for title in ("立项", "环评", "水电气", "投产"))
    other = client_as("user_b").get("/portal/").get_data(as_text=True)
    assert card.card_no not in other
    assert "偏光片基地" not in other


@pytest.mark.usefixtures("users")
def test_why_the_clock_rests_is_open_to_the_enterprise(
    session: Session, desk: Desk, client_as: ClientAs
) -> None:
    desk.issued("a")
    actor = desk.actor("spec_a")
    with unit_of_work() as writing:
        step = writing.scalars(select(CaseStep).where(CaseStep.code == "filing")).one()
        case_service.start(writing, step.public_id, version=step.version, actor=actor)
        case_service.pause(
            writing,
            step.public_id,
            version=step.version,
            cause="enterprise_papers",
            reason="缺能耗数据",
            actor=actor,
        )
    own = client_as("user_a").get("/portal/").get_data(as_text=True)
    assert "暂停原因：缺能耗数据" in own
