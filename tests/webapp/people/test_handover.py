"""The hand-over: everything laid out, a second person confirms, all moves at once; none disabled before."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts import handing_over, holdings, service
from core.accounts.handing_over import Given
from core.accounts.models import Handover
from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Invalid, NotPermitted, Refused
from core.notify import Notice
from core.permissions import Actor
from crm.activity.models import Task
from crm.greencards import case_opening, case_service
from crm.greencards.models import CaseStep
from crm.leads.models import Lead
from crm.projects import plan
from crm.projects.models import PlanRow, Project
from tests.conftest import csrf_of
from tests.support.world import World

Actors = Callable[[str], Actor]
ClientAs = Callable[..., FlaskClient]


@pytest.fixture
def project(make_project: Callable[..., Project], make_lead: Callable[..., str], world: World) -> Project:
    """A specialist with a project, a lead and a task."""
    made = make_project()
    make_lead(investor_name="另一家新材料有限公司", content="光学膜")
    with unit_of_work() as writing:
        owner = world.account("spec_a").id
        writing.add(
            Task(
                kind="project", record_id=made.id, title="催要环评批复", owner_id=owner, account_id=owner,
                due_on=clock.today() + timedelta(days=3),
            )
        )  # fmt: skip
    return made


def _prepared(world: World, by: Actor, receiver: str = "spec_a2", **changed: Any) -> Handover:
    with unit_of_work() as writing:
        giver, to = world.account("spec_a"), world.account(receiver)
        given = {
            (kind.code, record.id): Given(to.id, changed.get("note", "现场已对接，下周报规划。"))
            for kind in holdings.kinds()
            for record in holdings.records_of(writing, kind, giver.id)
        }
        return handing_over.prepare(writing, giver, given, reason="调任", actor=by)


def test_all_moves_at_once_with_trail_and_notices(
    project: Project, world: World, actor: Actors, session: Session
) -> None:
    sheet, receiver = _prepared(world, actor("spec_a")), world.account("spec_a2")
    assert {row.kind for row in sheet.rows} == {"project", "lead", "task"}
    head = actor("head_a")
    with unit_of_work() as writing:
        handing_over.confirm(writing, sheet.public_id, version=None, actor=head)
    session.rollback()
    session.expire_all()
    assert session.get_one(Project, project.id).specialist_id == receiver.id
    assert holdings.counts_of(session, world.account("spec_a").id) == {}
    assert holdings.counts_of(session, receiver.id) == {"project": 1, "lead": 1, "task": 1}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "project.handed_over")).one()
    assert entry.changes["specialist_id"] == [world.account("spec_a").id, receiver.id]
    assert "下周报规划" in entry.reason
    told = {(row.account_id, row.code) for row in session.scalars(select(Notice))}
    assert (receiver.id, "accounts.handover_done") in told


def test_a_project_needs_its_note_and_every_piece_a_receiver(
    project: Project, world: World, actor: Actors
) -> None:
    with pytest.raises(Invalid) as refused:
        _prepared(world, actor("spec_a"), note="")
    assert [fault.code for fault in refused.value.faults] == ["note"]
    by = actor("spec_a")
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        handing_over.prepare(writing, world.account("spec_a"), {}, reason="调任", actor=by)
    assert len(refused.value.faults) == 3


def test_a_receiver_of_another_zone_does_not_fit(project: Project, world: World, actor: Actors) -> None:
    with pytest.raises(Invalid):
        _prepared(world, actor("spec_a"), receiver="spec_b")


def test_whoever_prepared_it_does_not_confirm_it(project: Project, world: World, actor: Actors) -> None:
    sheet = _prepared(world, actor("head_a"))
    for name in ("head_a", "spec_a", "desk_a", "admin", "head_b"):
        by = actor(name)
        with pytest.raises(NotPermitted), unit_of_work() as writing:
            handing_over.confirm(writing, sheet.public_id, version=None, actor=by)
    by = actor("spec_a2")
    with unit_of_work() as writing:
        assert handing_over.confirm(writing, sheet.public_id, version=None, actor=by).state == "confirmed"


def test_new_work_since_the_sheet_stops_it_whole(
    project: Project, make_lead: Callable[..., str], world: World, actor: Actors, session: Session
) -> None:
    sheet = _prepared(world, actor("spec_a"))
    make_lead(investor_name="后来的公司", content="后来的线索")
    head = actor("head_a")
    with pytest.raises(Refused), unit_of_work() as writing:
        handing_over.confirm(writing, sheet.public_id, version=None, actor=head)
    session.rollback()
    session.expire_all()
    assert session.get_one(Project, project.id).specialist_id == world.account("spec_a").id


def test_an_owner_of_open_work_is_neither_disabled_nor_moved(
    project: Project, world: World, actor: Actors
) -> None:
    admin = actor("admin")
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        service.set_active(writing, world.account("spec_a"), False, actor=admin, reason="离职")
    assert "项目（专员） 1" in str(refused.value.missing[0].message)
    pid, unit_id = world.account("spec_a").public_id, world.unit("JKQ").id
    with pytest.raises(Refused), unit_of_work() as writing:
        values = service.AccountValues("甲区专员", "", "", unit_id)
        service.change(writing, pid, values, version=None, actor=admin)
    sheet, head = _prepared(world, actor("spec_a")), actor("head_a")
    with unit_of_work() as writing:
        handing_over.confirm(writing, sheet.public_id, version=None, actor=head)
    with unit_of_work() as writing:
        service.set_active(writing, world.account("spec_a"), False, actor=admin, reason="离职")


def test_the_old_owner_finds_nothing_with_his_next_click(
    project: Project, world: World, actor: Actors, client_as: ClientAs, session: Session
) -> None:
    with unit_of_work():
        world.account("spec_a").grants[0].scope = "self"
        world.account("spec_a2").grants[0].scope = "self"
    client, other = client_as("spec_a"), client_as("spec_a2")
    address = f"/projects/{project.public_id}"
    assert client.get(address).status_code == 200
    assert other.get(address).status_code == 404
    sheet, head = _prepared(world, actor("spec_a")), actor("head_a")
    with unit_of_work() as writing:
        handing_over.confirm(writing, sheet.public_id, version=None, actor=head)
    assert client.get(address).status_code == 404
    assert project.project_no not in client.get("/projects").get_data(as_text=True)
    assert other.get(address).status_code == 200
    lead = session.scalars(select(Lead).where(Lead.status == "negotiating")).one()
    assert client.get(f"/leads/{lead.public_id}").status_code == 404


def test_the_pages_lead_from_the_list_to_the_confirmation(
    project: Project, world: World, client_as: ClientAs, session: Session
) -> None:
    client = client_as("spec_a")
    page = client.get("/handovers").get_data(as_text=True)
    address = f"/handovers/new/{world.account('spec_a').public_id}"
    assert address in page
    page = client.get(address).get_data(as_text=True)
    assert "现阶段：在谈" in page
    receiver = world.account("spec_a2").public_id
    notes = dict.fromkeys(re.findall(r'name="(note-project-\d+)"', page), "已对接。")
    form_key = re.search(r'name="form_key"[^>]*value="([^"]+)"', page)
    assert form_key is not None
    data = {
        "csrf_token": csrf_of(page), "form_key": form_key[1], "reason": "调任", "all-project": receiver,
        "all-lead": receiver, **notes,
    }  # fmt: skip
    refused = client.post(address, data=data)
    assert refused.status_code == 422
    assert "“催要环评批复”还没有选接手人" in refused.get_data(as_text=True)
    assert client.post(address, data={**data, "all-task": receiver}).status_code == 303
    session.rollback()
    sheet = session.scalars(select(Handover)).one()
    head = client_as("head_a")
    page = head.get(f"/handovers/{sheet.public_id}").get_data(as_text=True)
    data = {"csrf_token": csrf_of(page), "version": str(sheet.version)}
    assert client_as("spec_b").get(f"/handovers/{sheet.public_id}").status_code == 404
    for name, because in (
        ("spec_a", "您是移交人，这张单由您开出"), ("spec_a2", "其中有工作由您接手"),
        ("head_a", "移交人的单位在您的管理范围内"),
    ):  # fmt: skip
        said = client_as(name).get(f"/handovers/{sheet.public_id}").get_data(as_text=True)
        assert f"您能看到这一页：{because}。别人看不到。" in said, name
    assert head.post(f"/handovers/{sheet.public_id}/confirm", data=data).status_code == 303
    assert "已移交" in head.get(f"/handovers/{sheet.public_id}").get_data(as_text=True)
    assert client_as("admin").get(address).status_code == 404


def test_a_sheet_is_confirmed_only_on_a_young_proof(
    project: Project, world: World, actor: Actors, client_as: ClientAs, session: Session
) -> None:
    page = f"/handovers/{_prepared(world, actor('spec_a')).public_id}"
    client = client_as("head_a")
    data = {"csrf_token": csrf_of(client.get(page).get_data(as_text=True))}
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        answer = client.post(f"{page}/confirm", data=data, headers={"Referer": f"http://localhost{page}"})
    assert (answer.status_code, "确认是您本人" in answer.get_data(as_text=True)) == (403, True)
    assert session.scalars(select(Handover.state)).one() == "open"
    session.rollback()
    assert client.post(f"{page}/confirm", data=data).status_code == 303


def test_rows_of_a_plan_and_steps_of_a_case_move_with_their_owner(
    project: Project, world: World, actor: Actors, session: Session
) -> None:
    spec = actor("spec_a")
    with unit_of_work() as writing:
        values = {
            "promise": "协调蒸汽管网", "basis": "投资协议第五条", "trigger": "开工后", "owner": "",
            "owner_id": spec.account_id, "due_on": clock.today() + timedelta(days=30),
        }  # fmt: skip
        row = plan.add_row(writing, project.public_id, values, actor=spec)
        case = case_opening.ensure(writing, writing.get_one(Project, project.id), None, actor=spec)
        step = next(each for each in case.steps if each.status == "waiting")
        case_service.promise(
            writing, step.public_id, version=step.version, promised_wd=5, owner_text="市场监管局",
            owner_id=spec.account_id, actor=spec,
        )  # fmt: skip
        row_id, step_id = row.id, step.id
    assert {"plan_row", "case_step"} <= holdings.counts_of(session, world.account("spec_a").id).keys()
    session.rollback()
    sheet, head, receiver = _prepared(world, actor("spec_a")), actor("head_a"), world.account("spec_a2")
    with unit_of_work() as writing:
        handing_over.confirm(writing, sheet.public_id, version=None, actor=head)
    session.rollback()
    session.expire_all()
    moved = session.get_one(PlanRow, row_id)
    assert (moved.owner_id, moved.owner) == (receiver.id, receiver.name)
    assert session.get_one(CaseStep, step_id).owner_id == receiver.id
    assert holdings.counts_of(session, world.account("spec_a").id) == {}


def test_only_people_of_the_unit_answer_for_a_row_of_a_plan(
    project: Project, world: World, actor: Actors
) -> None:
    spec, stranger = actor("spec_a"), world.account("spec_b").id
    values = {
        "promise": "协调供电", "basis": "投资协议", "trigger": "开工后", "owner": "", "owner_id": stranger,
        "due_on": clock.today(),
    }  # fmt: skip
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        plan.add_row(writing, project.public_id, values, actor=spec)
    assert [fault.field for fault in refused.value.faults] == ["owner_id"]
