"""Elasticsearch with a password and TLS: right, wrong and missing credentials, a certificate nobody vouches for."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import config
from search import desk, rebuilding
from search.elastic.engine import ElasticEngine, connect
from search.engine import EngineDown
from tests.search.secured import Secured, server
from webapp.cli import upkeep
from webapp.web import searching

pytestmark = [pytest.mark.elasticsearch, pytest.mark.slow]

Register = Callable[..., int]


@pytest.fixture(scope="module")
def secured() -> Iterator[Secured]:
    """Not below pytest's own folder: that is closed to the user whom the server runs as."""
    with (
        tempfile.TemporaryDirectory(prefix="lianzhao-secured-", dir="/var/tmp") as folder,
        server(Path(folder)) as made,
    ):
        yield made


def settings_for(secured: Secured, folder: Path, **changed: str) -> config.Settings:
    given = {
        "DATA_DIR": str(folder), "ELASTICSEARCH_URL": secured.url, "ELASTICSEARCH_USERNAME": secured.username,
        "ELASTICSEARCH_PASSWORD": secured.password, "ELASTICSEARCH_CA_CERTS": str(secured.ca),
    }  # fmt: skip
    return config.load({**given, **changed})


def test_with_password_and_certificate_everything_works(
    secured: Secured, app: Flask, people: int, register: Register, settings: config.Settings, tmp_path: Path,
    client_as: Callable[[str], FlaskClient],
) -> None:  # fmt: skip
    searching.init_app(settings_for(secured, tmp_path))
    try:
        register("示例市华澜光电有限公司")
        assert desk.drain_all() > people
        desk.finder().engine.refresh()
        html = client_as("spec_a").get("/search?q=hlgd").get_data(as_text=True)
        assert "<mark>华澜光电</mark>" in html and "检索服务暂时不可用" not in html
        state, sentence = upkeep._search(settings_for(secured, tmp_path))
        assert state == "note" and "rebuild" in sentence  # a first index is not complete before its rebuild
        finder = desk.finder()
        assert rebuilding.rebuild(finder.engine, finder.sources) == 1 + people
        assert upkeep._search(settings_for(secured, tmp_path))[0] == "ok"
    finally:
        engine = desk.finder().engine
        assert isinstance(engine, ElasticEngine)
        engine.remove()
        searching.init_app(settings)


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"ELASTICSEARCH_PASSWORD": "wrong"}, "ELASTICSEARCH_PASSWORD"),
    ({"ELASTICSEARCH_USERNAME": "", "ELASTICSEARCH_PASSWORD": ""}, "ELASTICSEARCH_PASSWORD"),
    ({"ELASTICSEARCH_CA_CERTS": ""}, "ELASTICSEARCH_CA_CERTS"),
)


@pytest.mark.parametrize(("changed", "named"), WRONG)
def test_what_is_wrong_is_named_by_the_doctor_and_is_no_error_page(
    secured: Secured, app: Flask, register: Register, settings: config.Settings, tmp_path: Path,
    client_as: Callable[[str], FlaskClient], changed: dict[str, str], named: str,
) -> None:  # fmt: skip
    given = settings_for(secured, tmp_path, **changed)
    state, sentence = upkeep._search(given)
    assert state == "FAULT" and named in sentence
    assert secured.password not in sentence
    searching.init_app(given)
    try:
        register("示例市华澜光电有限公司")
        assert desk.drain_all() == 0
        answer = client_as("spec_a").get("/search?q=示例市华澜")
        assert answer.status_code == 200
        html = answer.get_data(as_text=True)
        assert "检索服务暂时不可用" in html and "华澜" in html
    finally:
        searching.init_app(settings)


def test_without_credentials_the_engine_is_down_and_says_so(secured: Secured) -> None:
    engine = ElasticEngine(connect(secured.url, ca_certs=str(secured.ca)), "lzsecured")
    with pytest.raises(EngineDown, match="401"):
        engine.search("电池", ["pub"])
    assert engine.health().up is False
    engine.close()
