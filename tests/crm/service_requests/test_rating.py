"""What the enterprise says of the outcome, and what its silence counts for."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import frozen
from core.db import unit_of_work
from core.errors import Refused
from crm.service_requests import closing, handling
from crm.service_requests.models import RequestRound
from tests.crm.service_requests.test_service import gaps
from tests.support.requests import Scene, at


def test_the_enterprise_rates_and_an_unhappy_one_is_served_again_once(session: Session, scene: Scene) -> None:
    pid = scene.completed()
    user, desk = scene.actor("user_a"), scene.actor("desk_a")
    with unit_of_work() as writing:
        closing.rate(writing, pid, version=None, solved="no", satisfaction=1, text="还没通电", actor=user)
    with unit_of_work() as writing:
        closing.redo(writing, pid, version=None, actor=desk)
    request = scene.request(pid)
    assert (request.status, request.redo_count, request.solved) == ("handling", 1, None)
    assert session.scalars(select(RequestRound)).one().kept["text"] == "还没通电"


def test_a_content_enterprise_is_not_served_again(scene: Scene) -> None:
    pid = scene.completed()
    with unit_of_work() as writing:
        closing.rate(writing, pid, version=None, solved="yes", satisfaction=3, actor=scene.actor("user_a"))
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        closing.redo(writing, pid, version=None, actor=scene.actor("desk_a"))
    assert "satisfied" in gaps(refused)


def test_a_rating_names_what_it_lacks(scene: Scene) -> None:
    pid = scene.completed()
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        closing.rate(writing, pid, version=None, solved="", satisfaction=None, actor=scene.actor("user_a"))
    assert [gap.field for gap in refused.value.missing] == ["solved", "satisfaction"]


def test_silence_is_unrated_and_never_contentment(scene: Scene) -> None:
    with frozen(at("2026-11-09 10:00")):
        pid = scene.completed()
    with frozen(at("2026-11-16 10:00")), unit_of_work() as writing:
        assert closing.lapse_unrated(writing) == 0
    with frozen(at("2026-11-17 10:00")), unit_of_work() as writing:
        assert closing.lapse_unrated(writing) == 1
    request = scene.request(pid)
    assert (request.status, request.satisfaction, request.solved) == ("unrated", None, None)


def test_an_unanswered_question_closes_as_explained_and_not_as_solved(scene: Scene) -> None:
    with frozen(at("2026-11-09 10:00")):
        pid = scene.handling("resource")
        with unit_of_work() as writing:
            handling.ask_enterprise(writing, pid, version=None, text="请补图", actor=scene.actor("desk_a"))
    with frozen(at("2026-11-16 10:00")), unit_of_work() as writing:
        assert closing.close_unanswered(writing) == 0
    with frozen(at("2026-11-17 10:00")), unit_of_work() as writing:
        assert closing.close_unanswered(writing) == 1
    request = scene.request(pid)
    assert (request.status, request.result_kind) == ("completed", "explained")
    assert all(stretch.ended_at for stretch in request.pauses)
