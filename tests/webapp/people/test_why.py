"""On the demonstration: every kind of record page leads to the reason, and the reason is there for whoever opens it."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.accounts.models import Account
from core.db import unit_of_work
from crm.activity import service
from tests.support.demonstration import demonstration, signed_in
from webapp.staff.activity import subjects
from webapp.staff.people.why import KINDS
from webapp.web.actors import actor_of

__all__ = ["demonstration"]
LISTS = {
    "enterprise": "/enterprises",
    "target": "/targets",
    "lead": "/leads",
    "project": "/projects",
    "card": "/greencards",
    "case": "/greencards/cases",
    "request": "/requests",
    "cultivation": "/cultivation",
    "map": "/chains",
    "target_list": "/targets/lists",
}
OF_A_PERSON = {"import", "merge", "task"}
"""Kinds whose pages not every reader has: one's own imports, merges, what there is to do. They have their own tests."""


@pytest.mark.parametrize("username", ["leader", "head"])
def test_every_record_page_leads_to_its_reason(demonstration: Flask, username: str) -> None:
    client = signed_in(demonstration, username)
    for kind, address in LISTS.items():
        listed = client.get(address).get_data(as_text=True).split("<main", 1)[1]
        found = re.search(rf"{address}/([0-9A-Z]{{26}})", listed)
        assert found is not None, address
        page = client.get(f"{address}/{found[1]}")
        assert page.status_code == 200, (kind, page.status_code)
        assert f'href="/why/{kind}/{found[1]}"' in page.get_data(as_text=True), kind
        why = client.get(f"/why/{kind}/{found[1]}").get_data(as_text=True)
        assert "您是" in why, (kind, username)


@pytest.mark.parametrize("kind", subjects.KINDS)
def test_a_task_of_every_kind_of_record_tells_what_it_belongs_to(demonstration: Flask, kind: str) -> None:
    of = subjects.KINDS[kind]
    with unit_of_work() as session:
        reader, writer = (
            session.scalars(select(Account).where(Account.username == name)).one()
            for name in ("leader", "head")
        )
        visible = of.visible(actor_of(session, reader))
        about = of.subject(session.scalars(select(of.model).where(visible).limit(1)).one())
        pid = service.add_task(
            session, about, sort="todo", title="送资料", due_on=clock.today(), owner_id=writer.id, owner_text="",
            actor=actor_of(session, writer),
        ).public_id  # fmt: skip
        label = about.label
    page = signed_in(demonstration, "leader").get(f"/why/task/{pid}").get_data(as_text=True)
    assert f"这项待办属于“{label}”" in page and "您是" in page


def test_every_kind_is_walked() -> None:
    assert set(LISTS) | OF_A_PERSON == set(KINDS)
