"""Programs that call the API as people of the small world."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.accounts import tokens
from core.accounts.models import Account
from core.db import new_ulid, unit_of_work
from core.permissions import SYSTEM
from tests.support.requests import scene

__all__ = ["BASE", "Program", "make_token", "program", "scene"]
BASE = "/api/v1"


class Program:
    """A client with a token; paths are below the version."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **values: Any) -> TestResponse:
        return self.client.get(BASE + path, headers=self.headers, query_string=values)

    def post(self, path: str, content: Any, key: str | None = None) -> TestResponse:
        headers = {**self.headers, "Idempotency-Key": new_ulid() if key is None else key}
        return self.client.post(BASE + path, json=content, headers=headers)

    def patch(self, path: str, content: Any) -> TestResponse:
        return self.client.patch(BASE + path, json=content, headers=self.headers)


def make_token(username: str, **options: Any) -> str:
    with unit_of_work() as session:
        owner = session.scalars(select(Account.id).where(Account.username == username)).one()
        given = {"name": "test", "scope": "write", **options}
        return tokens.create(session, account_id=owner, actor=SYSTEM, **given)[1]


@pytest.fixture
def program(app: Flask) -> Callable[..., Program]:
    """`program("spec_a")`, `program("spec_a", scope="read", areas=["leads"])`."""

    def made(username: str, **options: Any) -> Program:
        return Program(app.test_client(), make_token(username, **options))

    return made
