"""From a gap to a target list, in the browser: gaps, candidates, list, record, steps."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from crm.enterprises.models import Enterprise
from crm.targets.models import Target, TargetList
from tests.conftest import csrf_of
from tests.support import maps
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]


def text_of(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def fields(page: str) -> dict[str, str]:
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', page.split("<main")[1])
    assert key is not None
    return {"csrf_token": csrf_of(page.split("<main")[1]), "form_key": key[1]}


def add(
    client: FlaskClient, session: Session, node: str, unit: str = "GXQ", **changes: object
) -> tuple[int, str]:
    url = f"/targets/candidates?node={node}"
    page = text_of(client, url)
    firm = session.scalars(select(Enterprise.public_id).where(Enterprise.name == "三利谱")).one()
    data: dict[str, object] = fields(page) | {
        "candidate": [firm],
        "list_pid": "",
        "new_list": "显示补链名单",
        "unit_id": str(World(session).unit(unit).id),
        "specialist_id": "0",
    }
    session.rollback()
    answer = client.post(url, data=data | changes)
    return answer.status_code, answer.headers.get("Location", answer.get_data(as_text=True))


def test_gaps_are_listed_urgent_first_with_a_way_to_candidates(
    client_as: ClientAs, session: Session, node: str
) -> None:
    chain = maps.node(session, "X-01-01").chain.public_id
    page = text_of(client_as("spec_a"), f"/targets/gaps?chain={chain}")
    assert "5 个缺失或薄弱的末级节点" in page
    assert f"/targets/candidates?node={node}" in page
    text_of(client_as("spec_a"), "/targets/gaps?chain=nothing", 404)


def test_candidates_show_reasons_and_what_has_no_data(client_as: ClientAs, node: str) -> None:
    page = text_of(client_as("spec_a"), f"/targets/candidates?node={node}")
    assert "本地缺失；已挂在本环节，产品“TFT偏光片”" in page
    assert "龙头，“TFT偏光片”占营收 94.8%" in page
    assert "缺数据：没有连续两年的营收" in page
    assert '<b>42</b><span class="u">/45</span>' in page
    assert "深圳&lt;b&gt;光学&lt;/b&gt;" in page


def test_where_nobody_fits_the_page_says_what_to_do(client_as: ClientAs, session: Session, node: str) -> None:
    empty = maps.node(session, "X-04").public_id
    page = text_of(client_as("spec_a"), f"/targets/candidates?node={empty}")
    assert "库里还没有能补“检测服务”的外地企业" in page
    assert "主要产品含“显示检测”的企业" in page
    assert "手工挂一家企业" in page


def test_the_chosen_stand_on_a_new_list_with_an_owner(
    client_as: ClientAs, session: Session, node: str
) -> None:
    client = client_as("spec_a")
    status, url = add(client, session, node)
    assert status == 303
    target = session.scalars(select(Target)).one()
    assert (target.list.name, target.unit.code) == ("显示补链名单", "GXQ")
    page = text_of(client, url)
    assert "三利谱" in page
    assert "未对接" in page
    assert "已在名单" in text_of(client, f"/targets/candidates?node={node}")


def test_a_form_sent_twice_adds_once(client_as: ClientAs, session: Session, node: str) -> None:
    client = client_as("spec_a")
    url = f"/targets/candidates?node={node}"
    same = fields(text_of(client, url))
    first, second = (add(client, session, node, **same) for _ in range(2))
    assert first == second
    assert session.scalar(select(func.count()).select_from(Target)) == 1
    assert session.scalar(select(func.count()).select_from(TargetList)) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"candidate": []}, "请至少选择一家企业"),
        ({"new_list": ""}, "请给名单起个名字"),
        ({"candidate": ["01ARZ3NDEKTSV4RRFFQ69G5FAV"]}, "请至少选择一家企业"),
    ],
)
def test_what_is_lacking_is_said_and_nothing_is_kept(
    client_as: ClientAs, session: Session, node: str, changes: dict[str, object], words: str
) -> None:
    status, text = add(client_as("spec_a"), session, node, **changes)
    assert status == 422
    assert words in text
    assert session.scalar(select(func.count()).select_from(TargetList)) == 0


def test_a_unit_beyond_reach_is_no_choice(client_as: ClientAs, session: Session, node: str) -> None:
    status, _text = add(client_as("spec_a"), session, node, unit="JKQ")
    assert status == 422
    assert session.scalar(select(func.count()).select_from(Target)) == 0


@pytest.fixture
def target(client_as: ClientAs, session: Session, node: str) -> str:
    add(client_as("spec_a"), session, node, specialist_id=str(World(session).account("spec_a").id))
    found = session.scalars(select(Target.public_id)).one()
    session.rollback()
    return f"/targets/{found}"


def test_the_record_explains_itself(client_as: ClientAs, target: str) -> None:
    page = text_of(client_as("spec_a"), target)
    assert page.count("<h1") == 1
    assert "为什么是它" in page
    assert "龙头，“TFT偏光片”占营收 94.8%" in page
    assert "列入目标名单" in page


def test_another_unit_finds_neither_row_nor_record(client_as: ClientAs, target: str) -> None:
    stranger = client_as("spec_b")
    text_of(stranger, target, 404)
    assert "三利谱" not in text_of(stranger, "/targets")
    token = csrf_of(text_of(stranger, "/targets"))
    answer = stranger.post(f"{target}/steps/link", data={"csrf_token": token, "version": "1"})
    assert answer.status_code == 404


def test_a_step_is_taken_and_a_missing_reason_is_named(
    client_as: ClientAs, session: Session, target: str
) -> None:
    client = client_as("spec_a")
    page = text_of(client, target)
    data = fields(page) | {"version": "1", "reason": ""}
    assert client.post(f"{target}/steps/link", data=data).status_code == 303
    answer = client.post(f"{target}/steps/drop", data=data | {"version": "2"})
    assert answer.status_code == 422
    assert "还没有填写“原因”" in answer.get_data(as_text=True)
    stale = client.post(f"{target}/steps/visit", data=data)
    assert stale.status_code == 409
    assert session.scalars(select(Target.contact_status)).one() == "linked"


def test_owner_and_details_change(client_as: ClientAs, session: Session, target: str) -> None:
    client = client_as("head_a")
    unit = str(World(session).unit("GXQ-QF").id)
    session.rollback()
    data = fields(text_of(client, target)) | {"version": "1", "unit_id": unit, "specialist_id": "0"}
    assert client.post(f"{target}/assign", data=data).status_code == 303
    data |= {
        "version": "2",
        "product": "偏光片",
        "maturity": "B",
        "layout": "在广东有三个基地",
        "reason": "",
        "category": "unicorn",
        "leader_id": "0",
    }
    assert client.post(f"{target}/edit", data=data).status_code == 303
    page = text_of(client, target)
    assert "甲区企业服务中心" in page
    assert "在广东有三个基地" in page
    assert "独角兽" in page


def test_readers_see_no_buttons_and_are_refused(client_as: ClientAs, target: str, node: str) -> None:
    leader = client_as("leader")
    page = text_of(leader, target)
    assert "记一次跟进" not in page
    text_of(leader, f"/targets/candidates?node={node}", 403)
    token = csrf_of(page)
    for address in (
        f"{target}/assign",
        f"{target}/edit",
        f"{target}/steps/link",
        f"/activity{target}/follow-up",
    ):
        address = address.replace("/activity/targets/", "/activity/target/")
        assert leader.post(address, data={"csrf_token": token}).status_code == 403


def test_a_silent_target_stands_on_the_day_of_its_specialist(
    client_as: ClientAs, session: Session, target: str
) -> None:
    client = client_as("spec_a")
    assert "目标企业久未跟进" not in text_of(client, "/")
    with unit_of_work() as writing:
        silent = writing.scalars(select(Target)).one()
        silent.assigned_on -= timedelta(days=31)
    page = text_of(client, "/")
    assert "目标企业久未跟进" in page
    assert f"{target}#follow" in page


def test_the_list_is_filtered_by_name_state_and_chain(client_as: ClientAs, target: str) -> None:
    client = client_as("spec_a")
    for query, shown in (
        ("q=利谱", True), ("q=%25", False), ("q=002876", True), ("state=none", True), ("state=dropped", False),
        ("chain=XXXS", True), ("whose=mine", True), ("whose=pool", False), ("list=nonsense&sort=-fit", True),
    ):  # fmt: skip
        assert (target in text_of(client, f"/targets?{query}")) is shown, query


def test_a_part_is_scored_by_hand_marked_and_taken_back(
    client_as: ClientAs, session: Session, target: str
) -> None:
    client = client_as("spec_a")
    data = fields(text_of(client, target)) | {
        "version": "1",
        "part": "factors",
        "points": "12",
        "reason": "好",
    }
    refused = client.post(f"{target}/fit", data=data)
    assert refused.status_code == 422 and "请写明依据" in refused.get_data(as_text=True)
    data |= {"reason": "已考察，园区可供 80 亩"}
    assert client.post(f"{target}/fit", data=data).status_code == 303
    page = text_of(client, target)
    assert "人工：已考察，园区可供 80 亩（甲区专员" in page and "恢复按数据" in page
    assert client.post(f"{target}/fit/again", data=data | {"version": "2"}).status_code == 303
    assert "人工：已考察" in text_of(client, target)
    assert client.post(f"{target}/fit/clear", data=data | {"version": "2"}).status_code == 303
    assert "人工：已考察" not in text_of(client, target)
    leader = client_as("leader")
    assert "人工评一部分" not in text_of(leader, target)
    assert (
        leader.post(f"{target}/fit", data={"csrf_token": csrf_of(text_of(leader, target))}).status_code == 403
    )
