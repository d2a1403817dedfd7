"""Enterprises for programs: lists as on the page, a record, a new one once, a change from a version."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import db, unit_of_work
from core.permissions import Actor
from crm.enterprises import contacts, figures, honours, names
from crm.enterprises.duplicates import merging
from crm.enterprises.duplicates.merging import Choice
from crm.enterprises.models import Enterprise
from tests.support.world import World
from tests.webapp.api.conftest import Program

Programs = Callable[..., Program]
NEW = {"name": "示例接口光电有限公司", "reg_capital_wan": "1234.56", "main_products": "光学薄膜"}


def test_a_list_answers_the_conditions_of_its_page(program: Programs) -> None:
    office = program("office")
    office.post("/enterprises", NEW)
    answer = office.get("/enterprises", w="reg_capital:between:1234,1235", sort="-revenue")
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert [row["name"] for row in found["data"]] == [NEW["name"]]
    assert found["total"] == 1 and found["total_is_lower_bound"] is False and found["links"] == {"next": None}
    record = office.client.get(found["data"][0]["url"], headers=office.headers).get_json()
    assert record["reg_capital_wan"] == "1234.56" and record["version"] == 1


def _laden(pid: str, session: Session, world: World) -> None:
    """The firm comes to a zone, and gets a contact, a lapsed recognition, figures of a year, a former name."""
    head, unit, today = world.actor("head_a"), world.unit("GXQ").id, clock.today()
    session.rollback()
    with unit_of_work() as writing:
        firm = writing.scalars(select(Enterprise).where(Enterprise.public_id == pid)).one()
        firm.unit_id = unit
        writing.flush()
        contacts.add(writing, pid, {"person": "邵庭", "mobile": "13812341234", "role": "项目"}, actor=head)
        lapsed = today - timedelta(days=1)
        over = {"kind": "hte", "name": "高新技术企业", "level": "national", "valid_to": lapsed}
        honours.add(writing, pid, over, actor=head)
        told = {"revenue_wan": Decimal(5000), "employees_end": 120}
        figures.record_year(writing, pid, today.year - 1, "企业年报", told, actor=head)
        former = {"name": "示例旧名光电有限公司", "from_on": date(2001, 2, 3), "until_on": None}
        names.add(writing, pid, former, actor=head)


def test_the_whole_record_is_answered_with_masked_numbers_for_whoever_may_see_them(
    program: Programs, session: Session, world: World
) -> None:
    office = program("office")
    values = {
        **NEW, "aliases": ["示例接口"], "english_name": "Example Interface", "industry_code": "3974",
        "industry_extra": ["3974"], "tags": ["链主"], "org_type": "有限责任公司",
    }  # fmt: skip
    made = office.post("/enterprises", values)
    assert made.status_code == 201, made.text
    pid = made.get_json()["id"]
    _laden(pid, session, world)
    found = program("spec_a").get(f"/enterprises/{pid}").get_json()
    assert (
        found["aliases"] == ["示例接口"] and found["industry_extra"] == ["3974"] and found["tags"] == ["链主"]
    )
    assert found["former_names"] == ["示例旧名光电有限公司"]
    assert found["earlier_names"][0]["from_on"] == "2001-02-03"
    assert [(each["name"], each["state"]) for each in found["honours"]] == [("高新技术企业", "expired")]
    assert found["size_class"] == "small" and "120" in found["size_reason"]
    assert found["years"][0]["figures"]["revenue_wan"] == "5000" and found["years"][0]["verified_on"] is None
    assert [(each["person"], each["mobile"]) for each in found["contacts"]] == [("邵庭", "138****1234")]
    stranger = program("spec_b").get(f"/enterprises/{pid}")
    assert stranger.get_json()["contacts"] is None and "1234" not in stranger.text.replace("1234.56", "")
    changed = office.patch(
        f"/enterprises/{pid}", {"version": found["version"], "aliases": ["新简称"], "tags": None}
    )
    assert changed.get_json()["aliases"] == ["新简称"] and changed.get_json()["tags"] == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"sort": "shoe"}, "sort"),
        ({"size": "7"}, "size"),
        ({"page": "0"}, "page"),
        ({"scale": "huge"}, "scale"),
        ({"size": "x"}, "size"),
        ({"w": "nothing:in:1"}, "w"),
    ],
)
def test_what_is_not_understood_is_named(program: Programs, values: dict[str, str], field: str) -> None:
    answer = program("office").get("/enterprises", **values)
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert field in {fault["field"] for fault in answer.get_json()["errors"]}


def test_the_same_key_makes_one_record_and_repeats_the_answer(program: Programs, session: Session) -> None:
    office = program("office")
    first, second = (office.post("/enterprises", NEW, key="same-key") for _turn in range(2))
    assert first.status_code == second.status_code == 201
    assert first.get_json() == second.get_json() and second.headers["Idempotent-Replayed"] == "true"
    assert first.headers["Location"] == second.headers["Location"]
    assert _count(NEW["name"]) == 1
    other = office.post("/enterprises", {**NEW, "name": "示例另一家有限公司"}, key="same-key")
    assert other.status_code == 422 and other.get_json()["errors"][0]["code"] == "key_reused"


def test_without_a_key_nothing_is_made(program: Programs) -> None:
    answer = program("office").post("/enterprises", NEW, key="")
    assert answer.status_code == 422 and answer.get_json()["errors"][0]["field"] == "Idempotency-Key"
    assert _count(NEW["name"]) == 0


def test_a_refused_call_leaves_its_key_free(program: Programs) -> None:
    office = program("office")
    wrong = office.post("/enterprises", {**NEW, "uscc": "91310000735470911B"}, key="k1")
    assert wrong.status_code == 422 and "uscc" in wrong.get_json()["errors"][0]["field"]
    assert "8" in wrong.get_json()["errors"][0]["message"], "the message says what the letter should be"
    assert office.post("/enterprises", NEW, key="k1").status_code == 201


def test_a_change_names_its_version_and_a_stale_one_is_a_conflict(
    program: Programs, session: Session
) -> None:
    office = program("office")
    made = office.post("/enterprises", NEW).get_json()
    path = f"/enterprises/{made['id']}"
    changed = office.patch(path, {"version": 1, "reg_address": "科技路 8 号"})
    assert changed.status_code == 200 and changed.get_json()["version"] == 2
    stale = office.patch(path, {"version": 1, "reg_address": "科技路 9 号"})
    assert stale.status_code == 409 and stale.get_json()["version"] == 2
    assert office.get(path).get_json()["reg_address"] == "科技路 8 号"
    assert office.patch(path, {"reg_address": "无版本"}).status_code == 422
    entries = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("enterprises.%"))).all()
    assert entries.count("enterprises.changed") == 1


def test_what_is_not_asked_for_stays_as_it_was(program: Programs) -> None:
    office = program("office")
    made = office.post("/enterprises", NEW).get_json()
    changed = office.patch(
        f"/enterprises/{made['id']}", {"version": 1, "founded_on": "2020-02-29"}
    ).get_json()
    assert changed["founded_on"] == "2020-02-29" and changed["main_products"] == NEW["main_products"]


@pytest.mark.parametrize(
    "content",
    [
        '{"name": "a\\u0000b"}',
        '{"name": "\\ud83d"}',
        "[1]",
        "{",
        '{"a":' * 2000 + "1" + "}" * 2000,
        '{"name": NaN}',
    ],
)
def test_a_body_that_cannot_be_stored_is_refused(program: Programs, content: str) -> None:
    office = program("office")
    answer = office.client.post(
        "/api/v1/enterprises",
        data=content,
        headers={**office.headers, "Content-Type": "application/json", "Idempotency-Key": "k"},
    )
    assert answer.status_code in (400, 422), answer.text


def test_a_form_is_no_json(program: Programs) -> None:
    office = program("office")
    answer = office.client.post("/api/v1/enterprises", data={"name": "x"}, headers=office.headers)
    assert answer.status_code == 415


def test_who_may_not_write_is_refused_and_a_hidden_id_is_no_id(app: Flask, program: Programs) -> None:
    reader = program("leader")
    assert reader.post("/enterprises", NEW).status_code == 403
    ghost, odd = (reader.get(f"/enterprises/{pid}") for pid in ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "1"))
    assert ghost.status_code == odd.status_code == 404 and ghost.get_json() == odd.get_json()


def _count(name: str) -> int:
    db.session.rollback()
    found = db.session().scalar(select(func.count()).select_from(Enterprise).where(Enterprise.name == name))
    return found or 0


def test_the_address_of_a_merged_enterprise_leads_to_the_one_that_stayed(
    program: Programs, actor: Callable[[str], Actor]
) -> None:
    office = program("office")
    kept, gone = (
        office.post("/enterprises", {"name": name}).get_json() for name in ("甲有限公司", "乙有限公司")
    )
    choice = Choice(kept["id"], gone["id"], kept["version"], gone["version"], {}, "同一家")
    with unit_of_work() as session:
        merging.merge(session, choice, actor=actor("office"))
    answer = office.get(f"/enterprises/{gone['id']}")
    assert answer.status_code == 302 and answer.headers["Location"].endswith(kept["url"])
    assert program("office").get("/enterprises/01M8B4X4EWG0EY83GNTDEVGFZG").status_code == 404
