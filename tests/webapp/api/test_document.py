"""The description fits the calls: every route stands in it, and hostile calls meet nothing but described answers."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.support.browser import text
from tests.webapp.api.conftest import BASE, Program, make_token
from webapp.api.v1 import document, wording
from webapp.web import rates

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
HAN = re.compile("[\u4e00-\u9fff]")
DESCRIBES = {"api.document", "api.documentation"}


def test_the_document_names_every_route(app: Flask) -> None:
    described = {
        (verb.upper(), path) for path, verbs in document.openapi()["paths"].items() for verb in verbs
    }
    routes = {
        (verb, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint not in DESCRIBES
        for verb in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == routes


def test_the_document_is_for_staff(client: FlaskClient, client_as: Callable[..., FlaskClient]) -> None:
    assert client.get(f"{BASE}/openapi.json").status_code == 401
    found = client_as("office").get(f"{BASE}/openapi.json").get_json()
    assert found["openapi"].startswith("3.1") and "/api/v1/leads" in found["paths"]


def test_the_page_explains_it_without_another_host(client_as: Callable[..., FlaskClient]) -> None:
    page = text(client_as("office").get(f"{BASE}/docs"))
    assert "GET /api/v1/leads" in page and "Idempotency-Key" in page
    assert "http://" not in page.replace("http://localhost/", "").replace("http://www.w3.org", "")


def test_too_many_calls_are_asked_to_wait(app: Flask) -> None:
    office = Program(app.test_client(), make_token("office"))
    rates.limiter.reset()
    answers = [office.get("/search", q="示例") for _turn in range(61)]
    assert [answer.status_code for answer in answers[:60]] == [200] * 60
    assert answers[60].status_code == 429 and int(answers[60].headers["Retry-After"]) > 0
    rates.limiter.reset()


@pytest.mark.slow
def test_hostile_calls_meet_described_answers(app: Flask) -> None:
    """Schemathesis over every call: no error of the server, no status and no shape that the document lacks."""
    app.config["RATELIMIT_ENABLED"] = False
    rates.limiter.enabled = False
    schema = schemathesis.openapi.from_dict(document.openapi())
    schema.app = app
    headers = {"Authorization": f"Bearer {make_token('office')}"}
    found: list[str] = []
    calls: list[str] = []
    try:
        for result in schema.get_all_operations():
            _attack(result.ok(), headers, found, calls)
    finally:
        rates.limiter.enabled = True
    assert not found, "\n\n".join(found)
    assert len(calls) > 100 and len(set(calls)) == len(list(schema.get_all_operations()))


def _attack(operation: Any, headers: dict[str, str], found: list[str], calls: list[str]) -> None:
    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def attack(case: schemathesis.Case) -> None:
        sent = dict(headers)
        if case.method == "POST":
            sent["Idempotency-Key"] = "k"
        response = case.call(headers=sent)
        calls.append(f"{case.method} {case.operation.path}")
        case.validate_response(response, checks=CHECKS)

    try:
        attack()
    except BaseException as error:
        found.append(f"{operation}: {error}"[:2000])


def _sentences(part: Any) -> list[str]:
    """Every summary and description below a part of the document."""
    if isinstance(part, list):
        return [text for each in part for text in _sentences(each)]
    if not isinstance(part, dict):
        return []
    own = [
        value for key, value in part.items() if key in ("summary", "description") and isinstance(value, str)
    ]
    return [*own, *(text for value in part.values() for text in _sentences(value))]


@pytest.mark.parametrize(("language", "chinese"), [("zh", True), ("en", False)])
def test_the_document_speaks_the_language_of_its_reader(
    client_as: Callable[..., FlaskClient], language: str, chinese: bool
) -> None:
    """In Chinese every sentence is; in English none holds a Chinese word."""
    client = client_as("office")
    client.set_cookie("lang", language)
    found = client.get(f"{BASE}/openapi.json").get_json()
    said = [text for text in _sentences(found) if text]
    assert len(said) > 400
    wrong = {text for text in said if bool(HAN.search(text)) is not chinese}
    assert not wrong, sorted(wrong)[:20]
    sort = next(
        each for each in found["paths"]["/api/v1/leads"]["get"]["parameters"] if each["name"] == "sort"
    )
    assert ("拟投总额" if chinese else "amount (") in sort["description"]
    page = text(client.get(f"{BASE}/docs"))
    assert ("登记线索。" if chinese else "Register a lead.") in page


def test_what_the_code_says_in_english_is_what_the_catalogue_says(app: Flask) -> None:
    """The sentence in the code is the key; its translation back must not tell something else."""
    with app.test_request_context("/", headers={"Cookie": "lang=en"}):
        assert {key: str(said) for key, said in wording.SAID.items()} == {key: key for key in wording.SAID}
    with app.app_context():
        spoken = set(_sentences(document.openapi()["components"])) | set(
            _sentences(document.openapi()["paths"])
        )
    assert set(wording.SAID) <= spoken, "nothing stands here that no call says"
