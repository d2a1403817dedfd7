"""Pairs with names alike: queued as names are written, found while one is typed, decided once."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.errors import Conflict
from core.permissions import Actor
from crm.enterprises import service
from crm.enterprises.duplicates import near, suspects
from crm.enterprises.duplicates.models import Suspect
from crm.enterprises.models import Enterprise
from tests.crm.enterprises.duplicates.test_merging import OTHER, USCC, pair
from tests.support.merging import add, change, merged

__all__ = ["pair"]


def test_pairs_are_queued_when_names_are_written_and_decisions_last(
    session: Session, pair: tuple[Enterprise, Enterprise], office: Actor
) -> None:
    keep, gone = pair
    queued = session.scalars(select(Suspect)).one()
    assert (queued.first_id, queued.second_id, queued.state) == (keep.id, gone.id, "open")
    assert queued.reasons == ["like_name", "other_rep"]
    with unit_of_work() as writing:
        suspects.decide(
            writing, queued.public_id, "distinct", note="问过", version=queued.version, actor=office
        )
    assert suspects.look_everywhere(lambda _done, _total: None) == 0
    assert session.scalars(select(Suspect.state)).all() == ["distinct"]
    with pytest.raises(Conflict), unit_of_work() as writing:
        suspects.decide(writing, queued.public_id, "later", note="", version=1, actor=office)


def test_what_was_decided_of_the_absorbed_holds_for_the_survivor(
    session: Session, pair: tuple[Enterprise, Enterprise], office: Actor
) -> None:
    keep, gone = pair
    third = add(office, "示例市华澜光电科技公司")
    apart = session.scalars(
        select(Suspect).where(Suspect.first_id == gone.id, Suspect.second_id == third.id)
    ).one()
    with unit_of_work() as writing:
        writing.delete(
            writing.scalars(
                select(Suspect).where(Suspect.first_id == keep.id, Suspect.second_id == third.id)
            ).one()
        )
        suspects.decide(writing, apart.public_id, "distinct", note="", version=apart.version, actor=office)
    merged(keep, gone, office)
    left = session.execute(select(Suspect.first_id, Suspect.second_id, Suspect.state)).all()
    assert [tuple(row) for row in left] == [(keep.id, third.id, "distinct")]


def test_like_names_are_found_while_a_new_one_is_typed(session: Session, pair: Any, office: Actor) -> None:
    keep, gone = pair
    found = near.like(session, "示例市华澜光电科技有限公司", OTHER, actor=office)
    assert [(each.id, each.other_code) for each in found] == [(keep.id, True), (gone.id, False)]
    slip = near.like(session, "示例市华蓝光店科技有限公司", actor=office)
    assert {each.id for each in slip} == {keep.id, gone.id}
    assert near.like(session, "完全不同的名字有限公司", actor=office) == []
    assert near.like(session, "！", actor=office) == []
    by_code = near.like(session, "随便写的名字", USCC, actor=office)
    assert [(each.id, each.verdict.reasons) for each in by_code] == [(keep.id, ("same_code",))]


def test_former_and_short_names_are_found_too(session: Session, pair: Any, office: Actor) -> None:
    keep, gone = pair
    with unit_of_work() as writing:
        now = writing.get_one(Enterprise, keep.id)
        service.update(
            writing, keep.public_id, {"name": "示例市栖霞微显示有限公司"}, version=now.version, actor=office
        )
    former = near.like(session, "示例市华澜光电科技有限公司", actor=office)
    assert (former[0].id, former[0].verdict.reasons) == (keep.id, ("former_name",))
    assert [each.id for each in near.like(session, "华澜光电", actor=office)] == [gone.id]


def test_a_pair_is_judged_again_when_a_name_or_a_code_is_entered(
    session: Session, pair: tuple[Enterprise, Enterprise], office: Actor
) -> None:
    _keep, gone = pair
    assert session.scalars(select(Suspect.reasons)).all() == [["like_name", "other_rep"]]
    change(session, gone, office, name="绵阳利尔化学股份有限公司")
    session.rollback()
    assert session.scalars(select(Suspect.reasons)).all() == [["like_former", "other_rep"]]
    change(session, gone, office, uscc=OTHER)
    session.rollback()
    assert session.scalars(select(Suspect)).all() == []


def test_what_somebody_put_into_the_queue_stays_and_the_night_clears_the_rest(
    session: Session, pair: tuple[Enterprise, Enterprise], office: Actor
) -> None:
    _keep, gone = pair
    other = add(office, "绵阳利尔化学股份有限公司")
    with unit_of_work() as writing:
        ends = [writing.get_one(Enterprise, each.id) for each in (gone, other)]
        by_hand = suspects.of_pair(writing, *ends, actor=office).id
        writing.get_one(Enterprise, gone.id).uscc = OTHER
    suspects.look_everywhere(lambda _done, _total: None)
    session.rollback()
    assert session.scalars(select(Suspect.id)).all() == [by_hand]
