"""Rights are effective at once, labels hide on every channel, and a record can say why one sees it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts import deputies, granting
from core.accounts.models import Grant
from core.db import load, unit_of_work
from core.errors import Invalid
from core.lists.fields import Asking
from core.permissions import Actor
from crm.leads import progress
from crm.leads import service as leads
from crm.leads.models import Lead
from crm.projects import queries
from crm.projects import service as projects
from crm.projects.listing import LIST
from crm.projects.models import Project
from search import acl, desk, rebuilding
from search.registry import sources
from tests.support.world import World

Actors = Callable[[str], Actor]
ClientAs = Callable[..., FlaskClient]


def _found(client: FlaskClient, word: str, marker: str) -> bool:
    """Whether search, suggestions or the list of projects tell anything."""
    finder = desk.finder()
    rebuilding.rebuild(finder.engine, finder.sources)
    pages = [
        client.get(f"/search?q={word}"),
        client.get(f"/search/suggest?q={word}"),
        client.get("/projects"),
    ]
    return any(marker in page.get_data(as_text=True) for page in pages)


@pytest.fixture
def restricted(make_project: Callable[..., Project]) -> Project:
    return make_project(name="天穹特种光学项目", confidentiality="restricted")


def test_a_label_above_ones_clearance_is_as_if_absent(restricted: Project, client_as: ClientAs) -> None:
    address = f"/projects/{restricted.public_id}"
    for name, status in (
        ("spec_a", 200),
        ("head_a", 200),
        ("office", 200),
        ("spec_a2", 404),
        ("desk_a", 404),
    ):
        client = client_as(name)
        answer = client.get(address)
        assert answer.status_code == status, name
        assert _found(client, "天穹特种光学", restricted.public_id) is (status == 200), name
        board = client.get("/projects/board").get_data(as_text=True)
        assert (restricted.name in board) is (status == 200), name
        if status == 404:
            ghost = client.get("/projects/01ARZ3NDEKTSV4RRFFQ69G5FAV").get_data(as_text=True)
            assert answer.get_data(as_text=True) == ghost.replace(
                "01ARZ3NDEKTSV4RRFFQ69G5FAV", restricted.public_id
            )
            assert client.get(f"/why/project/{restricted.public_id}").status_code == 404


def test_counts_tell_nothing_of_what_is_labelled(
    restricted: Project, actor: Actors, session: Session
) -> None:
    counted = {name: queries.counts(session, actor=actor(name)) for name in ("spec_a", "spec_a2")}
    assert (counted["spec_a"]["open"], counted["spec_a2"]["open"]) == (1, 0)
    assert counted["spec_a2"]["total_wan"] is None
    for who, units in (("spec_a", 1), ("spec_a2", 0)):
        assert len(LIST.choices("unit", Asking(session, actor(who)))) == units


def test_documents_of_a_label_carry_tokens_of_their_own(
    restricted: Project, actor: Actors, session: Session
) -> None:
    document = sources()["project"].build(session, [restricted.id])[restricted.id]
    assert all(token.startswith("project!:") for token in document.acl)
    assert not set(document.acl) & set(acl.tokens_for(actor("spec_a2"), sources().values()))
    assert set(document.acl) & set(acl.tokens_for(actor("spec_a"), sources().values()))


def test_nobody_labels_above_his_own_clearance(
    make_project: Callable[..., Project], make_lead: Callable[..., str], actor: Actors, world: World
) -> None:
    by, values = actor("spec_a2"), {"confidentiality": "restricted"}
    pid = make_lead()
    with pytest.raises(Invalid), unit_of_work() as writing:
        leads.update(writing, pid, values, version=None, actor=by)
    head, other = actor("head_a"), world.account("spec_a2").id
    with unit_of_work() as writing:
        leads.update(writing, pid, values, version=None, actor=head)
    with pytest.raises(Invalid), unit_of_work() as writing:
        progress.assign(writing, pid, other, version=None, actor=head)


def test_a_restricted_project_stays_with_cleared_people(
    restricted: Project, actor: Actors, world: World
) -> None:
    head, other = actor("head_a"), world.account("spec_a2").id
    with pytest.raises(Invalid), unit_of_work() as writing:
        projects.change_specialist(writing, restricted.public_id, other, "交接内容", version=None, actor=head)


def test_a_revoked_role_ends_with_the_next_click(
    make_project: Callable[..., Project], world: World, actor: Actors, client_as: ClientAs
) -> None:
    project, client, security = make_project(), client_as("spec_a"), actor("security")
    assert client.get(f"/projects/{project.public_id}").status_code == 200
    assert _found(client, "华澜光电偏光片", project.public_id)
    pid = world.account("spec_a").grants[0].public_id
    with unit_of_work() as writing:
        granting.revoke(writing, load(writing, Grant, pid), reason="停职", actor=security)
    assert client.get(f"/projects/{project.public_id}").status_code in (403, 404)
    assert client.get("/projects").status_code == 403
    assert project.public_id not in client.get("/search?q=华澜光电偏光片").get_data(as_text=True)


def test_a_moved_lead_is_gone_with_the_next_click(
    make_lead: Callable[..., str], world: World, client_as: ClientAs, session: Session
) -> None:
    pid, client, other = make_lead(), client_as("spec_a"), client_as("spec_b")
    assert client.get(f"/leads/{pid}").status_code == 200
    with unit_of_work() as writing:
        lead = load(writing, Lead, pid)
        lead.unit_id, lead.specialist_id = world.unit("JKQ").id, world.account("spec_b").id
    assert client.get(f"/leads/{pid}").status_code == 404
    assert pid not in client.get("/leads?view=all").get_data(as_text=True)
    assert other.get(f"/leads/{pid}").status_code == 200
    session.rollback()
    assert session.scalars(select(Lead.public_id)).all() == [pid]


WHY = {
    "spec_a": "您是项目专员：范围是甲区管委会，这条记录归甲区管委会。",
    "head_a": "您是单位负责人：范围是甲区管委会及下属单位，这条记录归甲区管委会。",
    "leader": "您是领导：范围是全市。",
}


@pytest.mark.parametrize("name", sorted(WHY))
def test_a_record_says_why_one_sees_it(
    make_project: Callable[..., Project], client_as: ClientAs, name: str
) -> None:
    project, client = make_project(), client_as(name)
    assert f"/why/project/{project.public_id}" in client.get(f"/projects/{project.public_id}").get_data(
        as_text=True
    )
    page = client.get(f"/why/project/{project.public_id}").get_data(as_text=True)
    assert WHY[name] in page
    assert ("不能：您的角色" in page) is (name == "leader")


def test_why_names_ownership_and_deputies(
    make_project: Callable[..., Project], world: World, actor: Actors, client_as: ClientAs
) -> None:
    project, by, today = make_project(), actor("spec_a"), clock.today()
    with unit_of_work():
        world.account("spec_a").grants[0].scope = "self"
    own = client_as("spec_a").get(f"/why/project/{project.public_id}").get_data(as_text=True)
    assert "您是项目专员：这条记录由您经办。" in own
    client = client_as("spec_b")
    assert client.get(f"/why/project/{project.public_id}").status_code == 404
    with unit_of_work() as writing:
        deputies.name(writing, world.account("spec_a"), world.account("spec_b"), today, today, actor=by)
    page = client.get(f"/why/project/{project.public_id}").get_data(as_text=True)
    assert f"您代甲区专员处理工作（到{today.isoformat()}），他是项目专员：这条记录由他经办。" in page
    assert "代 甲区专员 处理" in client.get("/").get_data(as_text=True)


def test_why_agrees_with_who_sees(make_project: Callable[..., Project], client_as: ClientAs) -> None:
    """No second rule: there is a reason exactly where the record can be opened."""
    project = make_project()
    for name in (
        "spec_a",
        "spec_a2",
        "head_a",
        "desk_a",
        "office",
        "gov",
        "leader",
        "spec_b",
        "head_b",
        "admin",
    ):
        client = client_as(name)
        opened = client.get(f"/projects/{project.public_id}").status_code == 200
        why = client.get(f"/why/project/{project.public_id}")
        assert (why.status_code == 200) is opened, name
        assert ("您是" in why.get_data(as_text=True)) is opened, name
