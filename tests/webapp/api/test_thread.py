"""The thread for programs: a lead registered once, money by its voucher, a request handled by another system."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.db import unit_of_work
from tests.support import greencards, maps
from tests.support.requests import Scene
from tests.support.world import World
from tests.webapp.api.conftest import Program

Programs = Callable[..., Program]
LEAD = {
    "investor_name": "示例接口投资有限公司",
    "content": "偏光片基膜生产线",
    "source": "fair",
    "total_investment_wan": "50000",
    "fixed_investment_wan": 30000,
    "contact_person": "江听澜",
    "contact_mobile": "13800001234",
}
TALK = {
    "at": "2026-11-20T10:00:00+08:00",
    "how": "visit",
    "our_people": ["周予安"],
    "their_people": ["江听澜"],
    "summary": "看了场地，谈了用电。",
    "next_step": "送用电方案",
}


@pytest.fixture
def node(session: Session) -> str:
    with unit_of_work() as writing:
        maps.build(writing)
    code = session.scalars(select(maps.ChainNode.code).order_by(maps.ChainNode.id.desc())).first()
    session.rollback()
    assert code
    return code


def test_a_lead_is_registered_once_and_followed(program: Programs, node: str) -> None:
    spec = program("spec_a")
    made = spec.post("/leads", {**LEAD, "node": node}, key="lead-1")
    assert made.status_code == 201, made.text
    lead = made.get_json()
    assert lead["status"] == "registered" and lead["lead_no"] and lead["total_investment_wan"] == "50000"
    assert "13800001234" not in made.text, "telephone numbers are not answered"
    assert spec.post("/leads", {**LEAD, "node": node}, key="lead-1").get_json()["id"] == lead["id"]
    assert [row["id"] for row in spec.get("/leads").get_json()["data"]] == [lead["id"]]
    followed = spec.post(f"/leads/{lead['id']}/follow-ups", TALK)
    assert followed.status_code == 201, followed.text
    other = program("spec_b")
    assert other.get(f"/leads/{lead['id']}").status_code == 404
    assert other.get("/leads").get_json()["total"] == 0


def test_a_second_claimant_is_told_as_on_the_page(program: Programs, node: str) -> None:
    program("spec_a").post("/leads", {**LEAD, "node": node})
    second = program("spec_b").post("/leads", {**LEAD, "node": node})
    assert second.status_code == 201 and second.get_json()["status"] == "disputed"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"node": "NO-99"}, "node"),
        ({"total_investment_wan": -1}, "total_investment_wan"),
        ({"fixed_investment_wan": 60000}, "fixed_investment_wan"),
        ({"investor_name": ""}, "investor_name"),
        ({"total_investment_wan": 10**30}, "total_investment_wan"),
    ],
)
def test_a_wrong_lead_is_refused_by_field(
    program: Programs, node: str, values: dict[str, Any], field: str
) -> None:
    answer = program("spec_a").post("/leads", {**LEAD, "node": node, **values})
    assert answer.status_code == 422
    assert any(field in (fault["field"] or "") for fault in answer.get_json()["errors"]), answer.text
    assert program("spec_a").get("/leads", status="registered").get_json()["total"] == 0


def test_a_step_out_of_turn_names_everything_that_is_missing(program: Programs, node: str) -> None:
    spec = program("spec_a")
    lead = spec.post("/leads", {**LEAD, "node": node}).get_json()
    answer = program("head_a").post(f"/leads/{lead['id']}/respond", {"version": lead["version"]})
    assert answer.status_code in (403, 422) and answer.mimetype == "application/problem+json"
    done = program("head_a").post(
        f"/leads/{lead['id']}/respond", {"version": lead["version"], "specialist": "spec_a"}
    )
    assert done.status_code == 200, done.text
    assert done.get_json()["specialist"] == "甲区专员"
    stale = program("head_a").post(
        f"/leads/{lead['id']}/terminate", {"version": lead["version"], "reason": "过期的版本"}
    )
    assert stale.status_code == 409


def test_another_system_handles_a_request(program: Programs, scene: Scene, session: Session) -> None:
    pid = scene.submit()
    desk = program("desk_a")
    listed = desk.get("/requests").get_json()
    assert [row["id"] for row in listed["data"]] == [pid] and listed["data"][0]["status"] == "submitted"
    assert program("desk_b").get("/requests").get_json()["total"] == 0
    assert program("desk_b").get(f"/requests/{pid}").status_code == 404
    record = desk.get(f"/requests/{pid}").get_json()
    given = {"version": record["version"], "category": "utility", "nature": "help", "urgency": "normal"}
    accepted = desk.post(f"/requests/{pid}/accept", given)
    assert accepted.status_code == 200 and accepted.get_json()["status"] == "accepted", accepted.text
    assert desk.post(f"/requests/{pid}/accept", given).status_code == 409, "the version lets it happen once"
    sent = desk.post(
        f"/requests/{pid}/dispatch", {"version": accepted.get_json()["version"], "host_unit": "GXQ-QF"}
    )
    assert sent.status_code == 200 and sent.get_json()["host_unit"] == "甲区企业服务中心", sent.text
    session.rollback()
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("requests.%"))).all()
    assert actions.count("requests.accept") == 1


def test_money_is_booked_by_its_voucher(program: Programs, session: Session, world: World) -> None:
    head = world.actor("head_a")
    with unit_of_work() as writing:
        firm = greencards.firm(writing, "a", head)
        project = greencards.project(writing, "a", firm).public_id
    office = program("office")
    given = {"received_on": "2026-11-01", "amount_wan": "1000.50", "nature": "fixed", "voucher_no": "HD-1"}
    before = office.get(f"/projects/{project}").get_json()["received_wan"]
    made = office.post(f"/projects/{project}/receipts", given, key="r1")
    again = office.post(f"/projects/{project}/receipts", given, key="r1")
    assert made.status_code == again.status_code == 201, made.text
    assert made.get_json()["received_wan"] != before and made.get_json() == again.get_json()
    without = office.post(f"/projects/{project}/receipts", {**given, "voucher_no": " "})
    assert without.status_code == 422 and "voucher_no" in without.text


def test_maps_come_in_the_form_in_which_they_are_exchanged(program: Programs, node: str) -> None:
    office = program("office")
    listed = office.get("/chains").get_json()["data"]
    content = office.client.get(listed[0]["url"], headers=office.headers).get_json()["content"]
    assert node in {each["code"] for each in content["nodes"]}
