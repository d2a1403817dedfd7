"""Target lists in the browser: made, changed, frozen, compared, seen by whom they belong to."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.permissions import SYSTEM
from crm.targets import lists, service
from crm.targets.models import Target, TargetList, TargetVersion
from tests.conftest import csrf_of
from tests.support import maps
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def made(session: Session, world: World) -> str:
    with unit_of_work() as writing:
        chain = maps.build(writing)
        unit_id = world.unit("GXQ").id
        found = lists.create(writing, "显示补链名单", unit_id=unit_id, chain=chain, actor=SYSTEM)
        firm = maps.firm(writing, "三利谱", stock_code="002876", region_code="440000")
        target = Target(list_id=found.id, enterprise_id=firm.id, node_id=maps.node(writing, "X-01-01").id,
                        unit_id=unit_id, assigned_on=lists.clock.today())  # fmt: skip
        writing.add(target)
        writing.flush()
        return f"/targets/lists/{found.public_id}"


def text_of(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def fields(page: str) -> dict[str, str]:
    main = page.split("<main")[1]
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', main)
    assert key is not None
    return {"csrf_token": csrf_of(main), "form_key": key[1]}


def test_a_list_is_made_once_and_shown(client_as: ClientAs, session: Session, world: World) -> None:
    client, unit = client_as("head_a"), str(world.unit("GXQ").id)
    session.rollback()
    assert "还没有目标名单" in text_of(client, "/targets/lists")
    data = fields(text_of(client, "/targets/lists/new")) | {"unit_id": unit, "chain_id": "0", "campaign": ""}
    assert client.post("/targets/lists/new", data=data | {"name": ""}).status_code == 422
    data |= {"name": "招商周名单", "campaign": "长三角招商周"}
    first, second = (client.post("/targets/lists/new", data=data) for _ in range(2))
    assert first.status_code == 303 and first.headers["Location"] == second.headers["Location"]
    assert session.scalars(select(TargetList.name)).all() == ["招商周名单"]
    page = text_of(client, first.headers["Location"])
    assert "长三角招商周" in page and page.count("<h1") == 1
    assert "招商周名单" in text_of(client, "/targets/lists")


def test_a_quarter_is_frozen_shown_and_compared_with_now(
    client_as: ClientAs, session: Session, made: str
) -> None:
    client = client_as("head_a")
    data = fields(text_of(client, made))
    assert client.post(f"{made}/freeze", data=data).status_code == 303
    page = text_of(client, made)
    assert "版本已冻结，1 家" in page and "和现在比" in page and "冻结 20" not in page
    version = session.scalars(select(TargetVersion.public_id)).one()
    session.rollback()
    frozen = text_of(client, f"/targets/lists/frozen?version={version}")
    assert "三利谱" in frozen and "已冻结" in frozen
    same = text_of(client, f"{made}/compare?from={version}&to=now")
    assert "两版一样" in same
    with unit_of_work() as writing:
        target = writing.scalars(select(Target)).one()
        service.advance(writing, target.public_id, "link", version=1, actor=SYSTEM)
    found = text_of(client, f"{made}/compare?from={version}&to=now")
    assert "<del>未对接</del> → <ins>已建联</ins>" in found
    text_of(client, f"{made}/compare?from=01ARZ3NDEKTSV4RRFFQ69G5FAV", 404)
    text_of(client, "/targets/lists/frozen?version=x", 404)
    assert client.post(f"{made}/freeze", data=fields(text_of(client, made))).status_code == 303
    assert "的版本已经冻结" in text_of(client, made)


def test_a_list_is_changed_closed_and_opened_again(client_as: ClientAs, session: Session, made: str) -> None:
    client = client_as("head_a")
    data = fields(text_of(client, made)) | {"version": "1", "chain_id": "0", "campaign": "招商周"}
    assert client.post(made, data=data | {"name": ""}).status_code == 422
    assert client.post(made, data=data | {"name": "强链名单"}).status_code == 303
    assert client.post(f"{made}/close", data=data | {"version": "2"}).status_code == 303
    page = text_of(client, made)
    assert "强链名单" in page and "重新打开名单" in page
    assert client.post(f"{made}/close", data=data | {"version": "2"}).status_code == 409
    assert client.post(f"{made}/reopen", data=data | {"version": "3"}).status_code == 303


def test_who_belongs_elsewhere_finds_no_list(client_as: ClientAs, made: str) -> None:
    stranger = client_as("spec_b")
    text_of(stranger, made, 404)
    assert "显示补链名单" not in text_of(stranger, "/targets/lists")
    token = csrf_of(text_of(stranger, "/targets/lists"))
    assert stranger.post(f"{made}/freeze", data={"csrf_token": token}).status_code == 404


def test_a_leader_reads_and_changes_nothing(client_as: ClientAs, made: str) -> None:
    leader = client_as("leader")
    page = text_of(leader, made)
    assert "显示补链名单" in page and "改名单" not in page and "冻结 20" not in page
    text_of(leader, "/targets/lists/new", 403)
    assert leader.post(f"{made}/freeze", data={"csrf_token": csrf_of(page)}).status_code == 403


def test_the_table_that_officials_file_is_one_click_away(client_as: ClientAs, made: str) -> None:
    page = text_of(client_as("spec_a"), "/targets")
    assert "名单表式" in page
    filed = text_of(client_as("spec_a"), "/targets?cols=name,region,chain,stage,product,revenue_wan,"
                    "contact_status,unit,progress,next_step")  # fmt: skip
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', filed)
    words = [head.strip() for head in heads if head.strip()]
    assert words == ["企业名称", "所在地", "产业链", "环节", "主导产品", "上年营收", "对接状态", "责任单位 / 专员",
                     "最近进展", "下步计划"]  # fmt: skip
