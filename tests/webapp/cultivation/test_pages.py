"""Pages of cultivation through the browser's door."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from crm.cultivation.models import Evaluation, RosterEntry
from crm.enterprises import service as enterprises
from tests.conftest import csrf_of
from tests.support.world import World

SignIn = Callable[[str], FlaskClient]
VALUES = {
    "revenue_wan": "10000", "rd_expense_wan": "450", "employees_end": "100", "tech_staff": "9",
    "total_assets_wan": "12000", "ip_tech": "class1_1", "not_restricted": "true", "clean_record": "true",
}  # fmt: skip


@pytest.fixture
def firm(session: Session, world: World) -> str:
    actor, unit_id = world.actor("head_a"), world.unit("GXQ").id
    with unit_of_work() as writing:
        made = enterprises.create(writing, {"name": "示例市北屿光学薄膜有限公司"}, actor=actor)
        made.unit_id = unit_id
        return made.public_id


def form_of(client: FlaskClient, url: str) -> dict[str, str]:
    """Token, key and version of the first form of a page."""
    html = client.get(url).get_data(as_text=True)
    found = {"csrf_token": csrf_of(html)}
    for name in ("form_key", "version"):
        if match := re.search(rf'name="{name}"[^>]*value="([^"]+)"', html):
            found[name] = match.group(1)
    return found


def test_from_missing_data_to_a_kept_answer_and_the_roster(
    client_as: SignIn, firm: str, session: Session
) -> None:
    client = client_as("desk_a")
    page = client.get(f"/cultivation/{firm}").get_data(as_text=True)
    assert "缺数据" in page
    assert "自评不等于认定" in page
    url = f"/cultivation/{firm}/inputs?standard=tech_sme"
    sent = {**form_of(client, url), **VALUES, "year": str(clock.today().year - 1), "source": "企业填报"}
    assert client.post(url, data=sent).status_code == 303
    page = client.get(f"/cultivation/{firm}").get_data(as_text=True)
    assert "这一类不能为 0 分" in page
    assert "4.5%" in page
    keep = f"/cultivation/{firm}/evaluate?standard=tech_sme"
    form = form_of(client, f"/cultivation/{firm}")
    assert client.post(keep, data=form).status_code == 303
    assert client.post(keep, data=form).status_code == 303
    assert session.scalars(select(Evaluation)).one().verdict == "not_met"
    entry = f"/cultivation/{firm}/entry"
    sent = {
        **form_of(client, entry), "pool_code": "L1", "step_code": "S1", "standard": "tech_sme", "specialist_id": "0",
    }  # fmt: skip
    assert client.post(entry, data=sent).status_code == 303
    session.rollback()
    assert session.scalars(select(RosterEntry)).one().pool_code == "L1"
    listed = client.get("/cultivation").get_data(as_text=True)
    assert "北屿光学薄膜" in listed
    assert "升规培育企业库" in listed


def test_wrong_values_return_with_the_text_that_was_typed(client_as: SignIn, firm: str) -> None:
    client = client_as("desk_a")
    url = f"/cultivation/{firm}/inputs?standard=tech_sme"
    sent = {**form_of(client, url), "tech_staff": "十二人", "year": "2025", "source": "企业填报"}
    answer = client.post(url, data=sent)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "要填数字" in page
    assert "十二人" in page


def test_the_standard_of_2022_draws_no_conclusion_after_march_2026(client_as: SignIn, firm: str) -> None:
    page = client_as("desk_a").get(f"/cultivation/{firm}?standard=srdi_sme").get_data(as_text=True)
    assert "新标准待录入" in page
    assert "逐条对照" not in page


def test_the_other_zone_meets_a_bare_404_everywhere(client_as: SignIn, firm: str) -> None:
    for username in ("desk_b", "head_b", "spec_b"):
        client = client_as(username)
        assert client.get(f"/cultivation/{firm}").status_code == 404
        assert "北屿" not in client.get("/cultivation").get_data(as_text=True)
    assert client_as("desk_b").get(f"/cultivation/{firm}/inputs").status_code == 404


def test_a_leader_reads_and_is_offered_nothing_to_change(client_as: SignIn, firm: str) -> None:
    client = client_as("leader")
    page = client.get(f"/cultivation/{firm}").get_data(as_text=True)
    assert "留存这次自评" not in page
    assert client.get(f"/cultivation/{firm}/entry").status_code == 403
    assert client.get(f"/cultivation/{firm}/inputs").status_code == 403


def test_the_enterprise_page_carries_the_step(client_as: SignIn, firm: str) -> None:
    assert f"/cultivation/{firm}" in client_as("desk_a").get(f"/enterprises/{firm}").get_data(as_text=True)
    assert f"/cultivation/{firm}" not in client_as("desk_b").get(f"/enterprises/{firm}").get_data(
        as_text=True
    )
