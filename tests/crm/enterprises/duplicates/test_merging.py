"""A merge moves everything, is undone exactly, and never happens to two credit codes (DOMAIN 3)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import Base, unit_of_work
from core.dirty import SearchDoc
from core.errors import Conflict, Invalid, NotPermitted, Refused
from core.permissions import Actor
from crm.activity.models import FollowUp, Note, Task
from crm.cultivation.models import AssessmentInput
from crm.enterprises import name_grams, placing, service
from crm.enterprises.duplicates import merging, redirects, undoing
from crm.enterprises.duplicates.models import Merge
from crm.enterprises.models import Contact, Enterprise, EnterpriseYear, FormerName, Honour
from crm.leads.models import Lead, LeadKey
from crm.targets.models import Target, TargetList
from tests.support import maps
from tests.support.merging import add, choice, merged
from tests.support.world import World

ActorOf = Callable[[str], Actor]
USCC, OTHER = "913303006807061374", "912201011239989159"
LEFT_OUT = {
    "audit_entry",
    "audit_head",
    "search_doc",
    "enterprise_merge",
    "form_submission",
    "sqlite_sequence",
}
"""What a merge and its undoing write themselves."""


@pytest.fixture
def pair(session: Session, office: Actor) -> tuple[Enterprise, Enterprise]:
    """(with a code and little else, without one and with everything)."""
    keep = add(office, "示例市华澜光电科技有限公司", uscc=USCC, legal_rep="王芳")
    gone = add(
        office, "示例市华澜光电科技有限责任公司", short_name="华澜光电", stock_code="300999",
        main_products="偏光片", reg_capital_wan=Decimal(5000), legal_rep="王方",
    )  # fmt: skip
    return keep, gone


@pytest.fixture
def laden(pair: tuple[Enterprise, Enterprise], world: World, office: Actor) -> tuple[Enterprise, Enterprise]:
    """With records of most kinds, some of which both have."""
    keep, gone = pair
    account, unit = world.account("office"), world.unit("JHJ")
    with unit_of_work() as session:
        maps.build(session)
        for enterprise, revenue in ((keep, 100), (gone, 200)):
            session.add(
                EnterpriseYear(enterprise_id=enterprise.id, year=2025, source="年报", revenue_wan=revenue)
            )
            session.add(
                Honour(enterprise_id=enterprise.id, kind="hte", name="高新技术企业", level="national")
            )
            session.add(
                AssessmentInput(
                    enterprise_id=enterprise.id, metric="patents", year=2025, value="3", source="企业",
                    entered_by=account.id,
                )
            )  # fmt: skip
        session.add(Honour(enterprise_id=gone.id, kind="srdi_sme", name="专精特新", level="provincial"))
        session.add(FormerName(enterprise_id=gone.id, name="示例市华澜器件厂", core_name="示例市华澜器件厂"))
        session.add(Contact(enterprise_id=gone.id, person="陈晨", mobile="13800001234"))
        maps.place(session, session.get_one(Enterprise, gone.id), "X-01-01", "leading", product="偏光片")
        kinds = {"kind": "enterprise", "record_id": gone.id, "account_id": account.id}
        session.add(
            FollowUp(at=clock.now(), how="visit", summary="谈", next_step="报价", account_name="甲", **kinds)
        )
        session.add(Task(title="回访", due_on=date(2026, 12, 1), **kinds))
        session.add(Note(text="备注", account_name="甲", **kinds))
        node = maps.node(session, "X-01-01")
        listed = TargetList(name="名单", unit_id=unit.id)
        session.add(listed)
        session.flush()
        session.add(
            Target(
                list_id=listed.id, enterprise_id=gone.id, node_id=node.id, unit_id=unit.id,
                assigned_on=date(2026, 1, 5),
            )
        )  # fmt: skip
        lead = Lead(
            unit_id=unit.id, created_by=account.id, investor_id=gone.id, investor_name=gone.name,
            chain_node_id=node.id,
        )  # fmt: skip
        session.add(lead)
        session.flush()
        session.add(LeadKey(lead_id=lead.id, key=f"{node.id}:e:{gone.id}"))
        name_grams.renew(session, [keep.id, gone.id])
        placing.refresh_matches(session, [keep.id, gone.id])
    return keep, gone


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all business tables; of the survivor's own row neither version nor time."""
    session.rollback()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in LEFT_OUT:
            skipped = ("version", "updated_at") if table.name == "enterprise" else ()
            columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name not in skipped)
            rows = session.execute(text(f'SELECT {columns} FROM "{table.name}"')).all()
            found[table.name] = sorted(map(tuple, rows), key=repr)
    return found


def test_everything_goes_over_and_what_both_have_stands_once(
    session: Session, laden: tuple[Enterprise, Enterprise], office: Actor
) -> None:
    keep, gone = laden
    made = merged(keep, gone, office, main_products=True)
    survivor = session.get_one(Enterprise, keep.id, populate_existing=True)
    assert session.get(Enterprise, gone.id) is None
    assert (survivor.uscc, survivor.stock_code, survivor.short_name) == (USCC, "300999", "华澜光电")
    assert (survivor.legal_rep, survivor.main_products) == ("王芳", "偏光片")
    counts = {name: len(keys) for name, keys in made.moved.items()}
    assert counts | {"former_made": 1, "suspect": 0} == {
        "contact": 1, "year": 1, "honour": 1, "former": 1, "placement": 1, "follow_up": 1, "task": 1,
        "note": 1, "target": 1, "lead": 1, "former_made": 1, "suspect": 0,
    }  # fmt: skip
    assert sorted(made.dropped) == ["assessment", "honour", "suspect"]
    sources = session.scalars(select(EnterpriseYear.source).where(EnterpriseYear.enterprise_id == keep.id))
    assert sorted(sources) == ["年报", f"年报（{gone.name}）"]
    assert {each.name for each in survivor.former_names} == {gone.name, "示例市华澜器件厂"}
    assert session.scalar(select(LeadKey.key)) == f"{maps.node(session, 'X-01-01').id}:e:{keep.id}"


def test_a_merge_is_audited_on_both_and_both_are_marked_for_search(
    session: Session, pair: tuple[Enterprise, Enterprise], office: Actor
) -> None:
    keep, gone = pair
    merged(keep, gone, office)
    rows = session.execute(
        select(AuditEntry.action, AuditEntry.record_id, AuditEntry.reason).where(
            AuditEntry.action.startswith("enterprises.merged")
        )
    ).all()
    assert sorted(map(tuple, rows)) == [
        ("enterprises.merged", keep.id, "同一家"),
        ("enterprises.merged_away", gone.id, "同一家"),
    ]
    marks = session.scalars(select(SearchDoc.id).where(SearchDoc.kind == "enterprise", SearchDoc.version > 1))
    assert sorted(marks) == sorted([keep.id, gone.id])


def test_undoing_restores_every_row(
    session: Session, laden: tuple[Enterprise, Enterprise], office: Actor
) -> None:
    keep, gone = laden
    before = everything(session)
    made = merged(keep, gone, office, name=True, legal_rep=True)
    assert everything(session) != before
    with unit_of_work() as writing:
        undone = undoing.undo(writing, made.public_id, version=made.version, actor=office)
    assert undone.kept == []
    after = everything(session)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    assert session.get_one(Enterprise, gone.id).version == gone.version
    with pytest.raises(Conflict), unit_of_work() as writing:
        undoing.undo(writing, made.public_id, version=undone.version, actor=office)


def test_what_was_edited_since_stays_and_is_named(
    session: Session, laden: tuple[Enterprise, Enterprise], office: Actor
) -> None:
    keep, gone = laden
    made = merged(keep, gone, office)
    with unit_of_work() as writing:
        now = writing.get_one(Enterprise, keep.id, populate_existing=True)
        service.update(writing, keep.public_id, {"short_name": "华澜"}, version=now.version, actor=office)
        contact = writing.scalars(select(Contact)).one()
        writing.delete(contact)
    with unit_of_work() as writing:
        undone = undoing.undo(writing, made.public_id, version=made.version, actor=office)
    assert undone.kept == [{"field": "short_name"}, {"mover": "contact", "count": 1}]
    assert session.get_one(Enterprise, keep.id, populate_existing=True).short_name == "华澜"
    assert session.get_one(Enterprise, gone.id).short_name == "华澜光电"


def test_two_credit_codes_and_branches_are_refused_whatever_the_names(
    session: Session, office: Actor
) -> None:
    name = "示例市华澜光电科技有限公司"
    one, two = add(office, name, uscc=USCC), add(office, name, uscc=OTHER)
    branch = add(office, f"{name}江油分公司")
    for other, code in ((two, "two_codes"), (branch, "branch")):
        with pytest.raises(Invalid) as refused:
            merged(one, other, office)
        assert [fault.code for fault in refused.value.faults] == [code]
    assert session.scalar(select(Merge)) is None and session.get(Enterprise, two.id) is not None


def test_two_open_targets_on_one_node_must_be_settled_first(
    session: Session, laden: tuple[Enterprise, Enterprise], office: Actor
) -> None:
    keep, gone = laden
    with unit_of_work() as writing:
        target = writing.scalars(select(Target)).one()
        writing.add(
            Target(
                list_id=target.list_id, enterprise_id=keep.id, node_id=target.node_id,
                unit_id=target.unit_id, assigned_on=target.assigned_on,
            )
        )  # fmt: skip
    before = everything(session)
    with pytest.raises(Refused) as refused:
        merged(keep, gone, office)
    assert refused.value.missing[0].field == f"/targets/{target.public_id}"
    assert everything(session) == before


def test_rights_versions_and_others_units(
    session: Session, pair: tuple[Enterprise, Enterprise], actor: ActorOf, office: Actor, world: World
) -> None:
    keep, gone = pair
    with pytest.raises(NotPermitted):
        merged(keep, gone, actor("leader"))
    with unit_of_work() as writing:
        foreign = writing.get_one(Enterprise, gone.id)
        foreign.unit_id = world.unit("JKQ").id
    session.refresh(foreign)
    with pytest.raises(NotPermitted):
        merged(keep, foreign, actor("head_a"))
    stale = replace(choice(keep, foreign), absorbed_version=foreign.version - 1)
    with pytest.raises(Conflict), unit_of_work() as writing:
        merging.merge(writing, stale, actor=office)
    assert merged(keep, foreign, office).survivor_id == keep.id


def test_old_addresses_lead_on_through_several_merges_until_they_are_undone(
    session: Session, pair: tuple[Enterprise, Enterprise], office: Actor
) -> None:
    keep, gone = pair
    third = add(office, "华澜光电科技有限公司")
    first = merged(keep, gone, office)
    session.refresh(keep)
    second = merged(third, keep, office)
    assert redirects.successor(session, gone.public_id) == third.public_id
    with pytest.raises(Conflict), unit_of_work() as writing:
        undoing.undo(writing, first.public_id, version=first.version, actor=office)
    with unit_of_work() as writing:
        undoing.undo(writing, second.public_id, version=second.version, actor=office)
    assert redirects.successor(session, gone.public_id) == keep.public_id
    assert redirects.successor(session, keep.public_id) is None


def test_the_number_of_an_absorbed_record_is_not_given_again(
    session: Session, pair: tuple[Enterprise, Enterprise], office: Actor
) -> None:
    keep, gone = pair
    assert gone.id > keep.id
    merged(keep, gone, office)
    assert add(office, "绵阳利尔化学股份有限公司").id > gone.id
