"""On the demonstration: every kind of record keeps follow-ups, tasks, notes and files, from one component."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock
from core.accounts.models import Account
from core.db import unit_of_work
from tests.support.browser import fill, saved
from tests.support.demonstration import demonstration, signed_in
from tests.support.forms import PDF
from webapp.staff.activity.subjects import KINDS
from webapp.web.actors import actor_of

__all__ = ["demonstration"]

WRITERS = ("head", "specialist", "desk", "office")


def _record(kind: str) -> tuple[str, str, str]:
    """A record of the kind to which one of WRITERS may add: (user name, public id, address of its page)."""
    of = KINDS[kind]
    with unit_of_work() as session:
        for name in WRITERS:
            actor = actor_of(session, session.scalars(select(Account).where(Account.username == name)).one())
            for record in session.scalars(select(of.model).where(of.visible(actor)).limit(20)):
                if of.may_add(actor, record):
                    return name, record.public_id, of.url(record)
    raise AssertionError(f"nobody may add to any {kind}")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_down_about_any_record_stands_on_its_page(demonstration: Flask, kind: str) -> None:
    with demonstration.test_request_context():
        username, pid, page = _record(kind)
    browser = signed_in(demonstration, username)
    deeds = {
        "follow-up": {
            "how": "visit", "their_people": "邵庭", "summary": f"当面谈了{kind}的进度", "next_step": "下周送清单",
        },
        "tasks/new": {"title": f"办妥{kind}", "due_on": (clock.today() + timedelta(days=5)).isoformat(),
                      "owner_text": "供电公司"},
        "notes/new": {"text": f"记下{kind}的一点"},
        "files/new": {"file": (io.BytesIO(PDF), f"{kind}.pdf")},
    }  # fmt: skip
    before = _read(browser, page)
    for deed, values in deeds.items():
        address = f"/activity/{kind}/{pid}/{deed}"
        assert f'href="{address}"' in before, f"the page of a {kind} leads to {deed}"
        saved(fill(browser, address, **values))
    after = _read(browser, page)
    for said in (f"当面谈了{kind}的进度", "下周送清单", f"办妥{kind}", f"记下{kind}的一点", f"{kind}.pdf"):
        assert said in after, said


def _read(browser: FlaskClient, page: str) -> str:
    answer = browser.get(page, follow_redirects=True)
    assert answer.status_code == 200, page
    return answer.get_data(as_text=True).split("<main", 1)[1]
