"""What the index holds of maps, nodes and targets, and who may find it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from chains.models import Chain, ChainNode
from core.db import db, unit_of_work
from core.permissions import Actor
from crm.targets.models import Target, TargetList
from search import acl
from search.documents import chains, targets
from tests.support import maps
from tests.support.world import World


@pytest.fixture
def target(session: Session, world: World) -> int:
    unit, account = world.unit("GXQ").id, world.account("spec_a").id
    session.rollback()
    with unit_of_work() as writing:
        maps.build(writing)
        firm = maps.firm(
            writing, "深圳市三利谱光电科技股份有限公司", short_name="三利谱", stock_code="002876"
        )
        made = TargetList(name="补链名单", unit_id=unit)
        writing.add(made)
        writing.flush()
        one = Target(
            list_id=made.id, enterprise_id=firm.id, node_id=maps.node(writing, "X-01-01").id, unit_id=unit,
            specialist_id=account, product="TFT偏光片", assigned_on=date(2026, 11, 1),
        )  # fmt: skip
        writing.add(one)
        writing.flush()
        return one.id


def test_nodes_are_found_by_names_codes_and_product_words(session: Session, target: int) -> None:
    ids = session.scalars(select(ChainNode.id)).all()
    found = chains.build_nodes(session, ids)
    node = next(document for document in found.values() if document.codes == ("X-01-01",))
    assert (node.title, node.aliases, node.status, node.industry) == (
        "偏光片",
        ("Polarizer",),
        "up",
        "新型显示",
    )
    assert node.path.endswith("?node=X-01-01")
    assert "偏光片" in node.body
    assert len(found) == len(maps.CONTENT["nodes"])
    chain = chains.build(session, session.scalars(select(Chain.id)).all())
    assert [document.title for document in chain.values()] == ["新型显示"]


def test_targets_carry_the_tokens_of_their_unit_and_specialist(
    session: Session, world: World, actor: Callable[[str], Actor], target: int
) -> None:
    document = targets.build(session, [target])[target]
    assert (document.title, document.codes) == ("深圳市三利谱光电科技股份有限公司", ("002876",))
    assert document.status == "none"
    for username, sees in (
        ("spec_a", True),
        ("leader", True),
        ("head_a", True),
        ("spec_b", False),
        ("desk_a", False),
    ):
        tokens = set(acl.tokens_for(actor(username), targets.SOURCES))
        assert bool(tokens & set(document.acl)) is sees, username


def test_building_costs_the_same_for_one_and_for_all(session: Session, target: int) -> None:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    ids = session.scalars(select(ChainNode.id)).all()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        costs = []
        for wanted in (ids[:1], ids):
            session.expire_all()
            seen.clear()
            chains.build_nodes(session, wanted)
            costs.append(len(seen))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert costs[0] == costs[1]
