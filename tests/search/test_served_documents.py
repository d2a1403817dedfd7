"""What the index holds of cards, cases and the roster: enough to find them, nothing that opens a card."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from crm.cultivation import roster
from crm.cultivation.models import RosterEntry
from crm.greencards.models import GreenCard, ServiceCase
from search.documents import cases, cultivation, greencards
from tests.support.greencards import Desk, desk
from tests.support.world import World

__all__ = ["desk"]


def test_a_card_is_found_by_project_firm_and_number_and_its_token_stays_out(
    desk: Desk, session: Session, world: World
) -> None:
    pid = desk.issued()
    card = session.scalars(select(GreenCard).where(GreenCard.public_id == pid)).one()
    document = greencards.build(session, [card.id, 999])[card.id]
    assert document.title == "a区偏光片基地 · 项目卡"
    assert document.codes == (card.card_no, card.project.project_no)
    assert document.aliases == ("示例市a区偏光片有限公司",)
    assert f"green_card:u{world.unit('GXQ').id}" in document.acl
    assert f"green_card:u{world.unit('JKQ').id}" not in document.acl
    assert str(card.token) not in str(document)


def test_a_case_is_found_by_its_people_and_not_by_their_telephones(desk: Desk, session: Session) -> None:
    desk.issued()
    case = session.scalars(select(ServiceCase)).one()
    document = cases.build(session, [case.id])[case.id]
    assert document.path == f"/greencards/cases/{case.public_id}"
    assert "甲区专员" in document.body
    assert "0816" not in str(document)


def test_a_roster_entry_carries_pool_step_and_standard(desk: Desk, session: Session, world: World) -> None:
    actor = world.actor("desk_a")
    values = {"pool_code": "L1", "step_code": "S1", "standard": "tech_sme"}
    with unit_of_work() as writing:
        roster.enrol(writing, desk.firms["a"], values, actor=actor)
    entry = session.scalars(select(RosterEntry)).one()
    document = cultivation.build(session, [entry.id])[entry.id]
    assert document.body == "升规培育企业库；升规模；科技型中小企业"
    assert document.status == "on"
