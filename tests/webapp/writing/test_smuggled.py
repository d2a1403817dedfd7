"""What a form or a call does not ask for changes nothing, however it is named (SECURITY C4)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from core.db import Base
from crm.enterprises.models import Enterprise
from crm.leads.models import Lead
from crm.projects.models import Project
from tests.crm.projects.conftest import make_lead, make_project, node_id
from tests.support.browser import fill, saved
from tests.support.world import World
from tests.webapp.api.conftest import Program, program

__all__ = ["make_lead", "make_project", "node_id", "program"]

ClientAs = Callable[[str], FlaskClient]
MOVING = {"version", "updated_at"}


def _columns(session: Session, record: Any) -> dict[str, Any]:
    session.rollback()
    session.expire_all()
    found = session.get_one(type(record), record.id)
    values = {column.key: getattr(found, column.key) for column in inspect(type(record)).column_attrs}
    return {name: None if value == "" else value for name, value in values.items()}


def _smuggled(record: Base, world: World) -> dict[str, Any]:
    """A value for every column that the form is not meant to write."""
    other = world.account("spec_b").id
    wrong: dict[str, Any] = {
        "id": "999999", "unit_id": str(world.unit("JKQ").id), "specialist_id": str(other),
        "created_by": str(other), "status": "converted", "stage": "producing", "admission_state": "approved",
        "admission_tier": "self", "lead_no": "XS-999", "project_no": "XM-999",
        "public_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "first_claimed_at": "2020-01-01T00:00:00", "protected_until": "2099-01-01", "received_wan": "99999",
        "signed_on": "2020-01-01", "latest_revenue_wan": "99999", "honour_rank": "9", "sort_key": "aaa",
        "role": "administrator", "owner_id": str(other), "approved": "true", "active": "",
    }  # fmt: skip
    assert set(wrong) & {column.key for column in inspect(type(record)).column_attrs}
    return wrong


def test_the_form_of_a_project_writes_its_own_fields_only(
    client_as: ClientAs, make_project: Callable[..., Project], world: World, session: Session
) -> None:
    project = make_project()
    before = _columns(session, project)
    extra = _smuggled(project, world)
    url = f"/projects/{project.public_id}/edit/basics"
    saved(fill(client_as("spec_a"), url, content="新的建设内容", **extra))
    after = _columns(session, project)
    assert {name for name in after if after[name] != before[name]} - MOVING == {"content"}


def test_the_form_of_a_lead_writes_its_own_fields_only(
    client_as: ClientAs, make_lead: Callable[..., str], world: World, session: Session
) -> None:
    pid = make_lead()
    lead = session.scalars(select(Lead).where(Lead.public_id == pid)).one()
    before = _columns(session, lead)
    saved(
        fill(
            client_as("spec_a"),
            f"/leads/{pid}/edit",
            content="新的内容",
            policy_ask="",
            **_smuggled(lead, world),
        )
    )
    after = _columns(session, lead)
    assert {name for name in after if after[name] != before[name]} - MOVING == {"content"}


def test_the_form_of_an_enterprise_writes_its_own_fields_only(
    client_as: ClientAs, make_project: Callable[..., Project], world: World, session: Session
) -> None:
    client = client_as("head_a")
    pid = saved(fill(client, "/enterprises/new", name="示例市不夹带有限公司")).rpartition("/")[2]
    firm = session.scalars(select(Enterprise).where(Enterprise.public_id == pid)).one()
    before = _columns(session, firm)
    extra = _smuggled(firm, world)
    saved(fill(client, f"/enterprises/{pid}/edit", main_products="光学膜", **extra))
    after = _columns(session, firm)
    assert {name for name in after if after[name] != before[name]} - MOVING == {"main_products"}


@pytest.mark.parametrize("name", ["unit_id", "id", "public_id", "latest_revenue_wan", "status", "role"])
def test_a_call_that_names_what_is_not_asked_for_is_refused_and_changes_nothing(
    program: Callable[..., Program], session: Session, name: str
) -> None:
    office = program("office")
    made = office.post("/enterprises", {"name": "示例市不夹带有限公司"}).get_json()
    answer = office.patch(
        f"/enterprises/{made['id']}", {"version": made["version"], "main_products": "光学膜", name: 7}
    )
    assert answer.status_code == 422, answer.text
    assert name in answer.text
    session.rollback()
    firm = session.scalars(select(Enterprise).where(Enterprise.public_id == made["id"])).one()
    assert (firm.main_products, firm.version) == ("", made["version"])


def test_money_of_a_project_stays_exact_when_it_is_smuggled_beside_its_own_field(
    client_as: ClientAs, make_project: Callable[..., Project], session: Session
) -> None:
    """The stored column beside the field of the form is no second way in."""
    project = make_project()
    url = f"/projects/{project.public_id}/edit/basics"
    saved(fill(client_as("spec_a"), url, content="新的建设内容", total_investment_fen="1"))
    assert _columns(session, project)["total_investment_wan"] == Decimal(50000)
