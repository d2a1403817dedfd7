"""Many targets given to another specialist at once: who may, what came of each, the way back."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.errors import NotPermitted
from core.lists import bulk
from core.lists.spec import known
from crm.targets.models import Target, TargetList
from tests.support import maps
from tests.support.browser import fields
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def targets(session: Session, world: World) -> list[str]:
    unit = world.unit("GXQ").id
    session.rollback()
    with unit_of_work() as writing:
        maps.build(writing)
        node = maps.node(writing, "X-01-01").id
        made = TargetList(name="名单", unit_id=unit)
        writing.add(made)
        writing.flush()
        found = [
            Target(
                list_id=made.id,
                enterprise_id=maps.firm(writing, name).id,
                node_id=node,
                unit_id=unit,
                assigned_on=clock.today(),
            )
            for name in ("甲光学", "乙光学")
        ]
        writing.add_all(found)
        writing.flush()
        return [target.public_id for target in found]


def test_targets_go_to_a_specialist_and_back(
    session: Session, world: World, targets: list[str], client_as: ClientAs
) -> None:
    client = client_as("head_a")
    assert "分派专员" in client.get("/targets").get_data(as_text=True)
    token = fields(client.get("/lists/targets/columns").get_data(as_text=True))["csrf_token"]
    chosen = {"csrf_token": token, "do": "hand", "id": targets, "q": ""}
    form = fields(client.post("/lists/targets/bulk", data=chosen).get_data(as_text=True))
    someone, unit = world.account("spec_a").id, world.unit("GXQ").id
    session.rollback()
    values = {**form, **chosen, "go": "1", "unit_id": str(unit), "specialist_id": str(someone)}
    answer = client.post("/lists/targets/bulk", data=values)
    assert answer.status_code == 303
    session.rollback()
    assert set(session.scalars(select(Target.specialist_id))) == {someone}
    session.rollback()
    assert client.post(f"{answer.headers['Location']}/undo", data={"csrf_token": token}).status_code == 303
    assert set(session.scalars(select(Target.specialist_id))) == {None}


def test_who_may_not_assign_is_offered_nothing(session: Session, world: World, targets: list[str]) -> None:
    actor, spec = world.actor("leader"), known("targets")
    assert spec is not None and bulk.offered("targets", actor) == []
    session.rollback()
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        bulk.begin(writing, spec, bulk.action_of("targets", "hand"), [1], {}, actor=actor)


def _send(client: FlaskClient, key: str, deed: str, ids: list[str], **values: str) -> str:
    """Choose the rows and the deed, give the values, do it; where the account of it stands."""
    token = fields(client.get(f"/lists/{key}/columns").get_data(as_text=True))["csrf_token"]
    chosen = {"csrf_token": token, "do": deed, "id": ids, "q": ""}
    asked = client.post(f"/lists/{key}/bulk", data=chosen)
    assert asked.status_code == 200, asked.get_data(as_text=True)[:3000]
    form = fields(asked.get_data(as_text=True))
    answer = client.post(f"/lists/{key}/bulk", data={**form, **chosen, "go": "1", **values})
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    return str(answer.headers["Location"])


def _undo(client: FlaskClient, url: str) -> None:
    token = fields(client.get("/lists/targets/columns").get_data(as_text=True))["csrf_token"]
    assert client.post(f"{url}/undo", data={"csrf_token": token}).status_code == 303


def test_a_rule_shares_targets_evenly(
    session: Session, world: World, targets: list[str], client_as: ClientAs
) -> None:
    unit = str(world.unit("GXQ").id)
    session.rollback()
    _send(client_as("head_a"), "targets", "share", targets, unit_id=unit, rule="load")
    owners = session.scalars(select(Target.specialist_id)).all()
    assert max(owners.count(each) for each in owners) - min(owners.count(each) for each in set(owners)) <= 1
    assert set(owners) == {world.account("spec_a").id, world.account("spec_a2").id}


def test_states_change_together_and_what_the_table_forbids_is_listed(
    session: Session, world: World, targets: list[str], client_as: ClientAs
) -> None:
    client = client_as("head_a")
    url = _send(client, "targets", "advance", targets, verb="link", reason="")
    assert set(session.scalars(select(Target.contact_status))) == {"linked"}
    session.rollback()
    url = _send(client, "targets", "advance", targets, verb="pause", reason="")
    assert "原因" in client.get(url).get_data(as_text=True)
    assert set(session.scalars(select(Target.contact_status))) == {"linked"}


def test_targets_move_to_another_list_and_back(
    session: Session, world: World, targets: list[str], client_as: ClientAs
) -> None:
    with unit_of_work() as writing:
        other = TargetList(name="别的名单", unit_id=world.unit("GXQ").id)
        writing.add(other)
        writing.flush()
        number, pid = other.id, other.public_id
    client = client_as("head_a")
    url = _send(client, "targets", "move", targets, list_pid=pid)
    assert set(session.scalars(select(Target.list_id))) == {number}
    session.rollback()
    _undo(client, url)
    assert number not in set(session.scalars(select(Target.list_id)))


def test_the_register_lists_targets_names_who_has_no_node_and_takes_them_off_again(
    session: Session, world: World, targets: list[str], client_as: ClientAs
) -> None:
    with unit_of_work() as writing:
        maker = maps.firm(writing, "深圳偏光", region_code="440000", main_products="偏光片").public_id
        other = maps.firm(writing, "某某食品", region_code="440000", main_products="酱油").public_id
        pid = writing.scalars(select(TargetList.public_id)).one()
        unit, owner = str(world.unit("GXQ").id), str(world.account("spec_a").id)
    client, before = client_as("head_a"), len(targets)
    url = _send(client, "enterprises", "enlist", [maker, other], list_pid=pid, node_id="0", unit_id=unit,
                specialist_id=owner)  # fmt: skip
    page = client.get(url).get_data(as_text=True)
    assert "某某食品" in page and "图谱里没有对得上的节点" in page
    assert len(session.scalars(select(Target.id)).all()) == before + 1
    session.rollback()
    _undo(client, url)
    assert len(session.scalars(select(Target.id)).all()) == before


def test_scores_are_made_anew_for_many(
    session: Session, world: World, targets: list[str], client_as: ClientAs
) -> None:
    _send(client_as("head_a"), "targets", "rescore", targets)
    assert all(parts for parts in session.scalars(select(Target.fit_parts)))
