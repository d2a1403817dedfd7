"""Amounts of leads and projects are a right of their own: who lacks it finds them on no channel (SECURITY C4)."""

import io
from collections.abc import Callable, Iterator
from decimal import Decimal

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import files
from core.accounts.models import Grant
from core.db import unit_of_work
from core.jobs import runner
from core.jobs.models import Job
from core.lists import exports
from core.lists.export_models import Export
from core.permissions import Actor, matches
from crm import roles
from crm.greencards.models import ServiceCase
from crm.leads import access as lead_access
from crm.leads import service as leads
from crm.projects import access, plan
from crm.projects import service as projects
from crm.projects.models import Project
from search import desk as index
from search import rebuilding
from tests.crm.projects.conftest import make_lead, make_project, node_id
from tests.support import greencards
from tests.support.browser import fields
from tests.support.greencards import desk, edit_project
from tests.support.world import World
from tests.webapp.api.conftest import Program, program

__all__ = ["desk", "edit_project", "make_lead", "make_project", "node_id", "program"]

ClientAs = Callable[[str], FlaskClient]
Actors = Callable[[str], Actor]
TOTAL, FIXED, CHANGED = Decimal("78912.34"), Decimal("67891.23"), Decimal("79123.45")
INVESTOR = "栖霞微显示有限公司"
TRACES = ("78912.34", "78,912.34", "7.89", "67891.23", "67,891.23", "6.79", "79123.45", "79,123.45", "7.91")
"""The amounts as any channel writes them: exact, with commas, in 亿元."""


def _traces(text: str) -> set[str]:
    return {trace for trace in TRACES if trace in text}


@pytest.fixture
def lead(make_lead: Callable[..., str], session: Session, actor: Actors) -> str:
    pid = make_lead(investor_name=INVESTOR, total_investment_wan=TOTAL, fixed_investment_wan=FIXED)
    with unit_of_work() as writing:
        leads.update(writing, pid, {"total_investment_wan": CHANGED}, version=None, actor=actor("spec_a"))
    return pid


@pytest.fixture
def project(make_project: Callable[..., Project], actor: Actors) -> Project:
    """A project of the first zone, its total once changed, money received, a promise with an amount."""
    made = make_project("a", {"total_investment_wan": TOTAL, "fixed_investment_wan": FIXED})
    by = actor("spec_a")
    promise = {"promise": "设备补助", "basis": "第 3 条", "trigger": "投产", "amount_wan": FIXED, "owner": "区财政",
               "due_on": made.stage_entered_on}  # fmt: skip
    with unit_of_work() as writing:
        projects.update(writing, made.public_id, {"total_investment_wan": CHANGED}, version=None, actor=by)
        plan.add_row(writing, made.public_id, promise, actor=by)
    return made


@pytest.fixture
def watcher(world: World, session: Session) -> str:
    """A supervisor: sees every lead and project, and none of their amounts."""
    unit_id, account_id = world.unit("SLS").id, world.account("desk_b").id
    session.rollback()
    with unit_of_work() as writing:
        writing.execute(
            update(Grant)
            .where(Grant.account_id == account_id)
            .values(role="supervisor", unit_id=unit_id, scope="all")
        )
    return "desk_b"


def _pages(client: FlaskClient, *addresses: str) -> Iterator[tuple[str, str]]:
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        yield address, answer.get_data(as_text=True)


def test_pages_of_a_project_hold_no_amount_for_who_lacks_the_right(
    project: Project, watcher: str, client_as: ClientAs
) -> None:
    pid = project.public_id
    addresses = (
        "/", "/projects", "/projects?cols=name,total_wan,received_wan", "/projects/board", f"/projects/{pid}",
        f"/projects/{pid}?show=change", f"/why/project/{pid}",
    )  # fmt: skip
    for name in ("desk_a", watcher):
        for address, page in _pages(client_as(name), *addresses):
            assert not _traces(page), (name, address)
    page = client_as("spec_a").get(f"/projects/{pid}").get_data(as_text=True)
    assert {"7.91", "67,891.23"} <= _traces(page), "the specialist works with them"
    history = client_as("spec_a").get(f"/projects/{pid}?show=change").get_data(as_text=True)
    assert {"78,912.34", "79,123.45"} <= _traces(history)
    covered = client_as("desk_a").get(f"/projects/{pid}?show=change").get_data(as_text=True)
    assert "总投资（万元）" in covered and "****" in covered, "that it was changed stays known"


def test_pages_of_a_lead_hold_no_amount_for_who_lacks_the_right(
    lead: str, watcher: str, client_as: ClientAs
) -> None:
    addresses = ("/leads", "/leads?cols=investor,total_wan", "/leads/board", f"/leads/{lead}?show=change")
    for address, page in _pages(client_as(watcher), *addresses):
        assert INVESTOR in page and not _traces(page), address
    assert "7.91" in client_as("spec_a").get(f"/leads/{lead}").get_data(as_text=True)


def test_pages_that_show_a_project_beside_their_own_record_hide_it_too(
    session: Session, world: World, actor: Actors, client_as: ClientAs
) -> None:
    session.rollback()
    with unit_of_work() as writing:
        firm = greencards.firm(writing, "a", actor("spec_a"))
        made = greencards.project(writing, "a", firm, total_investment_wan=TOTAL)
        address = f"/enterprises/{firm.public_id}"
        name = made.name
    open_page = client_as("spec_a").get(address).get_data(as_text=True)
    assert name in open_page and "7.89" in open_page
    page = client_as("desk_a").get(address).get_data(as_text=True)
    assert name in page and not _traces(page)


def test_cards_and_service_cases_hold_no_amount_of_their_project(
    desk: greencards.Desk,
    edit_project: Callable[..., None],
    watcher: str,
    client_as: ClientAs,
    session: Session,
) -> None:
    edit_project("a", total_investment_wan=TOTAL)
    card = desk.issued("a")
    case = session.scalars(select(ServiceCase.public_id)).one()
    session.rollback()
    addresses = (
        "/greencards", f"/greencards/{card}", f"/greencards/{card}?show=change", "/greencards/cases",
        f"/greencards/cases/{case}", f"/greencards/cases/{case}?show=change", f"/why/card/{card}", f"/why/case/{case}",
    )  # fmt: skip
    for name in ("desk_a", watcher):
        for address, page in _pages(client_as(name), *addresses):
            assert not _traces(page), (name, address)
    for address in (f"/greencards/{card}", f"/greencards/cases/{case}"):
        shown = client_as("spec_a").get(address).get_data(as_text=True)
        assert _traces(shown), f"the specialist works with them: {address}"


def _names(client: FlaskClient, address: str) -> list[str]:
    page = client.get(address).get_data(as_text=True).split("<tbody", 1)[-1]
    return [name for name in ("甲项目大", "甲项目小") if f"{name}</a>" in page]


@pytest.mark.parametrize(
    "asked", ["w=amount:ge:5", "w=amount:le:5", "least=100000", "w=received:empty", "w=amount:between:1:2"]
)
def test_no_condition_and_no_order_tells_an_amount(
    make_project: Callable[..., Project], client_as: ClientAs, asked: str
) -> None:
    make_project("a", {"total_investment_wan": TOTAL}, name="甲项目大")
    make_project("a", {"total_investment_wan": Decimal(40000), "investor_name": "乙公司"}, name="甲项目小")
    client = client_as("desk_a")
    assert _names(client, f"/projects?{asked}") == ["甲项目大", "甲项目小"]
    up = client.get("/projects?sort=amount").get_data(as_text=True)
    down = client.get("/projects?sort=-amount").get_data(as_text=True)
    order = [page.index("甲项目大") < page.index("甲项目小") for page in (up, down)]
    assert order[0] == order[1], "an order by what is hidden is none"
    assert "总投资" not in up.split("<main", 1)[1]
    assert len(_names(client_as("spec_a"), "/projects?w=amount:ge:5")) == 1


def test_calls_answer_null_and_refuse_to_filter_or_sort_by_it(
    project: Project, program: Callable[..., Program]
) -> None:
    desk = program("desk_a")
    listed, one = desk.get("/projects"), desk.get(f"/projects/{project.public_id}")
    assert listed.status_code == one.status_code == 200
    assert not _traces(listed.text) and not _traces(one.text)
    assert (
        one.get_json()["total_investment_wan"] is None and listed.get_json()["data"][0]["total_wan"] is None
    )
    for values in ({"least": "1000"}, {"sort": "-amount"}, {"w": "amount:ge:1"}):
        assert desk.get("/projects", **values).status_code == 422, values
    mine = program("spec_a").get(f"/projects/{project.public_id}").get_json()
    assert mine["total_investment_wan"] == "79123.45"


@pytest.mark.parametrize("file_type", ["csv", "xlsx"])
def test_a_file_that_is_taken_out_holds_no_amount(
    app: Flask,
    project: Project,
    session: Session,
    client_as: ClientAs,
    monkeypatch: pytest.MonkeyPatch,
    file_type: str,
) -> None:
    """The desk may take lists out here; what it sees of them is what the file holds."""
    grown = (*roles.PATTERNS["service_desk"], access.EXPORT)
    monkeypatch.setitem(roles.PATTERNS, "service_desk", grown)
    client = client_as("desk_a")
    address = "/lists/exports/new/projects?q=cols%3Dname%2Ctotal_wan%2Creceived_wan%26sort%3D-amount"
    form = fields(client.get(address).get_data(as_text=True))
    asked = {**form, "purpose": "报区里的服务台账", "file_type": file_type}
    assert client.post(address, data=asked).status_code == 303
    session.rollback()
    job_id = session.scalars(select(Job.id).where(Job.kind == exports.JOB)).one()
    session.rollback()
    runner.run(job_id, app.app_context)
    session.rollback()
    made = session.scalars(select(Export)).one()
    assert made.state == "done" and made.stored_as
    text = _text_of((files.folder() / made.stored_as).read_bytes(), file_type)
    assert project.name in text and "总投资" not in text and not _traces(text)


def _text_of(data: bytes, file_type: str) -> str:
    if file_type == "csv":
        return data.decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_search_and_suggestions_hold_no_amount(
    project: Project, lead: str, watcher: str, client_as: ClientAs
) -> None:
    finder = index.finder()
    rebuilding.rebuild(finder.engine, finder.sources)
    for name in ("desk_a", watcher):
        for address in ("/search?q=华澜光电", "/search/suggest?q=华澜光电", "/search?q=79123.45"):
            page = client_as(name).get(address).get_data(as_text=True)
            assert not _traces(page.replace("79123.45", "") if address.endswith("45") else page), address
            assert (project.public_id in page) is not address.endswith("45"), (name, address)


def test_the_most_generous_role_wins_where_it_reaches_and_nowhere_else(
    project: Project, make_project: Callable[..., Project], world: World, actor: Actors, session: Session
) -> None:
    """A specialist of the second zone who also serves the first sees amounts of his own zone only."""
    other = make_project("b", {"investor_name": "栖霞微显示有限公司"}, name="栖霞模组项目")
    account_id, unit_id = world.account("spec_b").id, world.unit("GXQ").id
    session.rollback()
    with unit_of_work() as writing:
        writing.add(Grant(account_id=account_id, role="service_desk", unit_id=unit_id, scope="below"))
    by = actor("spec_b")
    assert access.MONEY.seen(by, other).total_investment_wan == Decimal(50000)
    assert access.MONEY.seen(by, project).total_investment_wan is None
    assert not access.MONEY.open_everywhere(by), "so lists show him none"


def test_the_right_belongs_to_whoever_finds_judges_admits_or_pays() -> None:
    seen_by = {
        role.code
        for role in roles.ROLES
        for right in (access.AMOUNTS, lead_access.AMOUNTS)
        if matches(role.patterns, right)
    }
    assert seen_by == {
        "leader", "promotion_office", "government_office", "unit_head", "park_committee", "investment_team",
        "specialist",
    }  # fmt: skip
