"""What a document repeats of other records is renewed when those change; contacts and files by right."""

import io
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import files
from core.accounts import service as accounts
from core.accounts import tree
from core.db import unit_of_work
from core.dirty import SearchDoc, touch
from core.permissions import SYSTEM, Actor
from crm.enterprises import contacts, service
from crm.enterprises.models import Enterprise
from crm.leads.models import Lead
from search import desk
from search.document import Hit
from search.finder import Finder
from tests.support.world import World

Register = Callable[..., int]
ActorOf = Callable[[str], Actor]


def found(session: Session, finder: Finder, typed: str, actor: Actor) -> list[Hit]:
    finder.engine.refresh()
    return list(finder.find(session, typed, actor=actor).hits)


def kinds(session: Session, finder: Finder, typed: str, actor: Actor) -> set[str]:
    return {hit.card.kind for hit in found(session, finder, typed, actor) if not hit.near}


def lead_of(world: World, **values: object) -> int:
    unit, account = world.unit("GXQ").id, world.account("spec_a").id
    world.session.rollback()
    with unit_of_work() as session:
        lead = Lead(unit_id=unit, created_by=account, content="偏光片", **values)
        session.add(lead)
        session.flush()
        touch("lead", [lead.id])
        return lead.id


def rename(number: int, name: str, actor: Actor) -> None:
    with unit_of_work() as session:
        firm = session.get_one(Enterprise, number)
        service.update(session, firm.public_id, {"name": name}, version=firm.version, actor=actor)


def test_a_renamed_enterprise_renames_what_shows_its_name(
    session: Session, finder: Finder, register: Register, actor: ActorOf, world: World
) -> None:
    firm = register("示例市华澜光电有限公司")
    lead_of(world, investor_id=firm, investor_name="")
    desk.drain_all()
    assert kinds(session, finder, "华澜光电", actor("spec_a")) == {"enterprise", "lead"}
    rename(firm, "示例市晨曦光电有限公司", actor("spec_a"))
    desk.drain_all()
    assert kinds(session, finder, "晨曦", actor("spec_a")) == {"enterprise", "lead"}
    lead = [hit for hit in found(session, finder, "华澜光电", actor("spec_a")) if hit.card.kind == "lead"]
    assert not lead or lead[0].card.title == "示例市晨曦光电有限公司"


def test_what_shows_nothing_new_is_not_written_again(
    session: Session, finder: Finder, register: Register, actor: ActorOf, world: World
) -> None:
    firm = register("示例市华澜光电有限公司")
    lead = lead_of(world, investor_id=firm, investor_name="")
    desk.drain_all()
    session.rollback()
    before = session.get_one(SearchDoc, ("lead", lead)).version
    with unit_of_work():
        touch("enterprise", [firm])
    desk.drain_all()
    session.rollback()
    assert session.get_one(SearchDoc, ("lead", lead)).version == before
    assert session.scalar(select(func.count()).where(SearchDoc.version > SearchDoc.indexed)) == 0


def test_a_file_is_found_by_its_name_by_whoever_sees_the_record(
    session: Session, finder: Finder, actor: ActorOf, world: World
) -> None:
    lead = lead_of(world, investor_name="示例华澜控股集团有限公司")
    with unit_of_work() as writing:
        files.store(
            writing, io.BytesIO(b"%PDF-1.4 x"), "偏光片产线可研报告.pdf", kind="lead", record_id=lead,
            actor=actor("spec_a"),
        )  # fmt: skip
    desk.drain_all()
    own = found(session, finder, "可研报告", actor("spec_a"))
    assert [(hit.card.kind, hit.card.title, hit.card.path[:7]) for hit in own] == [
        ("attachment", "偏光片产线可研报告.pdf", "/leads/")
    ]
    assert found(session, finder, "可研报告", actor("leader"))
    assert found(session, finder, "可研报告", actor("spec_b")) == []
    assert finder.find(session, "可研报告", actor=actor("spec_b")).total == 0


def test_a_file_follows_its_record_to_another_unit(
    session: Session, finder: Finder, actor: ActorOf, world: World
) -> None:
    lead = lead_of(world, investor_name="示例华澜控股集团有限公司")
    other, owner = world.unit("JKQ").id, world.account("spec_b").id
    world.session.rollback()
    with unit_of_work() as writing:
        files.store(
            writing,
            io.BytesIO(b"%PDF-1.4 x"),
            "可研报告.pdf",
            kind="lead",
            record_id=lead,
            actor=actor("spec_a"),
        )
    desk.drain_all()
    with unit_of_work() as writing:
        moved = writing.get_one(Lead, lead)
        moved.unit_id, moved.created_by = other, owner
        touch("lead", [lead])
    assert found(session, finder, "可研报告", actor("spec_a")) == []
    desk.drain_all()
    assert found(session, finder, "可研报告", actor("spec_a")) == []
    assert len(found(session, finder, "可研报告", actor("spec_b"))) == 1


def test_a_contact_is_found_by_those_whose_units_the_firm_belongs_to_and_never_by_number(
    session: Session, finder: Finder, register: Register, actor: ActorOf, world: World
) -> None:
    number = register("示例市华澜光电有限公司")
    unit = world.unit("GXQ").id
    world.session.rollback()
    with unit_of_work() as writing:
        writing.get_one(Enterprise, number).unit_id = unit
    with unit_of_work() as writing:
        firm = writing.get_one(Enterprise, number)
        contacts.add(
            writing,
            firm.public_id,
            {"person": "曾国强", "title": "总经理", "mobile": "13800138000"},
            actor=actor("spec_a"),
        )
        touch("enterprise", [number])
    desk.drain_all()
    for typed in ("曾国强", "zengguoqiang", "zgq"):
        (hit,) = found(session, finder, typed, actor("spec_a"))
        assert (hit.card.kind, hit.card.title) == ("contact", "曾国强")
        assert found(session, finder, typed, actor("spec_b")) == []
    assert found(session, finder, "13800138000", actor("leader")) == []
    assert "1380013" not in str(found(session, finder, "曾国强", actor("leader")))


def test_a_renamed_unit_or_person_renames_what_shows_them(
    session: Session, finder: Finder, actor: ActorOf, world: World
) -> None:
    lead_of(world, investor_name="示例市海川重工有限公司", specialist_id=world.account("spec_a").id)
    desk.drain_all()
    unit, person = world.unit("GXQ"), world.account("spec_a")
    session.rollback()
    with unit_of_work() as writing:
        values = tree.UnitValues("云麓新区投资促进局", "云麓", unit.kind)
        tree.change(writing, unit.public_id, values, version=None, actor=SYSTEM)
        renamed = accounts.AccountValues("欧阳沐晨", "科长", None, person.unit_id)
        accounts.change(writing, person.public_id, renamed, version=None, actor=SYSTEM)
    desk.drain_all()
    for typed in ("云麓新区", "欧阳沐晨"):
        assert kinds(session, finder, typed, actor("spec_a")) == {"lead"}, typed
    assert kinds(session, finder, "云麓新区", actor("admin")) == {"account", "unit"}
    assert kinds(session, finder, "ouyangmuchen", actor("admin")) == {"account"}
    assert kinds(session, finder, "欧阳沐晨", actor("leader")) == {"lead"}  # no account is shown to him
