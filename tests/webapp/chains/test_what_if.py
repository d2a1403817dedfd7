"""Beside the open node: state set by hand, firms tried out, leads, projects, suggestions; boxes shut and opened."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chains import exchange, service
from chains.models import NodeOverride
from core.db import unit_of_work
from core.permissions import SYSTEM
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement
from crm.leads.models import Lead
from crm.projects.models import Project
from crm.targets import lists
from crm.targets.models import Target
from tests.conftest import csrf_of
from tests.support import maps
from tests.support.markup import check_page
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]
OTHER = {
    "chain": "光学", "code": "GX",
    "nodes": [{"code": "G-01", "name": "光学膜", "stage": "上游", "keywords": ["偏光片"]}],
}  # fmt: skip


@pytest.fixture
def chain(session: Session, world: World) -> str:
    with unit_of_work() as writing:
        made = maps.build(writing)
        home = maps.firm(writing, "示例市本地面板有限公司", region_code="519900")
        maps.place(writing, home, "X-02", "anchor", product="液晶面板")
        return made.public_id


def page(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def firm(name: str, **values: str) -> str:
    with unit_of_work() as writing:
        return maps.firm(writing, name, **values).public_id


def test_a_firm_tried_out_changes_this_map_and_others_and_saves_nothing(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    with unit_of_work() as writing:
        draft = exchange.read(OTHER)[0]
        assert draft is not None
        service.create_from(writing, draft, actor=SYSTEM)
    pid = firm("三利谱", region_code="440000", main_products="TFT偏光片")
    client = client_as("spec_a")
    text = page(client, f"/chains/{chain}?home=519900&node=X-01-01&what={pid}:X-01-01:leading")
    assert check_page(text) == []
    trial = text.split('id="trial-h"')[1].split("</section>")[0]
    assert "没有保存任何数据" in trial
    assert "20.0% → <b>40.0%</b>" in trial and "1 → <b>2</b>" in trial
    changed = re.sub(r"<[^>]+>|\s+", " ", trial)
    assert re.search("偏光片 +缺失 +→ +潜力", changed)
    assert "光学" in changed and "0.0% → 100.0%" in re.sub(" +", " ", changed)
    assert 'aria-label="偏光片 潜力，本地企业 1 家' in text
    assert session.scalar(select(func.count()).select_from(Placement)) == 1
    assert "20.0%" in page(client, f"/chains/{chain}?home=519900")


@pytest.mark.parametrize("what", ["x", "::", ",,,"])
def test_what_is_no_wish_at_all_tries_nothing(client_as: ClientAs, chain: str, what: str) -> None:
    text = page(client_as("spec_a"), f"/chains/{chain}?home=519900&what={what}")
    assert 'id="trial-h"' not in text and "20.0%" in text


@pytest.mark.parametrize("what", ["a:b:c", "01ARZ3NDEKTSV4RRFFQ69G5FAV:X-01-01", "x:X-99:anchor"])
def test_a_wish_for_nobody_or_nowhere_says_so_and_changes_nothing(
    client_as: ClientAs, chain: str, what: str
) -> None:
    text = page(client_as("spec_a"), f"/chains/{chain}?home=519900&what={what}")
    trial = text.split('id="trial-h"')[1].split("</section>")[0]
    assert "没有读懂要试哪家企业" in trial and "20.0% → <b>20.0%</b>" in trial


def test_a_state_is_set_by_hand_with_its_reason_and_taken_back(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    node = maps.node(session, "X-01-01").public_id
    session.rollback()
    client = client_as("office")
    url = f"/chains/nodes/{node}/state?home=519900"

    def sent(status: int, **data: str) -> str:
        text = page(client, url)
        answer = client.post(url, data={"csrf_token": csrf_of(text), **data})
        assert answer.status_code == status
        return answer.get_data(as_text=True)

    assert "还没有填写" in sent(422, state="emerging", reason=" ")
    sent(303, state="emerging", reason="在建项目明年 6 月投产")
    text = page(client, f"/chains/{chain}?home=519900&node=X-01-01")
    assert "人工改判，按数字是“缺失”" in text and "在建项目明年 6 月投产" in text
    assert 'aria-label="偏光片 潜力' in text and "40.0%" in text
    assert 'aria-label="偏光片 缺失' in page(client, f"/chains/{chain}?home=510000")
    sent(303, state="", reason="投产推迟")
    assert session.scalar(select(func.count()).select_from(NodeOverride)) == 0
    panel = maps.node(session, "X-02").public_id
    session.rollback()
    url = f"/chains/nodes/{panel}/state?home=519900"
    assert "不能判为缺失" in sent(422, state="missing", reason="已搬走")
    page(client_as("spec_a"), url, 403)


def test_leads_and_suggestions_stand_beside_the_node(
    client_as: ClientAs, session: Session, world: World, chain: str
) -> None:
    firm("示例市光学有限公司", region_code="519900", main_products="偏光片、玻璃", industry_code="3974")
    with unit_of_work() as writing:
        node = maps.node(writing, "X-01-01")
        office = world.unit("GXQ")
        writing.add(
            Lead(
                investor_name="华澜集团", chain_node_id=node.id, unit_id=office.id, status="draft",
                created_by=world.account("spec_a").id,
            )
        )  # fmt: skip
    text = page(client_as("spec_a"), f"/chains/{chain}?home=519900&node=X-01-01")
    assert check_page(text) == []
    assert "华澜集团" in text
    assert "产品“偏光片”含“偏光片”；行业代码 3974 与节点相符" in text
    assert "华澜集团" not in page(client_as("spec_b"), f"/chains/{chain}?home=519900&node=X-01-01")
    assert "建议挂到这里" not in page(client_as("leader"), f"/chains/{chain}?home=519900&node=X-01-01")


def test_projects_and_targets_stand_beside_the_node(
    client_as: ClientAs, session: Session, world: World, chain: str
) -> None:
    """The latest of them, and only those that one may see."""
    with unit_of_work() as writing:
        node, unit, who = maps.node(writing, "X-01-01"), world.unit("GXQ"), world.account("spec_a")
        writing.add(
            Project(
                project_no="P-1", name="偏光片生产基地", unit_id=unit.id, specialist_id=who.id,
                investor_name="华澜集团", content="偏光片", chain_node_id=node.id, total_investment_wan=Decimal(50000),
                stage_entered_on=date(2026, 9, 1), admission_tier="self",
            )
        )  # fmt: skip
        listed = lists.create(writing, "补链名单", unit_id=unit.id, actor=SYSTEM)
        for number in range(7):
            one = maps.firm(writing, f"外地第{number}光学", region_code="440000")
            writing.add(
                Target(
                    list_id=listed.id, enterprise_id=one.id, node_id=node.id, unit_id=unit.id,
                    specialist_id=who.id, assigned_on=date(2026, 9, 1),
                )
            )  # fmt: skip
    url = f"/chains/{chain}?home=519900&node=X-01-01"
    mine, theirs = page(client_as("spec_a"), url), page(client_as("spec_b"), url)
    assert check_page(mine) == [] and "偏光片生产基地" in mine and "只列最近几条。" in mine
    assert [number for number in range(7) if f"外地第{number}光学" in mine] == [2, 3, 4, 5, 6]
    assert "偏光片生产基地" not in theirs and "外地第6光学" not in theirs


def test_a_box_is_shut_and_opened_and_never_the_one_with_the_open_node(
    client_as: ClientAs, chain: str
) -> None:
    client = client_as("spec_a")
    text = page(client, f"/chains/{chain}?home=519900&shut=X-01")
    assert 'aria-label="展开“显示材料”"' in text
    assert 'aria-label="偏光片 缺失' not in text
    assert 'aria-label="偏光片 缺失' in page(client, f"/chains/{chain}?home=519900&shut=*&node=X-01-02")
    assert 'aria-label="偏光片 缺失' not in page(client, f"/chains/{chain}?home=519900&shut=*")


def test_firms_of_a_shared_node_count_on_both_maps(client_as: ClientAs, session: Session, chain: str) -> None:
    other = {
        **OTHER,
        "nodes": [{"code": "G-01", "name": "偏光片", "stage": "上游", "shared": "XXXS/X-01-01"}],
    }
    with unit_of_work() as writing:
        draft = exchange.read(other)[0]
        assert draft is not None
        made = service.create_from(writing, draft, actor=SYSTEM).public_id
    firm("示例市光学有限公司", region_code="519900", main_products="偏光片")
    with unit_of_work() as writing:
        found = writing.scalars(select(Enterprise).where(Enterprise.name == "示例市光学有限公司")).one()
        maps.place(writing, found, "X-01-01", "leading")
    client = client_as("spec_a")
    for url in (f"/chains/{chain}?home=519900&node=X-01-01", f"/chains/{made}?home=519900&node=G-01"):
        text = page(client, url)
        assert 'aria-label="偏光片 潜力，本地企业 1 家' in text
        assert "示例市光学有限公司" in text
