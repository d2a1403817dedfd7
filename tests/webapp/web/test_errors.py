"""Refusals and surprises: the same 404 for hidden and missing, no trace, no 500 for broken input."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.errors import Busy, Conflict, Fault, Invalid, Missing, Refused
from tests.conftest import csrf_of
from webapp.web import errors

ClientAs = Callable[[str], FlaskClient]


def _body(client: FlaskClient, path: str) -> tuple[int, str]:
    answer = client.get(path)
    return answer.status_code, answer.get_data(as_text=True)


def test_what_is_missing_looks_everywhere_the_same(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    found = _body(client, "/no-such-page")
    assert found[0] == 404
    assert "csrf_token" not in found[1]
    assert found == _body(client, "/enterprises/01JDTESTTESTTESTTESTTESTTE")
    assert found == _body(client, "/account/sessions")


@pytest.mark.parametrize(
    "path",
    [
        "/enterprises/%00", "/enterprises/%ED%A0%BD", "/enterprises/99999999999999999999", "/enterprises?page=%00",
        "/enterprises?page=99999999999999999999999", "/enterprises?page=-1&size=1e9", "/enterprises?sort=%27%22%3Cx",
        "/search?q=%00", "/search?q=%ED%A0%BD", "/login?next=%00", "/account/sessions/99999999999999999999999/close",
        "/enterprises/" + "9" * 3000, "/?%00=1",
    ],
)  # fmt: skip
def test_broken_addresses_are_refused_not_stumbled_over(client_as: ClientAs, path: str) -> None:
    assert client_as("spec_a").get(path).status_code < 500


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00b", "\ud83d", "\U0001f600" * 300, "名" * 300, "'\"><script>alert(1)</script>"]
)
def test_hostile_text_in_a_form_is_refused_or_kept_as_it_is(client_as: ClientAs, text: str) -> None:
    client = client_as("admin")
    token = csrf_of(client.get("/account").get_data(as_text=True))
    sent = text.encode("utf-8", "surrogatepass")
    answer = client.post(
        "/admin/units", data={"csrf_token": token, "name": sent, "code": sent, "kind": sent, "parent": sent}
    )
    assert answer.status_code in (303, 400, 422)
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_a_wrong_method_says_which_are_allowed(client_as: ClientAs) -> None:
    answer = client_as("spec_a").get("/logout")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert client_as("spec_a").open("/", method="TRACE").status_code == 405


def test_too_large_a_body_names_the_limit(client_as: ClientAs) -> None:
    client = client_as("admin")
    answer = client.post("/admin/units", data={"name": "x" * (53 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "50 MB" in answer.get_data(as_text=True)


@pytest.fixture
def failing(app: Flask) -> Callable[[Exception, dict[str, str]], tuple[int, str, str]]:
    """Run an error through the one place that maps it, as a page, fragment or JSON."""

    def run(error: Exception, headers: dict[str, str]) -> tuple[int, str, str]:
        with app.test_request_context("/enterprises", headers=headers):
            app.preprocess_request()
            answer = app.make_response(app.handle_user_exception(error))
            return answer.status_code, answer.get_data(as_text=True), answer.mimetype or ""

    return run


def test_a_refusal_lists_everything_as_fragment_and_json(
    failing: Callable[..., tuple[int, str, str]],
) -> None:
    refused = Refused([Missing("paid_on", "missing", "到账日期未填"), Missing(None, "missing", "缺凭证")])
    status, page, _kind = failing(refused, {"HX-Request": "true"})
    assert status == 422
    assert "到账日期未填" in page
    assert "缺凭证" in page
    assert "<html" not in page
    status, text, kind = failing(
        Invalid(Fault("uscc", "check", "校验位不对")), {"Accept": "application/json"}
    )
    assert (status, kind) == (422, "application/problem+json")
    assert '"field":"uscc"' in text.replace(" ", "")


def test_conflict_and_busy_have_their_status(failing: Callable[..., tuple[int, str, str]]) -> None:
    assert failing(Conflict(), {})[0] == 409
    assert failing(Busy(), {})[0] == 503


def test_a_surprise_shows_a_number_and_no_trace(app: Flask) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        page = errors.answer(500, code="internal").get_data(as_text=True)
    assert "报修编号" in page
    assert "Traceback" not in page
