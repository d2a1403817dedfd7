"""On the whole demonstration: the tokens of every account let through what its SQL conditions let through."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.accounts.models import ACCOUNT, UNIT, Account
from core.db import db
from search import acl, desk, rebuilding
from search.document import Document
from search.registry import sources
from tests.support.demonstration import demonstration
from webapp.cli.demo import load
from webapp.web.actors import actor_of

__all__ = ["demonstration"]
THE_THREAD = {
    "account", "attachment", "chain", "chain_node", "contact", "cultivation", "enterprise", "green_card", "lead",
    "project", "service_case", "service_request", "target", "unit",
}  # fmt: skip


def _documents() -> dict[str, dict[int, Document]]:
    session = db.session()
    return {
        kind: source.build(session, list(session.scalars(select(source.model.id))))
        for kind, source in sources().items()
    }


def test_every_kind_of_the_thread_can_be_found() -> None:
    assert set(sources()) >= THE_THREAD


def test_tokens_and_conditions_agree_for_every_account(demonstration: Flask) -> None:
    session, documents = db.session(), _documents()
    for account in session.scalars(select(Account)).all():
        actor = actor_of(session, account, ip="127.0.0.1", request_id="test")
        held = set(acl.tokens_for(actor, sources().values()))
        for kind, source in sources().items():
            visible = set(session.scalars(select(source.model.id).where(source.visible(actor))))
            known = documents[kind]  # a contact who has left has none: he is not found by anybody
            found = {number for number, document in known.items() if held & set(document.acl)}
            assert found == visible & known.keys(), (account.username, kind)


def test_every_document_is_found_by_its_title_and_leads_to_its_page(demonstration: Flask) -> None:
    finder = desk.finder()
    rebuilding.rebuild(finder.engine, finder.sources)
    leader, keeper = _signed_in(demonstration, "leader"), _signed_in(demonstration, "administrator")
    for kind, documents in _documents().items():
        client = keeper if kind in (ACCOUNT, UNIT) else leader  # a leader reads everything but accounts
        for document in list(documents.values())[:3]:
            found = finder.engine.search(document.title, document.acl, size=50)
            assert document.key in {hit.card.key for hit in found.hits}, document.title
            assert client.get(document.path).status_code == 200, document.path


def _signed_in(app: Flask, role: str) -> FlaskClient:
    account = next(one for one in load.accounts(app, app.config["SETTINGS"].data_dir) if one["role"] == role)
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").get_data(as_text=True))
    assert token is not None
    form = {"username": account["username"], "password": account["password"], "csrf_token": token.group(1)}
    assert client.post("/login", data=form).status_code in (302, 303)
    return client
