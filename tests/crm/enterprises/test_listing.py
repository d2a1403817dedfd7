"""Every filter above the list of the register, and the list of those whom nobody has spoken to for long."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chains.models import Chain
from core import clock
from core.criteria.models import RuleVersion
from core.db import unit_of_work
from core.lists import reading
from core.lists.fields import Asking, Choice
from core.lists.query import ListQuery
from core.permissions import Actor
from crm.activity import terms
from crm.enterprises import honours, listing, placing, service
from crm.enterprises.models import Enterprise
from crm.enterprises.placing import PlacementValues
from tests.support import maps
from tests.support.world import World

ActorOf = Callable[[str], Actor]
LOCAL, OTHER = "示例市华澜光电科技有限公司", "深圳偏光有限公司"


def _firm(actor: Actor, name: str, **values: Any) -> Enterprise:
    with unit_of_work() as session:
        return service.create(session, {"name": name, "reg_status": "active", **values}, actor=actor)


@pytest.fixture
def asked(session: Session, world: World, actor: ActorOf) -> dict[str, str]:
    """One firm that has everything and one that has none of it; what to ask for to find the first alone."""
    park, spec = world.park("Z1-01").id, actor("spec_a")
    session.rollback()
    full = _firm(
        spec, LOCAL, park_id=park, industry_code="3974", region_code="519900", tags=["重点企业"],
        reg_status="moved_out",
    )  # fmt: skip
    _firm(spec, OTHER, region_code="440000")
    honour = {"kind": "little_giant", "name": "小巨人", "level": "national", "granted_on": date(2025, 1, 1)}
    with unit_of_work() as writing:
        honours.add(writing, full.public_id, honour, actor=spec)
        writing.get_one(Enterprise, full.id).size_class = "medium"
        maps.build(writing)
    node = maps.node(session, "X-01-01").public_id
    session.rollback()
    evidence = PlacementValues("leading", "偏光片", None, "2025 年年报", date(2025, 12, 31))
    with unit_of_work() as writing:
        placing.place(writing, full.public_id, node, evidence, actor=spec)
    chain = session.scalars(select(Chain.code)).one()
    return {
        "q": "华澜", "park": str(park), "chain": chain, "region": "510000", "industry": "C", "scale": "medium",
        "honour": "little_giant", "tag": "重点企业", "status": "moved_out",
    }  # fmt: skip


def _names(session: Session, actor: Actor, **filters: str) -> list[str]:
    query = ListQuery(filters={name: (value,) for name, value in filters.items()})
    return [row.name for row in reading.page(session, listing.LIST, query, actor=actor).rows]


def test_every_quick_filter_finds_the_one_and_not_the_other(
    session: Session, actor: ActorOf, asked: dict[str, str]
) -> None:
    spec = actor("spec_a")
    assert [field.name for field in listing.LIST.fields if field.quick] == list(asked)
    for name, value in asked.items():
        assert _names(session, spec, **{name: value}) == [LOCAL], name
    assert _names(session, spec, **asked) == [LOCAL], "and all of them at once"
    assert sorted(_names(session, spec)) == sorted([LOCAL, OTHER])


def test_who_was_not_spoken_to_for_long_is_found_by_the_colour_of_the_mark(
    session: Session, world: World, actor: ActorOf
) -> None:
    me, spec, today = world.account("spec_a").id, actor("spec_a"), clock.today()
    session.rollback()
    days = {"新联系": 0, "三十天": 30, "三十一天": 31, "六十天": 60, "六十一天": 61, "没联系": None}
    for name, past in days.items():
        firm = _firm(spec, f"{name}有限公司")
        with unit_of_work() as writing:
            own = writing.get_one(Enterprise, firm.id)
            own.specialist_id = me
            own.last_contact_on = None if past is None else today - timedelta(days=past)
    found = {
        light: {name.removesuffix("有限公司") for name in _names(session, spec, contact=light)}
        for light in ("green", "amber", "red", "grey", "silent")
    }
    assert found == {
        "green": {"新联系", "三十天"}, "amber": {"三十一天", "六十天"}, "red": {"六十一天"}, "grey": {"没联系"},
        "silent": {"六十一天", "没联系"},
    }  # fmt: skip
    assert len(_names(session, spec, contact="silent", mine="yes")) == 2
    assert _names(session, actor("spec_b"), contact="silent", mine="yes") == []


def test_the_colours_follow_the_terms_in_force(session: Session, actor: ActorOf) -> None:
    spec, today = actor("spec_a"), clock.today()
    firm = _firm(spec, LOCAL)
    with unit_of_work() as writing:
        writing.get_one(Enterprise, firm.id).last_contact_on = today - timedelta(days=15)
    assert _names(session, spec, contact="green") == [LOCAL]
    session.rollback()
    with unit_of_work() as writing:
        for days, since in ((10, today), (99, today + timedelta(days=1))):
            body = {"amber_days": days, "red_days": days + 10, "source": "建议值"}
            writing.add(
                RuleVersion(
                    book="contact_terms", standard="contact_terms", code=f"v{days}", state="published",
                    effective_from=since, body=body, drafted_by=spec.account_id, drafted_by_name=spec.name,
                )
            )  # fmt: skip
    assert _names(session, spec, contact="amber") == [LOCAL], "the one that holds today, not that of tomorrow"
    assert _names(session, spec, contact="green") == []
    assert terms.on(today) == terms.Terms(10, 20)
    assert terms.on(today + timedelta(days=1)) == terms.Terms(99, 109)
    field = listing.LIST.field("contact")
    assert isinstance(field, Choice)
    options = field.choices(Asking(session, spec))
    assert [str(label) for _code, label in options][:3] == [
        "10 天内联系过",
        "10 到 20 天没联系",
        "超过 20 天没联系",
    ]
