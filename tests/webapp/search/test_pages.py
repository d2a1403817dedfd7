"""The page of results and the suggestions, as people and programs call them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import config
from core.db import unit_of_work
from core.dirty import touch
from core.permissions import Actor
from crm.enterprises import service
from crm.leads.models import Lead
from search import desk
from search.elastic.engine import ElasticEngine, connect
from search.opening import open_engine
from tests.support.world import World
from webapp.web import searching

ClientAs = Callable[[str], FlaskClient]
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _index(
    app: object, tmp_path: Path, settings: config.Settings, actor: Callable[[str], Actor]
) -> Iterator[None]:
    desk.configure(lambda: open_engine(tmp_path, None))
    acting = actor("spec_a")
    with unit_of_work() as session:
        for name, region in (
            ("示例市华澜光电科技有限公司", "510000"),
            ("示例市华澜新材料有限公司", "440000"),
            ("示例市<b>尖括号</b>有限公司", "510000"),
        ):
            values = {"name": name, "reg_status": "active", "region_code": region}
            service.create(session, values, actor=acting)
    desk.drain_all()
    yield
    searching.init_app(settings)


def page(client: FlaskClient, query: str, **headers: str) -> str:
    answer = client.get(f"/search{query}", headers=headers)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_results_are_marked_counted_and_linked(client_as: ClientAs) -> None:
    html = page(client_as("spec_a"), "?q=华澜")
    assert html.count("示例市<mark>华澜</mark>") == 2
    assert "2 条" in html
    assert re.search(r'href="/enterprises/[0-9A-Z]{26}"', html)


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("hlgd", "华澜光电"),
        ("hualanguangdian", "华澜光电"),
        ("hualan", "华澜"),
        ("guangdian", "光电"),
    ],
)
def test_a_hit_by_initials_or_pinyin_is_marked_too(client_as: ClientAs, typed: str, marked: str) -> None:
    assert f"<mark>{marked}</mark>" in page(client_as("spec_a"), f"?q={typed}")


def test_facets_narrow_the_result(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    html = page(client, "?q=华澜")
    assert "region=" in html
    narrowed = page(client, "?q=华澜&region=广东")
    assert "示例市华澜新材料有限公司" in text_of(narrowed)
    assert "示例市华澜光电科技有限公司" not in text_of(narrowed)


def test_several_values_of_a_facet_add_up_and_each_can_be_taken_off(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    one = page(client, "?q=示例市&region=广东")
    assert "1 条" in one and "示例市华澜光电科技有限公司" not in text_of(one)
    (both,) = re.findall(
        r'href="(/search\?[^"]*region=%E5%B9%BF%E4%B8%9C[^"]*region=%E5%9B%9B%E5%B7%9D[^"]*)"', one
    )
    html = page(client, both.removeprefix("/search").replace("&amp;", "&"))
    assert "3 条" in html
    assert {"示例市华澜光电科技有限公司", "示例市华澜新材料有限公司"} <= set(
        re.findall(r"示例市华澜\w+有限公司", text_of(html))
    )
    facet = html[html.index('id="facet-region"') :]
    assert facet.count('aria-current="true"') == 2


def test_near_hits_stand_apart_and_are_not_counted(client_as: ClientAs) -> None:
    html = page(client_as("spec_a"), "?q=华兰光电")
    assert "相近的结果" in html
    assert "示例市华澜光电科技有限公司" in text_of(html)
    assert 'id="found-h"' not in html


def test_nothing_found_says_what_to_try(client_as: ClientAs) -> None:
    html = page(client_as("spec_a"), "?q=量子火锅")
    assert "没有找到“量子火锅”" in html


def test_an_empty_box_says_what_can_be_found(client_as: ClientAs) -> None:
    assert "企业" in page(client_as("spec_a"), "")


def test_what_is_typed_and_what_is_stored_is_escaped(client_as: ClientAs) -> None:
    html = page(client_as("spec_a"), "?q=<script>alert(1)</script>尖括号")
    assert "<script>alert" not in html
    assert "<b>尖" not in page(client_as("spec_a"), "?q=尖括号")


def test_suggestions_are_a_fragment_grouped_by_kind(client_as: ClientAs) -> None:
    html = page(client_as("spec_a"), "/suggest?q=hualan", **FRAGMENT)
    assert "<html" not in html
    assert html.count('role="option"') == 3
    assert 'aria-label="企业"' in html
    assert page(client_as("spec_a"), "/suggest?q=", **FRAGMENT).strip() == ""


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=" + "长" * 3000,
        "?q=华澜&page=0",
        "?q=华澜&page=x",
        "?q=华澜&page=99999999",
        "?q=华澜&kind=nonsense",
        "?q=%22*%29",
    ],
)
def test_odd_addresses_are_answered(client_as: ClientAs, query: str) -> None:
    assert client_as("spec_a").get(f"/search{query}").status_code in (200, 400)


def test_strangers_and_enterprises_are_turned_away(client: FlaskClient) -> None:
    assert client.get("/search?q=华澜").status_code in (302, 303)
    assert client.get("/search/suggest?q=华澜").status_code in (302, 303, 401, 404)


def test_with_the_engine_down_the_page_says_so(client_as: ClientAs) -> None:
    desk.configure(lambda: ElasticEngine(connect("http://127.0.0.1:9")))
    html = page(client_as("spec_a"), "?q=示例市华澜")
    assert "检索服务暂时不可用" in html
    assert "示例市华澜光电科技有限公司" in text_of(html)


def test_another_zones_lead_is_in_no_hit_no_count_no_facet_no_suggestion(
    client_as: ClientAs, world: World
) -> None:
    unit, account = world.unit("GXQ").id, world.account("spec_a").id
    world.session.rollback()
    with unit_of_work() as session:
        lead = Lead(
            unit_id=unit, created_by=account, investor_name="示例华澜控股集团有限公司", content="偏光片"
        )
        session.add(lead)
        session.flush()
        touch("lead", [lead.id])
    desk.drain_all()
    own, other = client_as("spec_a"), client_as("spec_b")
    assert "3 条" in page(own, "?q=华澜") and "线索" in text_of(page(own, "/suggest?q=华澜控股", **FRAGMENT))
    assert "2 条" in page(other, "?q=华澜") and "kind=lead" not in page(other, "?q=华澜")
    for typed in ("华澜控股", "hualankonggu", "hlkg", "华兰控股", "偏光片"):
        assert "华澜控股" not in text_of(page(other, f"/suggest?q={typed}", **FRAGMENT)).replace(typed, "")
        assert "示例华澜控股集团有限公司" not in text_of(page(other, f"?q={typed}"))
    desk.configure(lambda: ElasticEngine(connect("http://127.0.0.1:9")))
    for typed in ("示例华澜控股", "示例华澜控股集团有限公司"):
        assert "检索服务暂时不可用" in page(other, f"?q={typed}")
        assert 'class="lz-hit"' in page(own, f"?q={typed}") and 'class="lz-hit"' not in page(
            other, f"?q={typed}"
        )
        assert 'href="/leads/' not in page(other, f"/suggest?q={typed}", **FRAGMENT)
