"""Work with targets: scores given by hand and anew, owners by rule, silence told of, enterprises listed by hand."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts.models import Deputy
from core.db import unit_of_work
from core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from core.notify import Notice
from core.permissions import SYSTEM, Actor
from crm.enterprises.models import Enterprise
from crm.targets import adding, fitting, lists, rules, service, sharing, silence
from crm.targets.models import Target, TargetList
from crm.targets.sharing import Hands
from tests.support import maps
from tests.support.world import World

ActorOf = Callable[[str], Actor]


@pytest.fixture
def listed(session: Session, world: World) -> str:
    """A listed firm on the list of zone A, owned by its specialist."""
    with unit_of_work() as writing:
        chain = maps.build(writing)
        unit_id, owner = world.unit("GXQ").id, world.account("spec_a").id
        found = lists.create(writing, "补链名单", unit_id=unit_id, chain=chain, actor=SYSTEM)
        firm = maps.firm(writing, "三利谱", stock_code="002876", region_code="440000")
        maps.place(writing, firm, "X-01-01", "leading", product="TFT偏光片", revenue_share=Decimal("0.9"))
        return adding.add_enterprise(
            writing,
            firm.id,
            found,
            node_id=None,
            unit_id=unit_id,
            specialist_id=owner,
            source="",
            actor=SYSTEM,
        ).public_id


def _target(session: Session) -> Target:
    session.expire_all()
    return session.scalars(select(Target)).one()


def _score(session: Session) -> tuple[Decimal, Decimal]:
    target = _target(session)
    assert target.fit_points is not None and target.fit_known is not None
    found = target.fit_points, target.fit_known
    session.rollback()
    return found


def _set(session: Session, pid: str, actor: Actor, **changes: Any) -> None:
    given: dict[str, Any] = {
        "name": "factors",
        "points": Decimal(12),
        "reason": "已考察，园区可供 80 亩",
    } | changes
    with unit_of_work() as writing:
        version = writing.scalars(select(Target.version)).one()
        fitting.set_part(
            writing, pid, given["name"], given["points"], given["reason"], version=version, actor=actor
        )


def test_a_part_given_by_hand_is_marked_counts_and_goes_back(
    session: Session, actor: ActorOf, listed: str
) -> None:
    specialist = actor("spec_a")
    before = _score(session)
    _set(session, listed, specialist)
    assert _score(session) == (before[0] + 12, before[1] + 15)
    target = _target(session)
    part = next(rules.part_of(plain) for plain in target.fit_parts if plain["name"] == "factors")
    assert part.by_hand and part.params["who"] == "甲区专员" and part.params["was"]["points"] is None
    session.rollback()
    _set(session, listed, specialist, points=Decimal(3))
    with unit_of_work() as writing:
        fitting.clear_part(writing, listed, "factors", version=3, actor=specialist)
    assert _score(session) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"points": Decimal(16)}, "points"), ({"points": Decimal(-1)}, "points"), ({"points": None}, "points"),
        ({"reason": "好"}, "reason"), ({"name": "looks"}, "part"),
    ],
)  # fmt: skip
def test_what_is_no_score_is_refused_and_named(
    session: Session, actor: ActorOf, listed: str, changes: dict[str, Any], field: str
) -> None:
    specialist = actor("spec_a")
    with pytest.raises(Invalid) as refused:
        _set(session, listed, specialist, **changes)
    assert [fault.field for fault in refused.value.faults] == [field]


@pytest.mark.parametrize(("username", "error"), [("spec_b", NotFound), ("leader", NotPermitted)])
def test_others_give_no_score(
    session: Session, actor: ActorOf, listed: str, username: str, error: type[Exception]
) -> None:
    other = actor(username)
    with pytest.raises(error):
        _set(session, listed, other)
    with pytest.raises(error), unit_of_work() as writing:
        fitting.rescore(writing, listed, version=None, actor=other)


def test_a_new_score_takes_new_data_and_keeps_what_was_given(
    session: Session, actor: ActorOf, listed: str
) -> None:
    specialist = actor("spec_a")
    _set(session, listed, specialist)
    with unit_of_work() as writing:
        firm = writing.scalars(select(Enterprise)).one()
        firm.latest_revenue_wan, firm.latest_year = Decimal(300_000), 2025
    with unit_of_work() as writing:
        fitting.rescore(writing, listed, version=None, actor=specialist)
    parts = {plain["name"]: rules.part_of(plain) for plain in _target(session).fit_parts}
    assert (parts["strength"].points, parts["strength"].code) == (15, "revenue")
    assert parts["factors"].by_hand and parts["factors"].points == 12
    session.rollback()
    with unit_of_work() as writing:
        writing.scalars(select(Enterprise)).one().reg_status = "deregistered"
    with pytest.raises(Invalid), unit_of_work() as writing:
        fitting.rescore(writing, listed, version=None, actor=specialist)


def test_an_enterprise_stands_on_the_node_that_speaks_for_it(
    session: Session, actor: ActorOf, listed: str
) -> None:
    assert _target(session).node.code == "X-01-01"
    session.rollback()
    specialist = actor("spec_a")
    with unit_of_work() as writing:
        found = writing.scalars(select(TargetList)).one()
        maker = maps.firm(writing, "深圳光学", region_code="440000", main_products="玻璃基板")
        unknown = maps.firm(writing, "某某食品", region_code="440000", main_products="酱油")

        def add(firm: Enterprise, node_id: int | None = None) -> Target:
            return adding.add_enterprise(
                writing, firm.id, found, node_id=node_id, unit_id=found.unit_id, specialist_id=None,
                source="企业库", actor=specialist,
            )  # fmt: skip

        made = add(maker)
        assert (made.node.code, made.product, made.source) == ("X-01-02", "玻璃基板", "企业库")
        with pytest.raises(Invalid) as refused:
            add(unknown)
        assert refused.value.faults[0].code == "none"
        by_hand = add(unknown, maps.node(writing, "X-02").id)
        assert by_hand.fit_parts[0]["code"] == "no_evidence" and by_hand.fit_parts[0]["points"] is None
        with pytest.raises(Invalid) as refused:
            add(maker)
        assert refused.value.faults[0].code == "taken"


def test_what_nobody_has_worked_with_is_taken_off_again(
    session: Session, actor: ActorOf, listed: str
) -> None:
    specialist = actor("spec_a")
    with unit_of_work() as writing:
        service.update(writing, listed, {"maturity": "B"}, version=1, actor=specialist)
    with pytest.raises(Conflict), unit_of_work() as writing:
        adding.withdraw(writing, listed, version=1, actor=specialist)
    with unit_of_work() as writing:
        adding.withdraw(writing, listed, version=2, actor=specialist)
    assert session.scalars(select(Target)).all() == []


def test_a_target_moves_to_an_open_list_only(session: Session, actor: ActorOf, listed: str) -> None:
    specialist = actor("spec_a")
    with unit_of_work() as writing:
        first = writing.scalars(select(TargetList)).one()
        other = lists.create(writing, "招商周", unit_id=first.unit_id, actor=specialist)
        service.move(writing, listed, other.public_id, version=1, actor=specialist)
        lists.close(writing, first.public_id, version=1, actor=specialist)
        first_pid = first.public_id
    assert _target(session).list.name == "招商周"
    session.rollback()
    with pytest.raises(Refused), unit_of_work() as writing:
        service.move(writing, listed, first_pid, version=2, actor=specialist)


def test_the_rule_gives_to_whom_has_least_or_is_at_the_chain() -> None:
    people = [Hands(1, "安", 5, 2), Hands(2, "白", 1, 0), Hands(3, "陈", 4, 1), Hands(4, "丁", 1, 0)]
    assert sharing.chosen(people, "load") == people[1]
    assert sharing.chosen(people, "chain") == people[2]
    assert sharing.chosen(people[3:], "chain") == people[3]
    assert sharing.chosen([], "load") is None


def test_who_is_on_leave_gets_nothing(session: Session, world: World, listed: str) -> None:
    unit_id, chain_id = world.unit("GXQ").id, _target(session).node.chain_id
    second, first, today = world.account("spec_a2").id, world.account("spec_a").id, clock.today()
    found = {
        each.account_id: (each.load, each.of_chain) for each in sharing.hands(session, unit_id, chain_id)
    }
    assert found == {first: (1, 1), second: (0, 0)}
    assert sharing.pick(session, unit_id, chain_id, "load") == second
    assert sharing.pick(session, unit_id, chain_id, "chain") == first
    session.rollback()
    with unit_of_work() as writing:
        writing.add(Deputy(account_id=second, deputy_id=first, valid_from=today, valid_to=today, named_by=first,
                           named_name=""))  # fmt: skip
    assert sharing.pick(session, unit_id, chain_id, "load") == first
    with pytest.raises(Invalid):
        sharing.pick(session, world.unit("ZFB").id, chain_id, "load")


def _notices(session: Session, code: str) -> list[tuple[int, Any]]:
    session.expire_all()
    rows = session.scalars(select(Notice).where(Notice.code == code).order_by(Notice.id))
    return [(row.account_id, row.params.get("count")) for row in rows]


def _age(days: int) -> None:
    with unit_of_work() as writing:
        writing.scalars(select(Target)).one().assigned_on = clock.today() - timedelta(days=days)


def test_an_owner_is_reminded_once_of_each_silence(session: Session, world: World, listed: str) -> None:
    owner = world.account("spec_a").id
    session.rollback()
    _age(29)
    with unit_of_work() as writing:
        assert silence.remind(writing) == 0
    _age(30)
    for expected in (1, 0):
        with unit_of_work() as writing:
            assert silence.remind(writing) == expected
    assert _notices(session, silence.SILENT) == [(owner, 1)]
    session.rollback()
    with unit_of_work() as writing:
        target = writing.scalars(select(Target)).one()
        target.reminded_on = clock.today() - timedelta(days=40)
    with unit_of_work() as writing:
        assert silence.remind(writing) == 1, "a contact since then has begun another silence"


def test_what_returns_to_the_pool_is_told_to_its_owner_and_the_head(
    session: Session, world: World, listed: str
) -> None:
    owner, head = world.account("spec_a").id, world.account("head_a").id
    session.rollback()
    _age(60)
    for expected in (1, 0):
        with unit_of_work() as writing:
            assert silence.release(writing, actor=SYSTEM) == expected
    assert sorted(_notices(session, silence.GONE)) == sorted([(owner, 1), (head, 1)])
    assert _target(session).pooled_on == clock.today()


def test_heads_hear_of_what_nobody_owns(session: Session, world: World, listed: str) -> None:
    head = world.account("head_a").id
    session.rollback()
    _age(31)
    with unit_of_work() as writing:
        writing.scalars(select(Target)).one().specialist_id = None
    with unit_of_work() as writing:
        silence.remind(writing)
    assert _notices(session, silence.SILENT) == [(head, 1)]


def test_whoever_is_given_targets_hears_of_it_once(
    session: Session, world: World, actor: ActorOf, listed: str
) -> None:
    head, unit_id, other = actor("head_a"), world.unit("GXQ").id, world.account("spec_a2").id
    session.rollback()
    for given in (other, None, other):
        with unit_of_work() as writing:
            version = writing.scalars(select(Target.version)).one()
            service.assign(writing, listed, unit_id=unit_id, specialist_id=given, version=version, actor=head)
    heard = [account for account, _count in _notices(session, silence.ASSIGNED)]
    assert heard.count(other) == 1


def test_the_terms_hold_from_their_day() -> None:
    body = dict(rules_body()) | {"remind_days": 10, "release_days": 20}
    made = silence.terms.SHEET.made("x", date(2026, 1, 1), body)
    assert rules.silence(None, date(2026, 1, 1), date(2026, 1, 12), made) == "remind"
    assert [str(each) for each in silence.terms._odd(silence.terms.SHEET.made("x", date(2026, 1, 1), body | {
        "remind_days": 20, "parts": {"gap": 30, "anchor": 20, "expansion": 20, "strength": 10, "factors": 15},
    }))] == [
        "五部分权重之和要等于 100。", "每一项的得分不能超过所属部分的权重。", "提醒天数要小于回收天数。",
    ]  # fmt: skip


def rules_body() -> dict[str, Any]:
    return silence.terms.SHEET.shipped()[-1][2]
