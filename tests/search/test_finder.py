"""What people get: tokens from their rights, a last look at the database, a fallback that says so."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.dirty import touch
from core.permissions import Actor, Reach, RoleGrant
from crm.enterprises.models import Enterprise
from crm.leads.models import Lead
from search import acl, desk
from search.breaker import FAILURES
from search.document import Filters
from search.elastic.engine import ElasticEngine, connect
from search.finder import Finder
from search.registry import sources
from tests.support.world import World

Register = Callable[..., int]
ActorOf = Callable[[str], Actor]


def _actor(view: str, reach: Reach) -> Actor:
    return Actor(7, "甲", "staff", (RoleGrant("some", (view,), reach),), unit_id=3)


def test_tokens_follow_how_far_a_permission_reaches() -> None:
    source = sources()["enterprise"]
    assert acl.tokens_for(_actor("other:*:*", Reach(everything=True)), [source]) == ()
    assert acl.tokens_for(_actor(source.view, Reach(everything=True)), [source]) == ("enterprise:all",)
    assert acl.tokens_for(_actor(source.view, Reach(own=True)), [source]) == ("enterprise:all",)


def test_an_enterprise_user_holds_only_what_concerns_it() -> None:
    account = Actor(9, "乙", "enterprise", enterprise_id=12)
    assert acl.tokens_for(account, sources().values()) == tuple(f"{kind}:e12" for kind in sources())


def test_every_kind_has_a_label_a_permission_and_an_address(session: Session) -> None:
    for kind, source in sources().items():
        assert source.kind == kind
        assert str(source.label)
        assert source.view.count(":") == 2
        assert source.build(session, []) == {}


def test_a_record_that_is_gone_is_not_shown_although_the_index_still_holds_it(
    session: Session, finder: Finder, register: Register, actor: ActorOf
) -> None:
    gone, _kept = register("示例市甲材料有限公司"), register("示例市乙材料有限公司")
    desk.drain_all()
    finder.engine.refresh()
    with unit_of_work() as writing:
        writing.delete(writing.get(Enterprise, gone))
    results = finder.find(session, "材料", actor=actor("spec_a"))
    assert [hit.card.title for hit in results.hits] == ["示例市乙材料有限公司"]
    assert results.total == 1
    assert len(finder.suggest(session, "材料", actor=actor("spec_a")).hits) == 1


def test_what_was_withdrawn_a_moment_ago_is_in_no_total_and_no_facet_and_the_page_is_full(
    session: Session, finder: Finder, world: World, actor: ActorOf
) -> None:
    unit, account = world.unit("GXQ").id, world.account("spec_a").id
    other, taker = world.unit("JKQ").id, world.account("spec_b").id
    world.session.rollback()
    with unit_of_work() as writing:
        leads = [
            Lead(unit_id=unit, created_by=account, investor_name=f"示例{number:02d}华澜控股有限公司")
            for number in range(30)
        ]
        writing.add_all(leads)
        writing.flush()
        touch("lead", [lead.id for lead in leads])
    desk.drain_all()
    finder.engine.refresh()
    assert finder.find(session, "华澜", actor=actor("spec_a")).total == 30
    with unit_of_work() as writing:
        for lead in writing.scalars(select(Lead).order_by(Lead.id).limit(7)):
            lead.unit_id, lead.created_by = other, taker
    results = finder.find(session, "华澜", actor=actor("spec_a"))
    assert (results.total, results.facets["kind"], len(results.hits)) == (23, {"lead": 23}, 20)
    assert len(finder.suggest(session, "华澜控股", actor=actor("spec_a"), limit=30).hits) == 23


def test_somebody_without_the_right_finds_nothing(
    session: Session, finder: Finder, register: Register
) -> None:
    register("示例市甲材料有限公司")
    desk.drain_all()
    finder.engine.refresh()
    stranger = Actor(7, "甲", "staff")
    results = finder.find(session, "材料", actor=stranger)
    assert (results.hits, results.total, dict(results.facets.get("kind", {}))) == ((), 0, {})
    assert finder.suggest(session, "材料", actor=stranger).hits == ()


def test_with_the_engine_down_beginnings_are_found_and_the_page_is_told(
    session: Session, register: Register, actor: ActorOf
) -> None:
    register("示例市甲材料有限公司", uscc="913303006807061374")
    down = Finder(ElasticEngine(connect("http://127.0.0.1:9")), sources())
    for _turn in range(FAILURES + 1):
        results = down.find(session, "示例市甲", actor=actor("spec_a"))
        assert results.limited
        assert [hit.card.title for hit in results.hits] == ["示例市甲材料有限公司"]
    assert down.find(session, "91330300", actor=actor("spec_a")).total == 1
    assert down.suggest(session, "示例市", actor=actor("spec_a")).limited
    assert down.find(session, "示例市甲", actor=Actor(7, "甲", "staff")).hits == ()
    assert down.find(session, "示例市甲", actor=actor("spec_a"), filters=Filters.of(kind=["x"])).hits == ()


def test_suggestions_are_of_several_kinds(
    session: Session, finder: Finder, register: Register, world: World, actor: ActorOf
) -> None:
    for number in range(12):
        register(f"华澜{number:02d}有限公司")
    unit, account = world.unit("GXQ").id, world.account("spec_a").id
    world.session.rollback()
    with unit_of_work() as writing:
        lead = Lead(unit_id=unit, created_by=account, investor_name="示例市华澜控股有限公司")
        writing.add(lead)
        writing.flush()
        touch("lead", [lead.id])
    desk.drain_all()
    finder.engine.refresh()
    kinds = [hit.card.kind for hit in finder.suggest(session, "华澜", actor=actor("spec_a"), limit=8).hits]
    assert (len(kinds), kinds.count("lead")) == (8, 1)
