"""Deny by default: every route says who may call it, and the one place that decides keeps to it."""

from collections.abc import Callable

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from webapp.web.access import assert_every_route_states_its_access

ClientAs = Callable[[str], FlaskClient]


def _plain_pages(app: Flask) -> list[str]:
    """The addresses of all GET routes that need no argument."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint != "static"
    )


def test_every_route_states_who_may_call_it(app: Flask) -> None:
    assert_every_route_states_its_access(app)


def test_a_route_that_says_nothing_stops_the_start() -> None:
    app = Flask("silent")
    area = Blueprint("silent", __name__)
    area.add_url_rule("/", view_func=lambda: "open to everybody?")
    app.register_blueprint(area)
    with pytest.raises(RuntimeError, match="routes without"):
        assert_every_route_states_its_access(app)


def test_strangers_are_asked_to_sign_in_everywhere(app: Flask, client: FlaskClient) -> None:
    open_to_all = {
        rule for rule in _plain_pages(app) if app.view_functions[_endpoint(app, rule)].access.kind == "public"
    }
    known = {"/login", "/login/code", "/login/provider/back", "/livez", "/readyz", "/metrics"}
    assert open_to_all <= known | {page for page in open_to_all if page.startswith("/verify")}
    for page in set(_plain_pages(app)) - open_to_all:
        answer = client.get(page)
        assert answer.status_code in (302, 401), page
        assert "no-store" in answer.headers["Cache-Control"]


def _endpoint(app: Flask, rule: str) -> str:
    return next(each.endpoint for each in app.url_map.iter_rules() if each.rule == rule)


def test_the_sign_in_page_leads_back_to_what_was_asked_for(client: FlaskClient) -> None:
    answer = client.get("/enterprises?sort=-name&page=2")
    assert answer.headers["Location"] == "/login?next=%2Fenterprises%3Fsort%3D-name%26page%3D2"


def test_a_fragment_of_an_ended_session_leads_the_whole_page_to_the_sign_in(client: FlaskClient) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/enterprises?page=3"}
    answer = client.get("/enterprises", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=%2Fenterprises%3Fpage%3D3"


def test_a_role_without_the_permission_is_refused(client_as: ClientAs) -> None:
    answer = client_as("spec_a").get("/admin/accounts")
    assert answer.status_code == 403
    assert "csrf_token" not in answer.get_data(as_text=True)


def test_the_rail_offers_only_what_may_be_entered(client_as: ClientAs) -> None:
    assert 'href="/admin/accounts"' in client_as("admin").get("/").get_data(as_text=True)
    assert 'href="/admin/accounts"' not in client_as("spec_a").get("/").get_data(as_text=True)


def test_officials_do_not_enter_the_portal(app: Flask, client_as: ClientAs) -> None:
    pages = [page for page in _plain_pages(app) if page.startswith("/portal")]
    if not pages:
        pytest.skip("this build has no portal")
    client = client_as("leader")
    assert {client.get(page).status_code for page in pages} == {404}
