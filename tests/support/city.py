"""The whole demonstration inside the tests' own database, and every page of it that a role can reach."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from core.db import db
from tests.support.forms import PageForm, links, parse, post_forms
from webapp import database
from webapp.cli import start
from webapp.cli.demo import load as loader

EACH = 3
"""Pages of one address pattern that are opened: enough for its states, few enough to be quick."""


@dataclass
class City:
    """The application on a database that holds the demonstration."""

    app: Flask
    password: str
    _clients: dict[str, FlaskClient] = field(default_factory=dict)
    _forms: dict[str, list[PageForm]] = field(default_factory=dict)

    def client(self, username: str) -> FlaskClient:
        """A browser signed in as this person, kept for the module."""
        if username not in self._clients:
            self._clients[username] = self.fresh(username)
        return self._clients[username]

    def fresh(self, username: str) -> FlaskClient:
        client = self.app.test_client()
        form = next(
            each
            for each in post_forms(parse(client.get("/login").text), "/login")
            if "username" in each.values
        )
        form.values |= {"username": [username], "password": [self.password]}
        status, text, _where = form.send(client)
        assert status == 303, text[:500]
        return client

    def endpoint(self, path: str, method: str = "POST") -> tuple[str, tuple[tuple[str, object], ...]]:
        """The endpoint of a path with its arguments other than ids; ("", ()) when there is none."""
        try:
            found, arguments = self.app.url_map.bind("localhost").match(path.split("?")[0], method)
        except HTTPException:
            return "", ()
        kept = tuple(
            sorted(
                (k, v)
                for k, v in arguments.items()
                if not k.endswith(("pid", "_id")) and k not in ("token", "key")
            )
        )
        return str(found), kept

    def forms(self, username: str) -> list[PageForm]:
        """Every POST form on the pages that this person reaches by links; walked once."""
        if username not in self._forms:
            self._forms[username] = list(self._walk(self.client(username)))
        return self._forms[username]

    def again(self, person: str, form: PageForm) -> PageForm:
        """The same form, its page opened afresh."""
        tree, wanted = parse(self.client(person).get(form.page).text), self.endpoint(form.action)
        for each in post_forms(tree, form.page):
            if self.endpoint(each.action) == wanted:
                return each
        raise AssertionError(f"{person}: {wanted} is gone from {form.page}")

    def _walk(self, client: FlaskClient) -> Iterator[PageForm]:
        todo, seen, opened = ["/"], {"/"}, dict[str, int]()
        while todo:
            path = todo.pop(0)
            key = f"{self.endpoint(path, 'GET')}"
            opened[key] = opened.get(key, 0) + 1
            if opened[key] > EACH or path.startswith("/logout"):
                continue
            answer = client.get(path, follow_redirects=True)
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            tree = parse(answer.text)
            there = answer.request.full_path.rstrip("?") if answer.history else path  # where the way led to
            yield from post_forms(tree, there)
            for link in links(tree):
                if link not in seen:
                    seen.add(link)
                    todo.append(link)


def build(app: Flask, folder: Path) -> City:
    """Empty the database and load the demonstration into it."""
    database.downgrade(app, "base")
    start.prepare_database(app, app.config["SETTINGS"])
    loader.load(app, folder)
    with app.app_context():
        db.session.remove()
    password = json.loads((folder / loader.FILE).read_text("utf-8"))["password"]
    return City(app, password)
