"""A contact by the whole number: the blind index answers, by right, and nothing of the number is kept."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.db import unit_of_work
from core.permissions import Actor
from crm.enterprises import contacts, service
from search import recent
from search.recent import RecentSearch
from tests.support.browser import fields, fill, text
from tests.support.world import World
from tests.webapp.web.test_pages import check_page

ClientAs = Callable[[str], FlaskClient]
NUMBER = "13812341234"


@pytest.fixture
def firm(actor: Callable[[str], Actor], world: World) -> str:
    """A firm of zone A with a contact whose number was typed with dashes."""
    unit_id, head = world.unit("GXQ").id, actor("head_a")
    with unit_of_work() as session:
        made = service.create(session, {"name": "示例市按号码找得到有限公司"}, actor=head)
        made.unit_id = unit_id
        person = {"person": "鲁望舒", "title": "总经理", "mobile": "138-1234-1234"}
        contacts.add(session, made.public_id, person, actor=head)
        return made.public_id


def test_the_whole_number_finds_its_contact_and_no_part_of_it_does(firm: str, client_as: ClientAs) -> None:
    head = client_as("head_a")
    page = text(fill(head, "/enterprises/contacts/lookup", number="+86 138 1234 1234"))
    assert "鲁望舒" in page and f"/enterprises/{firm}#contacts" in page
    assert check_page(page) == []
    assert "鲁望舒" not in text(fill(head, "/enterprises/contacts/lookup", number="13812341235"))
    part = fill(head, "/enterprises/contacts/lookup", number="1234123")
    assert "鲁望舒" not in text(part)
    wrong = fill(head, "/enterprises/contacts/lookup", number="鲁望舒")
    assert wrong.status_code == 422 and "不像电话号码" in text(wrong)


def test_another_zone_finds_nothing_and_who_may_not_see_contacts_is_refused(
    firm: str, client_as: ClientAs, session: Session
) -> None:
    page = text(fill(client_as("head_b"), "/enterprises/contacts/lookup", number=NUMBER))
    assert "鲁望舒" not in page and "没有这个号码" in page
    admin = client_as("admin")
    assert admin.get("/enterprises/contacts/lookup").status_code == 403


def test_each_look_up_is_a_row_without_the_number(firm: str, client_as: ClientAs, session: Session) -> None:
    fill(client_as("head_a"), "/enterprises/contacts/lookup", number=NUMBER)
    session.rollback()
    row = session.scalars(select(AuditEntry).where(AuditEntry.action == "enterprises.number_looked_up")).one()
    assert row.label == "鲁望舒" and NUMBER not in str(row.changes) + row.label + row.reason


def test_a_number_typed_into_the_search_box_is_not_kept(
    client_as: ClientAs, session: Session, actor: Callable[[str], Actor]
) -> None:
    for typed in (NUMBER, "138 1234 1234", "+86-13812341234", "光学膜"):
        recent.note(typed, actor=actor("head_a"))
    recent.flush()
    session.rollback()
    assert list(session.scalars(select(RecentSearch.typed))) == ["光学膜"]


def test_a_contact_without_a_real_number_is_named_at_its_field(firm: str, client_as: ClientAs) -> None:
    head = client_as("head_a")
    url = f"/enterprises/{firm}/contacts/new"
    answer = head.post(url, data={**fields(text(head.get(url))), "person": "某人", "mobile": "1234567x"})
    assert answer.status_code == 422 and "不像电话号码" in text(answer)
