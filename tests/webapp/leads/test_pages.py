"""Pages of leads as people use them: register, hint, ruling, two zones, double click, stale form."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import unit_of_work
from crm.leads.models import Lead
from tests.conftest import csrf_of
from tests.support.browser import fields, fill, saved, text
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]
FILLED = {
    "investor_name": "宁德时代新能源科技股份有限公司", "group_name": "宁德时代", "source": "fair",
    "content": "动力电池 PACK 生产线", "total_investment_wan": "5亿元", "fixed_investment_wan": "30000",
    "contact_person": "江听澜", "contact_mobile": "13812341234",
}  # fmt: skip


def register(client: FlaskClient, nodes: list[int], **values: Any) -> str:
    return saved(
        fill(client, "/leads/new", chain_node_id=str(nodes[0]), deed="register", **{**FILLED, **values})
    )


def test_a_registered_lead_stands_on_its_page_and_in_the_list(client_as: ClientAs, nodes: list[int]) -> None:
    client = client_as("spec_a")
    page = text(client.get(register(client, nodes)))
    assert "XS-SLS-" in page and "已登记" in page and "5.00" in page
    assert "138****1234" in page and "13812341234" not in page
    assert "宁德时代新能源科技股份有限公司" in text(client.get("/leads"))


def test_what_registration_lacks_is_named_at_its_fields_and_the_text_stays(
    client_as: ClientAs, session: Session
) -> None:
    client = client_as("spec_a")
    answer = fill(client, "/leads/new", deed="register", investor_name="某公司", contact_person="江听澜")
    page = text(answer)
    assert answer.status_code == 422
    for word in (
        "还没有填写“线索来源”",
        "还没有填写“项目内容”",
        "还没有填写“产业链环节”",
        "还没有填写“拟投总额”",
    ):
        assert word in page
    assert "某公司" in page and "江听澜" in page
    assert session.scalar(select(func.count()).select_from(Lead)) == 0


def test_amounts_that_cannot_be_are_explained(client_as: ClientAs, nodes: list[int]) -> None:
    client = client_as("spec_a")
    answer = fill(
        client, "/leads/new", **FILLED | {"total_investment_wan": "5000", "fixed_investment_wan": "6000"}
    )
    assert answer.status_code == 422 and "不能大于拟投总额" in text(answer)
    negative = fill(client, "/leads/new", **FILLED | {"total_investment_wan": "-5"})
    assert negative.status_code == 422 and 'value="-5"' in text(negative)


def test_the_second_claimant_sees_number_kind_and_date_only(client_as: ClientAs, nodes: list[int]) -> None:
    first, second = client_as("spec_a"), client_as("spec_b")
    register(first, nodes, content="绝密一号线", contact_person="邵庭")
    url = register(second, nodes, investor_name="时代电池有限公司", group_name="宁德时代集团")
    for page in (text(second.get(url)), text(second.get(f"{url}/dispute"))):
        assert "XS-SLS-" in page and "园区管委会" in page
        for secret in ("绝密一号线", "邵庭", "甲区", "宁德时代新能源科技股份有限公司", "作出裁定"):
            assert secret not in page
    assert "归属待裁定" in text(second.get(url))


def test_the_office_sees_both_and_rules_once(client_as: ClientAs, nodes: list[int], session: Session) -> None:
    register(client_as("spec_a"), nodes)
    url = register(client_as("spec_b"), nodes)
    office = client_as("office")
    page = text(office.get(f"{url}/dispute"))
    assert "甲区管委会" in page and "乙区管委会" in page
    assert "裁定撞单" in text(office.get("/"))
    refused = fill(office, f"{url}/dispute", outcome="first", reason="")
    assert refused.status_code == 422
    saved(fill(office, f"{url}/dispute", outcome="first", reason="甲区登记在先，材料齐全"))
    session.rollback()
    assert session.scalars(select(Lead.status).order_by(Lead.id)).all() == ["registered", "closed"]
    assert "甲区登记在先" in text(client_as("spec_b").get(f"{url}/dispute"))


def test_another_zone_finds_nothing(client_as: ClientAs, nodes: list[int]) -> None:
    url = register(client_as("spec_a"), nodes)
    for name in ("spec_b", "head_b"):
        other = client_as(name)
        for path in (
            url,
            f"{url}/edit",
            f"{url}/dispute",
            f"{url}/respond",
            f"/activity/lead/{url[7:]}/follow-up",
        ):
            assert other.get(path).status_code in (403, 404), path
        assert "宁德时代" not in text(other.get("/leads")) and "宁德时代" not in text(
            other.get("/leads?view=all")
        )
    for name in ("admin", "desk_a"):
        assert client_as(name).get("/leads").status_code in (403, 404)


def test_a_double_click_registers_once(client_as: ClientAs, nodes: list[int], session: Session) -> None:
    client = client_as("spec_a")
    data = {**fields(text(client.get("/leads/new"))), **FILLED, "chain_node_id": nodes[0], "deed": "register"}
    places = {client.post("/leads/new", data=data).headers["Location"] for _click in range(3)}
    assert len(places) == 1
    assert session.scalar(select(func.count()).select_from(Lead)) == 1


def test_a_stale_form_is_a_conflict_and_keeps_my_text(client_as: ClientAs, nodes: list[int]) -> None:
    mine, other = client_as("spec_a"), client_as("head_a")
    url = register(mine, nodes)
    data = fields(text(mine.get(f"{url}/edit")))
    saved(fill(other, f"{url}/edit", content="另一种写法"))
    answer = mine.post(f"{url}/edit", data={**data, "content": "我的写法"})
    assert answer.status_code == 409 and "我的写法" in text(answer)


def test_from_response_to_a_follow_up(client_as: ClientAs, nodes: list[int], world: Any) -> None:
    spec_id = str(world.account("spec_a").id)
    url = register(client_as("spec_a"), nodes)
    head = client_as("head_a")
    saved(fill(head, f"{url}/respond", specialist_id=spec_id))
    saved(fill(head, f"{url}/study", verb="study_follow", study_note="补缺失环节"))
    saved(fill(head, f"{url}/assign", specialist_id=spec_id))
    spec = client_as("spec_a")
    follow = f"/activity/lead/{url.rsplit('/', 1)[1]}/follow-up"
    empty = fill(spec, follow, how="visit", their_people="、", summary="见面", next_step="")
    assert empty.status_code == 422
    said = {"their_people": "江听澜（副总）、邵庭", "summary": "看了两处厂房", "next_step": "送供电方案"}
    saved(fill(spec, follow, how="visit", **said))
    page = text(spec.get(url))
    assert "送供电方案" in page and "对方 江听澜（副总）、邵庭" in page and "转为项目" in page
    assert "看了两处厂房" in text(spec.get(f"{url}?show=follow"))
    assert "登记线索" not in text(spec.get(f"{url}?show=follow")).split('id="timeline"')[1]


def test_the_whole_number_opens_with_a_purpose_and_leaves_a_trace(
    client_as: ClientAs, nodes: list[int], session: Session
) -> None:
    client = client_as("spec_a")
    url = register(client, nodes)
    token = fields(text(client.get(url)))["csrf_token"]
    assert client.post(f"{url}/reveal", data={"csrf_token": token, "reason": ""}).status_code == 422
    opened = client.post(f"{url}/reveal", data={"csrf_token": token, "reason": "约谈选址"})
    assert "13812341234" in text(opened)
    session.rollback()
    kept = session.scalars(select(AuditEntry.reason).where(AuditEntry.action == "leads.mobile_revealed"))
    assert kept.all() == ["约谈选址"]


def test_the_list_keeps_its_state_in_the_address(client_as: ClientAs, nodes: list[int]) -> None:
    client = client_as("spec_a")
    register(client, nodes)
    page = text(client.get("/leads?q=%25&status=registered&sort=amount&size=20"))
    assert "没有符合条件的记录" in page
    page = text(client.get("/leads?q=宁德&status=registered&sort=-amount&page=1"))
    assert "宁德时代新能源" in page and 'aria-sort="descending"' in page
    assert client.get("/leads?status=bogus&sort=bogus&page=-1&size=7&unit=abc").status_code == 200


def test_a_move_on_the_board_opens_the_form_of_the_step(client_as: ClientAs, session: Session) -> None:
    """A lead's steps want answers of their own, so nothing moves without them."""
    with unit_of_work() as writing:
        lead = Lead(
            lead_no="XS-T-2026-0001", status="registered", unit_id=World(writing).unit("GXQ").id,
            created_by=World(writing).account("spec_a").id, investor_name="华澜光电", first_claimed_at=clock.now(),
            registered_at=clock.now(),
        )  # fmt: skip
        writing.add(lead)
    client = client_as("head_a")
    page = client.get("/leads/board").get_data(as_text=True)
    assert "华澜光电" in page and '<option value="responding">' in page
    token = csrf_of(page.split('class="lz-board"')[1])
    answer = client.post(f"/leads/{lead.public_id}/move", data={"csrf_token": token, "target": "responding"})
    assert answer.headers["Location"].endswith(f"/leads/{lead.public_id}/respond")
    wrong = client.post(f"/leads/{lead.public_id}/move", data={"csrf_token": token, "target": "converted"})
    assert wrong.status_code == 400
