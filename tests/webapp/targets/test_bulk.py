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
