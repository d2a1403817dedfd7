"""The maps as people use them: list, map with an open node, home, placing, import."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from chains.models import Chain
from core.db import db, unit_of_work
from crm.enterprises.placements import Placement
from tests.conftest import csrf_of
from tests.support import maps

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def chain(session: Session) -> str:
    with unit_of_work() as writing:
        made = maps.build(writing)
        listed = maps.firm(writing, "三利谱", stock_code="002876", region_code="440000")
        maps.place(writing, listed, "X-01-01", "leading", product="TFT偏光片")
        home = maps.firm(writing, "示例市本地面板有限公司", region_code="519900")
        maps.place(writing, home, "X-02", "anchor", product="液晶面板")
        return made.public_id


@contextmanager
def counted() -> Iterator[list[str]]:
    """Reads of a page; thresholds are kept for some seconds and read again whenever these are over."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT") and "FROM rule_version" not in statement:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def text_of(client: FlaskClient, url: str, status: int = 200, **headers: str) -> str:
    answer = client.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def test_the_list_shows_each_map_seen_from_home(client_as: ClientAs, chain: str) -> None:
    client = client_as("spec_a")
    page = text_of(client, "/chains?home=519900")
    assert "新型显示" in page
    assert "草稿" in page
    assert ">20.0<" in page
    with counted() as statements:
        text_of(client, "/chains?home=519900")
    many = len(statements)
    with unit_of_work() as writing:
        for number in range(3):
            writing.add(Chain(code=f"C{number}", name=f"链{number}"))
    with counted() as statements:
        text_of(client, "/chains?home=519900")
    assert len(statements) == many


def test_the_map_is_a_picture_of_links_with_words(client_as: ClientAs, chain: str) -> None:
    page = text_of(client_as("spec_a"), f"/chains/{chain}?home=519900")
    assert page.count("<h1") == 1
    assert 'aria-label="偏光片 缺失，本地企业 0 家，全国上市 1 家"' in page
    assert 'aria-label="显示面板 优势，本地企业 1 家，全国上市 0 家"' in page
    assert f'href="/chains/{chain}?node=X-01-01&amp;home=519900#node"' in page
    assert "style=" not in page.split("<main")[1]
    assert "基准日 2026年11月1日" in page
    assert 'id="node"' not in page


def test_a_node_opens_beside_the_map_as_page_and_as_fragment(client_as: ClientAs, chain: str) -> None:
    client = client_as("spec_a")
    url = f"/chains/{chain}?home=519900&node=X-01-01"
    page, part = text_of(client, url), text_of(client, url, HX_Request="true")
    for text in (page, part):
        assert 'id="node"' in text
        assert "本地没有企业，判为缺失。" in text
        assert "上游缺口，优先级高" in text
        assert "三利谱" in text
        assert "图谱上与本地链主" in text
    assert "<html" not in part
    assert part.lstrip().startswith('<div class="lz-panel" id="map">')
    assert 'aria-current="true"' in part


def test_the_arithmetic_stands_beside_the_state(client_as: ClientAs, chain: str) -> None:
    page = text_of(client_as("spec_a"), f"/chains/{chain}?home=519900&node=X-02")
    assert "本地 1 家：链主 1 × 8，权重和 8。" in page
    assert "无外地对标（有企业的同级地区 0 个，不足 2 个），按本地权重和分级。" in page


def test_a_group_opens_with_its_tally(client_as: ClientAs, chain: str) -> None:
    page = text_of(client_as("spec_a"), f"/chains/{chain}?home=519900&node=X-01")
    assert "2 个末级节点" in page
    assert "谁能补上" not in page


def test_the_phone_gets_one_stage_at_a_time(client_as: ClientAs, chain: str) -> None:
    page = text_of(client_as("spec_a"), f"/chains/{chain}?home=519900&stage=down")
    stages = page.split('class="lz-stages"')[1]
    assert "电视整机" in stages
    assert "偏光片" not in stages


def test_only_one_state_leaves_out_the_rest(client_as: ClientAs, chain: str) -> None:
    page = text_of(client_as("spec_a"), f"/chains/{chain}?home=519900&only=missing")
    assert 'aria-label="偏光片 缺失' in page
    assert 'aria-label="显示面板 优势' not in page
    page = text_of(client_as("spec_a"), f"/chains/{chain}?home=519900&only=weak")
    assert "没有这种状态的节点。" in page


def test_unknown_values_in_the_address_do_no_harm(client_as: ClientAs, chain: str) -> None:
    client = client_as("spec_a")
    text_of(client, f"/chains/{chain}?home=park:none&node=ZZ&only=all&stage=%3Cb%3E")
    text_of(client, "/chains/01ARZ3NDEKTSV4RRFFQ69G5FAV", 404)


def test_evidence_older_than_24_months_is_marked(client_as: ClientAs, session: Session, chain: str) -> None:
    with unit_of_work() as writing:
        old = writing.scalars(select(Placement).where(Placement.product == "液晶面板")).one()
        old.evidence_on = old.evidence_on.replace(year=2021)
    page = text_of(client_as("spec_a"), f"/chains/{chain}?home=519900&node=X-02")
    assert "待复核" in page
    assert "2021-12-31" in page


def test_only_who_may_sets_the_default_home(client_as: ClientAs, chain: str) -> None:
    office = client_as("office")
    token = csrf_of(text_of(office, "/chains?home=510000"))
    assert office.post("/chains/home", data={"csrf_token": token, "home": "510000"}).status_code == 303
    assert "从四川看" in text_of(office, "/chains")
    assert office.post("/chains/home", data={"csrf_token": token, "home": "999999"}).status_code == 422
    reader = client_as("spec_a")
    token = csrf_of(text_of(reader, "/targets"))
    assert reader.post("/chains/home", data={"csrf_token": token, "home": "510000"}).status_code == 403


def _place_form(client: FlaskClient, session: Session) -> tuple[str, dict[str, str]]:
    url = f"/chains/nodes/{maps.node(session, 'X-03').public_id}/place"
    session.rollback()
    page = text_of(client, url).split("<main")[1]
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', page)
    assert key is not None
    return url, {"csrf_token": csrf_of(page), "form_key": key[1]}


def test_a_firm_is_placed_once_even_when_sent_twice(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    client = client_as("spec_a")
    url, data = _place_form(client, session)
    data |= {
        "enterprise": "002876", "role": "backbone", "product": "液晶电视", "share": "12.5",
        "evidence": "2025 年年报", "evidence_on": "2025-12-31",
    }  # fmt: skip
    first, second = client.post(url, data=data), client.post(url, data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert session.scalar(select(func.count()).where(Placement.product == "液晶电视")) == 1


def test_placing_without_evidence_or_with_an_unknown_firm_says_so(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    client = client_as("spec_a")
    url, data = _place_form(client, session)
    answer = client.post(url, data=data | {"enterprise": "三利谱", "role": "backbone", "product": "电视"})
    assert answer.status_code == 422
    data |= {"role": "backbone", "product": "电视", "evidence": "年报", "evidence_on": "2025-12-31"}
    text = client.post(url, data=data | {"enterprise": "查无此企"}).get_data(as_text=True)
    assert "企业库里没有“查无此企”" in text
    assert 'value="电视"' in text


def _upload(client: FlaskClient, content: bytes) -> tuple[int, str]:
    token = csrf_of(text_of(client, "/chains/import"))
    data = {"csrf_token": token, "file": (io.BytesIO(content), "map.json")}
    answer = client.post("/chains/import", data=data, content_type="multipart/form-data")
    return answer.status_code, answer.get_data(as_text=True)


def test_a_file_is_checked_first_and_written_after_confirmation(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    client = client_as("office")
    content = {**maps.CONTENT, "chain": "另一条链", "code": "LYTL"}
    status, page = _upload(client, json.dumps(content).encode())
    assert status == 200
    assert "还没有写入任何数据" in page
    assert session.scalar(select(func.count()).select_from(Chain)) == 1
    session.rollback()
    form = page.split("/chains/import/confirm")[1]
    fields = dict(re.findall(r'name="(csrf_token|form_key|content)"[^>]*value="([^"]*)"', form))
    fields["content"] = json.dumps(content)
    answer = client.post("/chains/import/confirm", data=fields)
    assert answer.status_code == 303
    assert session.scalars(select(Chain.status).where(Chain.code == "LYTL")).one() == "draft"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00\x01nonsense", "这不是 JSON 文件"),
        (b"[1, 2]", "这不是 JSON 文件"),
        (b"[" * 50_000, "这不是 JSON 文件"),
        (json.dumps({"chain": "x", "nodes": [{"code": "A", "name": "a"}]}).encode(), "没有环节"),
    ],
)
def test_a_bad_file_is_refused_with_its_cure(client_as: ClientAs, content: bytes, words: str) -> None:
    status, page = _upload(client_as("office"), content)
    assert status == 422
    assert words in page


def test_a_ring_is_named_before_anything_is_written(client_as: ClientAs, session: Session) -> None:
    ring = {
        **maps.CONTENT,
        "edges": [*maps.CONTENT["edges"], {"from": "X-03", "to": "X-01-01", "type": "供应"}],
    }
    status, page = _upload(client_as("office"), json.dumps(ring).encode())
    assert status == 422
    assert "X-01-01 → X-02 → X-03 → X-01-01" in page
    assert session.scalar(select(func.count()).select_from(Chain)) == 0


def test_the_map_leaves_as_the_file_it_came_from(client_as: ClientAs, chain: str) -> None:
    content = json.loads(text_of(client_as("spec_a"), f"/chains/{chain}/file"))
    assert [node["code"] for node in content["nodes"]] == [node["code"] for node in maps.CONTENT["nodes"]]
    assert len(content["edges"]) == len(maps.CONTENT["edges"])


@pytest.mark.parametrize("url", ["/chains/import"])
def test_readers_do_not_import(client_as: ClientAs, url: str) -> None:
    text_of(client_as("leader"), url, 403)
    text_of(client_as("spec_a"), url, 403)


def test_the_enterprise_page_shows_where_it_stands(client_as: ClientAs, session: Session, chain: str) -> None:
    with unit_of_work() as writing:
        pid = maps.firm(writing, "某光学有限公司", main_products="偏光片").public_id
    page = text_of(client_as("spec_a"), f"/enterprises/{pid}")
    assert "按产品词，可能属于" in page
    assert "产品“偏光片”含“偏光片”" in page


def test_nobody_enters_without_signing_in(client: FlaskClient, chain: str) -> None:
    for url in ("/chains", f"/chains/{chain}", "/targets"):
        assert client.get(url).status_code in (302, 303)


def test_old_evidence_is_renewed_or_the_firm_taken_off(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    client = client_as("spec_a")
    placement = session.scalars(select(Placement).where(Placement.product == "液晶面板")).one()
    url = f"/chains/placements/{placement.public_id}"
    session.rollback()
    data = {"csrf_token": csrf_of(text_of(client, f"{url}/review").split("<main")[1]), "version": "1"}
    assert client.post(f"{url}/review", data=data).status_code == 422
    stale = data | {"version": "7", "evidence": "2026 年半年报", "evidence_on": "2026-06-30"}
    assert client.post(f"{url}/review", data=stale).status_code == 409
    assert client.post(f"{url}/review", data=stale | {"version": "1"}).status_code == 303
    renewed = session.scalars(select(Placement.evidence_on).where(Placement.product == "液晶面板")).one()
    assert renewed == date(2026, 6, 30)
    session.rollback()
    assert client.post(f"{url}/remove", data=data | {"reason": ""}).status_code == 422
    assert client.post(f"{url}/remove", data=data | {"reason": "已停产"}).status_code == 303
    assert client.get(f"{url}/review").status_code == 404
    assert client_as("leader").get(f"{url}/review").status_code == 403
