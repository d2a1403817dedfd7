"""Contacts: one first to call, gone and back, forgotten after their time, numbers opened for a purpose (DOMAIN 22)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Invalid, NotPermitted
from core.permissions import Actor
from crm.enterprises import contacts, queries
from crm.enterprises.models import Contact

ActorOf = Callable[[str], Actor]


def _add(firm: str, actor: Actor, **values: Any) -> Contact:
    given = {"person": "邵庭", "title": "部长", "mobile": "13812341234", **values}
    with unit_of_work() as session:
        return contacts.add(session, firm, given, actor=actor)


def _audited(session: Session, action: str) -> list[AuditEntry]:
    session.rollback()
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_opening_a_number_needs_a_purpose_and_is_one_audit_row(
    session: Session, firm: str, actor: ActorOf
) -> None:
    spec = actor("spec_a")
    pid = _add(firm, spec).public_id
    with pytest.raises(Invalid), unit_of_work() as writing:
        contacts.reveal(writing, pid, reason=" ", actor=spec)
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        contacts.reveal(writing, pid, reason="约谈", actor=actor("spec_b"))
    with unit_of_work() as writing:
        assert contacts.reveal(writing, pid, reason="约谈", actor=spec) == "13812341234"
    rows = _audited(session, "enterprises.mobile_revealed")
    assert [(row.label, row.reason) for row in rows] == [("邵庭", "约谈")]


def test_one_contact_is_the_first_to_call(session: Session, firm: str, actor: ActorOf) -> None:
    _add(firm, actor("spec_a"), is_primary=True)
    _add(firm, actor("spec_a"), person="周澜", is_primary=True)
    enterprise = queries.get(session, firm, actor=actor("spec_a"))
    assert [contact.person for contact in enterprise.contacts if contact.is_primary] == ["周澜"]


def test_a_change_never_writes_the_whole_number_into_the_audit(
    session: Session, firm: str, actor: ActorOf
) -> None:
    contact = _add(firm, actor("spec_a"))
    with unit_of_work() as writing:
        contacts.change(
            writing, contact.public_id, {"mobile": "13900005678"}, version=1, actor=actor("spec_a")
        )
    assert _audited(session, "enterprises.contact_changed")[0].changes == {
        "mobile": ["138****1234", "139****5678"]
    }


def test_who_left_is_kept_and_can_come_back(session: Session, firm: str, actor: ActorOf) -> None:
    spec = actor("spec_a")
    contact = _add(firm, spec, is_primary=True)
    with pytest.raises(Invalid), unit_of_work() as writing:
        contacts.leave(writing, contact.public_id, clock.today() + timedelta(days=1), version=1, actor=spec)
    with unit_of_work() as writing:
        contacts.leave(writing, contact.public_id, clock.today(), version=1, actor=spec)
    gone = queries.get(session, firm, actor=spec).contacts[0]
    assert (gone.active, gone.is_primary, gone.left_on) == (False, False, clock.today())
    session.rollback()
    with unit_of_work() as writing:
        contacts.come_back(writing, contact.public_id, version=2, actor=spec)
    session.rollback()
    assert queries.get(session, firm, actor=spec).contacts[0].active


def test_only_who_has_left_is_forgotten(session: Session, firm: str, actor: ActorOf) -> None:
    spec = actor("spec_a")
    contact = _add(firm, spec)
    with pytest.raises(Invalid), unit_of_work() as writing:
        contacts.anonymise(writing, contact.public_id, reason="本人要求", version=1, actor=spec)
    with unit_of_work() as writing:
        contacts.leave(writing, contact.public_id, clock.today(), version=1, actor=spec)
    with unit_of_work() as writing:
        contacts.anonymise(writing, contact.public_id, reason="本人要求", version=2, actor=spec)
    forgotten = queries.get(session, firm, actor=spec).contacts[0]
    assert (forgotten.person, forgotten.mobile) == ("已匿名", "")


def test_the_night_forgets_those_whose_time_is_over(session: Session, firm: str, actor: ActorOf) -> None:
    spec, yesterday = actor("spec_a"), clock.today() - timedelta(days=1)
    staying = _add(firm, spec, retain_until=yesterday)
    leaving = _add(firm, spec, person="周澜", retain_until=yesterday)
    with unit_of_work() as writing:
        contacts.leave(writing, leaving.public_id, yesterday, version=1, actor=spec)
    with unit_of_work() as writing:
        assert contacts.anonymise_due(writing, clock.today()) == 1
    found = {one.public_id: one.person for one in queries.get(session, firm, actor=spec).contacts}
    assert found == {staying.public_id: "邵庭", leaving.public_id: "已匿名"}


def test_another_zone_changes_nobody(firm: str, actor: ActorOf) -> None:
    contact = _add(firm, actor("spec_a"))
    with pytest.raises(NotPermitted), unit_of_work() as session:
        contacts.change(session, contact.public_id, {"person": "某"}, version=1, actor=actor("spec_b"))


def test_who_has_left_is_not_the_first_to_call(session: Session, firm: str, actor: ActorOf) -> None:
    spec = actor("spec_a")
    gone = _add(firm, spec)
    with unit_of_work() as writing:
        gone = contacts.leave(writing, gone.public_id, clock.today(), version=gone.version, actor=spec)
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        contacts.change(writing, gone.public_id, {"is_primary": True}, version=gone.version, actor=spec)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("is_primary", "left")]
