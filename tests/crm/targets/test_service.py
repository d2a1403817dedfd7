"""From a gap to a target, and on: candidates with reasons, one list per node, owners, states, silence."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import unit_of_work
from core.dirty import SearchDoc
from core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from core.lists import reading
from core.lists.query import ListQuery
from core.permissions import SYSTEM, Actor
from crm.activity.rules import FollowUpValues
from crm.targets import listing as target_listing
from crm.targets import lists, service, silence
from crm.targets import queries as target_queries
from crm.targets.models import Target, TargetList
from tests.crm.targets.test_candidates import found
from tests.support import maps
from tests.support.world import World

ActorOf = Callable[[str], Actor]


def _add(
    session: Session,
    actor: Actor,
    names: tuple[str, ...] = ("三利谱",),
    unit: str = "GXQ",
    list_name: str = "补链名单",
) -> list[str]:
    unit_id = World(session).unit(unit).id
    session.rollback()
    with unit_of_work() as writing:
        made = lists.create(writing, list_name, unit_id=unit_id, actor=actor)
        chosen = [one for one in found(writing) if one.name in names]
        node = maps.node(writing, "X-01-01")
        targets = service.add(
            writing, made, node, chosen, unit_id=unit_id, specialist_id=actor.account_id or None, actor=actor
        )
        return [target.public_id for target in targets]


def _target(session: Session, pid: str) -> Target:
    session.expire_all()
    return session.scalars(select(Target).where(Target.public_id == pid)).one()


def test_a_target_keeps_owner_score_and_reasons(session: Session, actor: ActorOf, register: None) -> None:
    specialist = actor("spec_a")
    pid = _add(session, specialist)[0]
    target = _target(session, pid)
    assert (target.fit_points, target.fit_known, target.category) == (56, 65, "listed")
    assert (target.unit.code, target.specialist_id, target.contact_status) == (
        "GXQ",
        specialist.account_id,
        "none",
    )
    assert "targets.added" in session.scalars(select(AuditEntry.action)).all()
    assert "target" in session.scalars(select(SearchDoc.kind)).all()


def test_the_same_enterprise_is_pursued_once_for_a_node(
    session: Session, actor: ActorOf, register: None
) -> None:
    _add(session, actor("spec_a"))
    with pytest.raises(Invalid) as refused:
        _add(session, actor("spec_b"), unit="JKQ")
    text = str(refused.value.faults[0].message)
    assert "三利谱" in text
    assert "甲区" not in text
    assert [one.listed_for for one in found(session)] == [True, False, False]


def test_a_frozen_list_and_an_empty_choice_are_refused(
    session: Session, actor: ActorOf, register: None
) -> None:
    _add(session, actor("spec_a"))
    with unit_of_work() as writing:
        writing.scalars(select(TargetList)).one().closed_at = clock.now()
    specialist = actor("spec_a")
    for names, error in (((), Invalid), (("深圳某某光学",), Refused)):
        with pytest.raises((Invalid, Refused)) as refused, unit_of_work() as writing:
            made = writing.scalars(select(TargetList)).one()
            if not names:
                made.closed_at = None
            chosen = [one for one in found(writing) if one.name in names]
            node = maps.node(writing, "X-01-01")
            service.add(
                writing, made, node, chosen, unit_id=made.unit_id, specialist_id=None, actor=specialist
            )
        assert refused.type is error


def test_another_unit_sees_and_changes_nothing(session: Session, actor: ActorOf, register: None) -> None:
    pid = _add(session, actor("spec_a"))[0]
    stranger = actor("spec_b")
    assert reading.page(session, target_listing.LIST, ListQuery(), actor=stranger).rows == []
    with pytest.raises(NotFound):
        target_queries.get(session, pid, actor=stranger)
    session.rollback()
    for attempt in (
        lambda writing: service.advance(writing, pid, "link", version=1, actor=stranger),
        lambda writing: service.update(writing, pid, {"product": "x"}, version=1, actor=stranger),
        lambda writing: service.mark_converted(writing, pid, lead_id=1, actor=stranger),
        lambda writing: service.follow_up(writing, pid, _contact(), actor=stranger),
        lambda writing: service.assign(
            writing, pid, unit_id=1, specialist_id=None, version=1, actor=stranger
        ),
    ):
        with pytest.raises(NotFound), unit_of_work() as writing:
            attempt(writing)


@pytest.mark.parametrize("username", ["leader", "desk_a", "gov"])
def test_readers_change_nothing(session: Session, actor: ActorOf, register: None, username: str) -> None:
    pid = _add(session, actor("spec_a"))[0]
    reader = actor(username)
    with pytest.raises((NotPermitted, NotFound)), unit_of_work() as writing:
        service.advance(writing, pid, "link", version=1, actor=reader)
    with pytest.raises(NotPermitted):
        _add(session, reader, ("深圳某某光学",), list_name="另一份")


def test_steps_follow_the_table_and_name_what_they_lack(
    session: Session, actor: ActorOf, register: None
) -> None:
    specialist = actor("spec_a")
    pid = _add(session, specialist)[0]
    with unit_of_work() as writing:
        service.advance(writing, pid, "visit", version=1, actor=specialist)
    target = _target(session, pid)
    assert (target.contact_status, target.first_contact_on) == ("visited", clock.today())
    session.rollback()
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        service.advance(writing, pid, "drop", version=2, actor=specialist)
    assert [gap.field for gap in refused.value.missing] == ["reason"]
    with pytest.raises(Refused), unit_of_work() as writing:
        service.advance(writing, pid, "link", version=2, actor=specialist)
    with pytest.raises(Conflict), unit_of_work() as writing:
        service.advance(writing, pid, "exchange", version=1, actor=specialist)
    with unit_of_work() as writing:
        service.advance(writing, pid, "pause", version=2, reason="对方换帅", actor=specialist)
    with unit_of_work() as writing:
        service.advance(writing, pid, "resume", version=3, actor=specialist)
    assert _target(session, pid).contact_status == "visited"


def test_a_dropped_target_frees_the_enterprise(session: Session, actor: ActorOf, register: None) -> None:
    specialist = actor("spec_a")
    pid = _add(session, specialist)[0]
    with unit_of_work() as writing:
        service.advance(writing, pid, "drop", version=1, reason="无意外迁", actor=specialist)
    assert _target(session, pid).open_key is None
    session.rollback()
    again = _add(session, specialist, list_name="第二份")
    assert len(again) == 1


def _contact() -> FollowUpValues:
    return FollowUpValues(
        clock.now(), "visit", ["周予安"], ["陈总"], "看了产线，有扩产打算", "寄送资料", None
    )


def test_a_follow_up_ends_the_silence(session: Session, actor: ActorOf, register: None) -> None:
    specialist = actor("spec_a")
    pid = _add(session, specialist)[0]
    with unit_of_work() as writing:
        service.follow_up(writing, pid, _contact(), actor=specialist)
    target = _target(session, pid)
    assert (target.last_contact_on, target.next_step) == (clock.today(), "寄送资料")


def test_conversion_ends_the_target_once(session: Session, actor: ActorOf, register: None) -> None:
    specialist = actor("spec_a")
    pid = _add(session, specialist)[0]
    with unit_of_work() as writing:
        service.mark_converted(writing, pid, lead_id=77, actor=specialist)
    target = _target(session, pid)
    assert (target.contact_status, target.lead_id, target.open_key) == ("converted", 77, None)
    session.rollback()
    with pytest.raises(Refused), unit_of_work() as writing:
        service.mark_converted(writing, pid, lead_id=78, actor=specialist)
    with pytest.raises(Refused), unit_of_work() as writing:
        service.update(writing, pid, {"product": "别的"}, version=target.version, actor=specialist)


def test_sixty_days_of_silence_return_a_target_to_the_pool(
    session: Session, actor: ActorOf, register: None
) -> None:
    specialist = actor("spec_a")
    pid = _add(session, specialist)[0]
    with clock.frozen(clock.now() + timedelta(days=59)), unit_of_work() as writing:
        assert silence.release(writing, actor=SYSTEM) == 0
    with clock.frozen(clock.now() + timedelta(days=60)), unit_of_work() as writing:
        assert silence.release(writing, actor=SYSTEM) == 1
    target = _target(session, pid)
    assert target.pooled_on is not None
    assert target.specialist_id is None
    version = target.version
    unit = World(session).unit("JKQ").id
    other = actor("head_b")
    assert target_queries.get(session, pid, actor=other).public_id == pid
    session.rollback()
    with unit_of_work() as writing:
        service.assign(
            writing, pid, unit_id=unit, specialist_id=other.account_id, version=version, actor=other
        )
    taken = _target(session, pid)
    assert (taken.unit.code, taken.pooled_on) == ("JKQ", None)


def test_a_target_is_not_given_to_a_unit_beyond_reach(
    session: Session, actor: ActorOf, register: None
) -> None:
    pid = _add(session, actor("spec_a"))[0]
    head = actor("head_a")
    unit = World(session).unit("JKQ").id
    session.rollback()
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        service.assign(writing, pid, unit_id=unit, specialist_id=None, version=1, actor=head)


def test_what_is_silent_or_due_comes_to_its_specialist(
    session: Session, actor: ActorOf, register: None
) -> None:
    specialist = actor("spec_a")
    pid = _add(session, specialist)[0]
    today = clock.today()
    assert target_queries.due_for(session, specialist, today + timedelta(days=29)) == []
    due = target_queries.due_for(session, specialist, today + timedelta(days=30))
    assert [target.public_id for target in due] == [pid]
    assert target_queries.due_for(session, actor("spec_a2"), today + timedelta(days=30)) == []
    session.rollback()
    with unit_of_work() as writing:
        target = writing.scalars(select(Target)).one()
        target.next_contact_on = today
    assert len(target_queries.due_for(session, specialist, today)) == 1
