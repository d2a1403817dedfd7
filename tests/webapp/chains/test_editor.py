"""The editor and the versions of a map as people use them: forms, fragments, refusals, who may."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import queries
from chains.models import Chain, ChainNode, ChainOffice, ChainVersion
from core.db import unit_of_work
from core.jobs.models import Job
from core.permissions import SYSTEM
from tests.conftest import csrf_of
from tests.support import maps
from tests.support.markup import check_page
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def chain(session: Session, world: World) -> str:
    with unit_of_work() as writing:
        return maps.build(writing).public_id


def page(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def sent(client: FlaskClient, url: str, query: str = "", status: int = 303, **data: object) -> str:
    """Post one of the editor's forms with what every form carries."""
    text = page(client, url)
    key = re.findall(r'name="form_key"[^>]*value="([^"]+)"', text)
    answer = client.post(
        f"{url}{query}", data={"csrf_token": csrf_of(text), "form_key": key[-1], **data}, headers=HTMX
    )
    assert answer.status_code == status, answer.get_data(as_text=True)[:1500]
    return answer.get_data(as_text=True)


def codes(session: Session, chain: str) -> list[str]:
    session.rollback()
    session.expire_all()
    return [node.code for node in queries.get(session, chain, actor=SYSTEM).nodes]


def test_the_editor_is_a_whole_page_with_every_node_as_a_link(client_as: ClientAs, chain: str) -> None:
    client = client_as("office")
    for url in (
        f"/chains/{chain}/edit",
        f"/chains/{chain}/edit?node=X-01-01",
        f"/chains/{chain}/edit?new=mid",
    ):
        text = page(client, url)
        assert check_page(text) == []
        assert text.count("data-code=") == 6
        assert "style=" not in text.split("<main")[1]
    assert "没有国标行业代码" in page(client, f"/chains/{chain}/edit")


def test_a_node_is_changed_and_the_step_taken_back(client_as: ClientAs, session: Session, chain: str) -> None:
    client = client_as("office")
    url = f"/chains/{chain}/edit"
    text = sent(
        client,
        url,
        "/node?node=X-03",
        200,
        name="整机",
        industry_codes="",
        keywords="电视、显示器；投影",
        version=1,
    )
    assert text.lstrip().startswith('<div id="editor"')
    assert "撤销：修改节点 整机" in text
    node = session.scalars(select(ChainNode).where(ChainNode.code == "X-03")).one()
    assert (node.name, node.keywords) == ("整机", ["电视", "显示器", "投影"])
    session.rollback()
    step = re.search(r'name="step" value="([0-9A-Z]{26})"', text)
    assert step is not None
    assert "重做：修改节点 整机" in sent(client, url, "/undo", 200, step=step[1])
    session.expire_all()
    assert session.scalars(select(ChainNode.name).where(ChainNode.code == "X-03")).one() == "电视整机"
    assert session.scalars(select(Job.kind)).all() == ["enterprises.rematch"]


def test_a_new_node_gets_the_next_code_below_its_parent(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    client = client_as("office")
    text = sent(client, f"/chains/{chain}/edit", "/node?new=X-01", 200, name="光学膜")
    assert 'data-node="X-01-03"' in text
    assert codes(session, chain)[:4] == ["X-01", "X-01-01", "X-01-02", "X-01-03"]


def test_a_drag_and_a_key_move_nodes(client_as: ClientAs, session: Session, chain: str) -> None:
    client, url = client_as("office"), f"/chains/{chain}/edit"
    sent(client, url, "/move", 200, code="X-01-02", way="up")
    assert codes(session, chain)[1:3] == ["X-01-02", "X-01-01"]
    sent(client, url, "/move", 200, code="X-01-02", parent="", stage="down", before="X-03")
    assert codes(session, chain) == ["X-01", "X-01-01", "X-02", "X-01-02", "X-03", "X-04"]
    sent(client, url, "/place", 200, code="X-01-02", parent="X-01")
    assert codes(session, chain)[2] == "X-01-02"
    sent(client, url, "/place", 200, code="X-01-02", parent="=mid")
    session.rollback()
    assert session.scalars(select(ChainNode.stage).where(ChainNode.code == "X-01-02")).one() == "mid"


def test_links_are_drawn_and_taken_away_and_a_ring_is_named(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    client, url = client_as("office"), f"/chains/{chain}/edit"
    text = sent(client, url, "/link", 422, code="X-03", way="to", other="X-01-01 偏光片", kind="supply")
    assert "X-01-01 → X-02 → X-03 → X-01-01" in text
    text = sent(client, url, "/link", 200, code="X-04", way="to", other="X-03", kind="support", basis="检测")
    assert "检测" in text
    sent(client, url, "/unlink?node=X-04", 200, source="X-04", target="X-03", kind="support")
    session.rollback()
    assert len(queries.get(session, chain, actor=SYSTEM).edges) == 4


@pytest.mark.parametrize(
    ("query", "data", "words"),
    [
        ("/node?node=X-03", {"name": "", "version": 1}, "还没有填写"),
        (
            "/node?node=X-03",
            {"name": "整机", "industry_codes": "39A4", "version": 1},
            "国标行业分类里没有 39A4",
        ),
        ("/node?node=X-03", {"name": "整机", "shared": "NIX/N-1", "version": 1}, "找不到要引用的节点"),
        ("/move", {"code": "X-99", "way": "up"}, "图谱里没有节点 X-99"),
        ("/move", {"code": "X-01", "parent": "X-01-01"}, "节点不能移到自己下面"),
        ("/link", {"code": "X-03", "way": "to", "other": "X-03", "kind": "supply"}, "连线要连到另一个节点"),
        ("/undo", {"step": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, "不是最近的一步"),
        ("/remove", {"step": "X-99"}, "图谱里没有节点 X-99"),
    ],
)
def test_a_wrong_step_says_what_to_mend(
    client_as: ClientAs, chain: str, query: str, data: dict[str, object], words: str
) -> None:
    assert words in sent(client_as("office"), f"/chains/{chain}/edit", query, 422, **data)


def test_a_node_with_firms_stays(client_as: ClientAs, session: Session, chain: str) -> None:
    with unit_of_work() as writing:
        maps.place(writing, maps.firm(writing, "三利谱"), "X-01-01")
    client, url = client_as("office"), f"/chains/{chain}/edit"
    assert "不能删除" in sent(client, url, "/remove", 422, step="X-01-01")
    sent(client, url, "/remove", 200, step="X-04")
    assert codes(session, chain)[-1] == "X-03"


def test_without_script_a_step_leads_back_to_the_editor(client_as: ClientAs, chain: str) -> None:
    client, url = client_as("office"), f"/chains/{chain}/edit"
    data = {"csrf_token": csrf_of(page(client, url)), "code": "X-01-02", "way": "up"}
    answer = client.post(f"{url}/move", data=data)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{url}?node=X-01-02"
    assert "移动节点 X-01-02" in page(client, answer.headers["Location"])


def test_a_map_is_begun_empty_and_described(client_as: ClientAs, session: Session, chain: str) -> None:
    client = client_as("office")
    sent(client, "/chains/new", name="氢能")
    made = session.scalars(select(Chain).where(Chain.code == "QN")).one()
    url = f"/chains/{made.public_id}/about"
    session.rollback()
    values = {"name": "氢能装备", "chief": "顾维桢", "lead_department": "市经信局", "version": 1}
    sent(client, url, **values)
    session.expire_all()
    assert {office.kind: office.name for office in session.scalars(select(ChainOffice))} == {
        "chief": "顾维桢", "lead_department": "市经信局",
    }  # fmt: skip
    session.rollback()
    sent(client, url, **(values | {"chief": "", "version": 2}))
    session.expire_all()
    assert [office.kind for office in session.scalars(select(ChainOffice))] == ["lead_department"]
    assert "氢能装备" in page(client, f"/chains/{made.public_id}")


def test_a_version_goes_through_review_and_is_compared(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    client, url = client_as("office"), f"/chains/{chain}/versions"
    assert "还没有发布过" in page(client, url)
    sent(client, url, verb="submit", version=1)
    assert "已冻结" not in page(client, url)
    assert "现在是“草稿”" not in page(client, f"/chains/{chain}/edit")
    assert "送审的人不能自己发布" in page(client, url)
    head = client_as("head_a")
    text = sent(head, url, status=422, verb="publish", version=2, as_of="")
    assert "基准日" in text
    own = sent(client, url, status=422, verb="publish", version=2, as_of="2026-09-30")
    assert "送审的人不能自己发布" in own
    sent(head, url, verb="publish", version=2, as_of="2026-09-30")
    assert session.scalars(select(ChainVersion.number)).all() == [1]
    session.rollback()
    assert "内容已冻结" in page(client, f"/chains/{chain}/edit")
    sent(client, url, verb="revise", version=3)
    sent(client, f"/chains/{chain}/edit", "/remove", 200, step="X-04")
    text = page(client, url)
    assert check_page(text) == []
    assert "消失的节点" in text and "检测服务" in text.split("消失的节点")[1]
    assert "两版完全一样" in page(client, f"{url}?from=1&to=1")
    page(client, f"{url}?from=9", 404)
    assert "X-04" in page(client, f"/chains/{chain}/file?number=1")
    assert "X-04" not in page(client, f"/chains/{chain}/file")


@pytest.mark.parametrize("username", ["spec_a", "leader"])
def test_readers_see_versions_but_do_not_edit(client_as: ClientAs, chain: str, username: str) -> None:
    client = client_as(username)
    text = page(client, f"/chains/{chain}/versions")
    assert "提交审核</button>" not in text
    page(client, f"/chains/{chain}/edit", 403)
    page(client, "/chains/new", 403)
    data = {"csrf_token": csrf_of(page(client, "/targets")), "verb": "submit"}
    assert client.post(f"/chains/{chain}/versions", data=data).status_code == 403
