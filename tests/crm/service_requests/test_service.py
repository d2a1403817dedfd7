"""A request on its way: rights, clocks, refusals, audit, dirty marks (T20, T24, B6)."""

import io
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import calendar
from core.audit import AuditEntry
from core.clock import frozen, local
from core.db import unit_of_work
from core.deadlines import Light
from core.dirty import SearchDoc
from core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from core.files import Attachment
from core.lists import reading
from core.lists.query import ListQuery
from core.notify import Notice
from core.workdays import CalendarDay, DayKind
from crm.service_requests import closing, handling, own_listing, queries, service
from crm.service_requests.models import ServiceRequest
from crm.service_requests.moves import Upload
from search.documents import service_requests as documents
from tests.support.pictures import PNG
from tests.support.requests import VALUES, Scene, at


def gaps(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [gap.code for gap in refused.value.missing]


def test_a_request_is_numbered_audited_marked_and_told_to_the_desk(session: Session, scene: Scene) -> None:
    with frozen(at("2026-11-24 10:00")), unit_of_work() as writing:
        made = service.submit(
            writing, VALUES, [Upload(io.BytesIO(PNG), "负荷曲线.png")], actor=scene.actor("user_a")
        )
        pid = made.public_id
    request = scene.request(pid)
    assert request.req_no == "SQ-GXQ-2026-0001"
    assert request.status == "submitted"
    assert request.queue_due_at == at("2026-11-24 12:00")
    assert session.get_one(SearchDoc, ("service_request", request.id)).version == 1
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.kind == "service_request")).all() == [
        "requests.submit"
    ]
    assert session.scalars(select(Attachment.name)).all() == ["负荷曲线.png"]
    told = session.scalars(select(Notice.account_id).where(Notice.code == "requests.submitted")).all()
    assert scene.world.account("desk_a").id in told
    assert scene.world.account("desk_b").id not in told


def test_a_refused_file_leaves_nothing_behind(session: Session, scene: Scene) -> None:
    with pytest.raises(Invalid), unit_of_work() as writing:
        service.submit(writing, VALUES, [Upload(io.BytesIO(b"MZ"), "x.exe")], actor=scene.actor("user_a"))
    assert session.scalar(select(func.count()).select_from(ServiceRequest)) == 0


def test_help_accepted_before_the_holiday_is_due_on_the_thirteenth(scene: Scene) -> None:
    with frozen(at("2026-09-30 16:00")):
        pid = scene.submit()
    with frozen(at("2026-09-30 17:00")):
        scene.accept(pid)
        request = scene.request(pid)
        assert local(request.due_at or at("2000-01-01")).date() == date(2026, 10, 13)
        assert request.original_due_on == date(2026, 10, 13)
        assert not request.provisional


def test_an_extension_once_and_not_on_the_last_day(scene: Scene) -> None:
    with frozen(at("2026-09-30 17:00")):
        pid = scene.handling()
    desk, head = scene.actor("desk_a"), scene.actor("head_a")
    with frozen(at("2026-10-13 09:00")), pytest.raises(Refused) as late, unit_of_work() as writing:
        handling.ask_extension(writing, pid, version=None, extra_days=5, reason="等方案", actor=desk)
    assert gaps(late) == ["extension_too_late"]
    assert "届满前 1 个工作日" in str(late.value.missing[0].message)
    with frozen(at("2026-10-12 09:00")):
        with unit_of_work() as writing:
            handling.ask_extension(writing, pid, version=None, extra_days=5, reason="等方案", actor=desk)
        with unit_of_work() as writing:
            handling.grant_extension(writing, pid, version=None, actor=head)
        request = scene.request(pid)
        assert local(request.due_at or at("2000-01-01")).date() == date(2026, 10, 20)
        assert request.original_due_on == date(2026, 10, 13)
        with pytest.raises(Refused) as again, unit_of_work() as writing:
            handling.ask_extension(writing, pid, version=None, extra_days=16, reason="等方案", actor=desk)
    assert gaps(again) == ["extended_before", "extension_too_long"]


def test_waiting_for_the_enterprise_stops_the_clock(session: Session, scene: Scene) -> None:
    with frozen(at("2026-11-13 15:02")):
        pid = scene.handling("resource")
    with frozen(at("2026-11-19 10:12")), unit_of_work() as writing:
        handling.ask_enterprise(
            writing, pid, version=None, text="请补典型日负荷曲线", actor=scene.actor("desk_a")
        )
    with frozen(at("2026-11-19 11:00")):
        assert scene.request(pid).queue_due_at is None
    with frozen(at("2026-11-20 08:55")):
        with unit_of_work() as writing:
            handling.supplement(writing, pid, version=None, text="已补交", actor=scene.actor("user_a"))
        request = queries.get(session, pid, actor=scene.actor("desk_a"))
        found = queries.clock_of(session, request)
        assert found is not None
        deadline, shown = found
        assert (deadline.used, deadline.left, deadline.paused) == (4, 3, 1)
        assert deadline.due_on == date(2026, 11, 25)
        assert "11-19：暂停 1 日，不计（请补典型日负荷曲线）" in [row.words for row in shown.rows]


def test_dispatching_anew_does_not_start_the_clock_again(scene: Scene) -> None:
    with frozen(at("2026-11-24 09:00")):
        pid = scene.submit()
        scene.accept(pid)
        unit_id, desk = scene.unit_id("GXQ-QF"), scene.actor("desk_a")
        with unit_of_work() as writing:
            service.dispatch(writing, pid, version=None, host_unit_id=unit_id, actor=desk)
        due = scene.request(pid).due_at
    with frozen(at("2026-11-25 09:00")):
        with unit_of_work() as writing:
            service.send_back(
                writing, pid, version=None, reason="不属本单位职责", suggested_unit="乙单位", actor=desk
            )
        with unit_of_work() as writing:
            service.agree_return(writing, pid, version=None, actor=desk)
        with unit_of_work() as writing:
            service.dispatch(writing, pid, version=None, host_unit_id=unit_id, actor=desk)
        assert scene.request(pid).due_at == due
        with pytest.raises(Refused) as refused, unit_of_work() as writing:
            service.send_back(writing, pid, version=None, reason="再退", suggested_unit="丙", actor=desk)
    assert gaps(refused) == ["returned_before"]


def test_a_forced_request_cannot_be_sent_back(scene: Scene) -> None:
    pid = scene.submit()
    scene.accept(pid)
    unit_id, desk = scene.unit_id("GXQ-QF"), scene.actor("desk_a")
    with unit_of_work() as writing:
        service.dispatch(writing, pid, version=None, host_unit_id=unit_id, actor=desk)
    with unit_of_work() as writing:
        service.send_back(writing, pid, version=None, reason="职责不清", suggested_unit="乙", actor=desk)
    with unit_of_work() as writing:
        service.force(writing, pid, version=None, reason="首接负责", actor=desk)
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        service.send_back(writing, pid, version=None, reason="再退", suggested_unit="乙", actor=desk)
    assert gaps(refused) == ["returned_before", "forced"]


def test_completion_lists_everything_that_is_missing(scene: Scene) -> None:
    pid = scene.handling()
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        handling.complete(
            writing, pid, version=None, result_kind="", result_text="", actor=scene.actor("desk_a")
        )
    assert [gap.field for gap in refused.value.missing] == ["replied_at", "result_kind", "result_text"]


def test_what_cannot_be_solved_is_not_simply_completed(scene: Scene) -> None:
    pid = scene.handling()
    desk = scene.actor("desk_a")
    with unit_of_work() as writing:
        handling.reply(writing, pid, version=None, text="目前无法解决。", actor=desk)
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        handling.complete(
            writing, pid, version=None, result_kind="unsolvable", result_text="无法解决", actor=desk
        )
    assert gaps(refused) == ["unsolvable"]


def test_nobody_reviews_or_calls_back_his_own_work(scene: Scene) -> None:
    pid = scene.handling()
    desk, head = scene.actor("desk_a"), scene.actor("head_a")
    with unit_of_work() as writing:
        handling.reply(writing, pid, version=None, text="已协调。", actor=desk)
    with unit_of_work() as writing:
        handling.complete(writing, pid, version=None, result_kind="explained", result_text="口径", actor=desk)
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        handling.pass_review(writing, pid, version=None, actor=desk)
    assert gaps(refused) == ["own_work"]
    with unit_of_work() as writing:
        handling.pass_review(writing, pid, version=None, actor=head)
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        closing.call_back(
            writing, pid, version=None, solved="yes", satisfaction=3, called_person="邵庭", actor=desk
        )
    with unit_of_work() as writing:
        closing.call_back(
            writing, pid, version=None, solved="yes", satisfaction=3, called_person="邵庭", actor=head
        )
    assert scene.request(pid).status == "evaluated"
    assert scene.request(pid).result_kind == "explained"


def test_a_newly_announced_holiday_moves_the_day_and_says_so(session: Session, scene: Scene) -> None:
    with frozen(at("2026-12-28 10:00")):
        pid = scene.handling("help")
        assert scene.request(pid).provisional
        announced = [CalendarDay(date(2027, 1, day), DayKind.HOLIDAY, "元旦") for day in (1, 2, 3, 4)]
        with frozen(at("2026-12-28 11:00")), unit_of_work() as writing:
            calendar.add(writing, announced, "国务院办公厅通知")
        with unit_of_work() as writing:
            assert closing.recompute(writing) == 1
        with unit_of_work() as writing:
            assert closing.recompute(writing) == 0
    request = scene.request(pid)
    assert local(request.due_at or at("2000-01-01")).date() == date(2027, 1, 6)
    assert not request.provisional
    moved = session.scalars(select(AuditEntry).where(AuditEntry.action == "requests.due_moved")).one()
    assert moved.changes["due_at"][0] != moved.changes["due_at"][1]


def test_three_missed_calls_make_it_unreachable(scene: Scene) -> None:
    pid = scene.completed()
    for expected in ("completed", "completed", "unreachable"):
        with unit_of_work() as writing:
            closing.miss_call(writing, pid, version=None, actor=scene.actor("head_a"))
        assert scene.request(pid).status == expected


def test_another_enterprise_and_another_zone_find_nothing(session: Session, scene: Scene) -> None:
    pid = scene.submit()
    for stranger in ("user_b", "desk_b", "head_b"):
        with pytest.raises(NotFound):
            queries.get(session, pid, actor=scene.actor(stranger))
    with pytest.raises(NotFound), unit_of_work() as writing:
        service.withdraw(writing, pid, version=None, reason="越权", actor=scene.actor("user_b"))
    assert reading.page(session, own_listing.LIST, ListQuery(), actor=scene.actor("user_b")).total == 0
    assert queries.queue(session, "todo", actor=scene.actor("desk_b")) == []
    assert queries.counts(session, actor=scene.actor("desk_b"))["todo"] == 0
    assert queries.counts(session, actor=scene.actor("desk_a"))["todo"] == 1


@pytest.mark.parametrize("reader", ["leader", "spec_a", "user_a"])
def test_who_only_reads_accepts_nothing(scene: Scene, reader: str) -> None:
    pid = scene.submit()
    with pytest.raises(NotPermitted):
        scene.accept(pid, actor=reader)


def test_a_stale_page_is_a_conflict(scene: Scene) -> None:
    pid = scene.submit()
    scene.accept(pid)
    with pytest.raises(Conflict), unit_of_work() as writing:
        service.dispatch(
            writing, pid, version=1, host_unit_id=scene.unit_id("GXQ-QF"), actor=scene.actor("desk_a")
        )


def test_internal_notes_never_reach_the_enterprise(session: Session, scene: Scene) -> None:
    pid = scene.handling()
    with unit_of_work() as writing:
        handling.note(writing, pid, text="供电公司口头说缺负荷曲线", actor=scene.actor("desk_a"))
    user, desk = scene.actor("user_a"), scene.actor("desk_a")
    shown = queries.messages(session, queries.get(session, pid, actor=user), actor=user)
    inside = queries.messages(session, queries.get(session, pid, actor=desk), actor=desk)
    assert "供电公司口头说缺负荷曲线" not in [message.record.text for message in shown]
    assert "供电公司口头说缺负荷曲线" in [message.record.text for message in inside]
    request = scene.request(pid)
    document = documents.build(session, [request.id])[request.id]
    assert "口头" not in document.body
    assert set(document.acl) == {
        "service_request:all", f"service_request:u{request.unit_id}", f"service_request:u{request.host_unit_id}",
        f"service_request:e{request.enterprise_id}",
    }  # fmt: skip


def test_the_queue_puts_what_is_late_first(session: Session, scene: Scene) -> None:
    with frozen(at("2026-11-13 10:00")):
        old = scene.handling()
    with frozen(at("2026-11-24 09:30")):
        scene.submit(title="今天刚提的一件事")
        groups = queries.queue(session, "todo", actor=scene.actor("desk_a"))
        assert [group.code for group in groups] == ["late", "today"]
        assert groups[0].rows[0].public_id == old
        assert (groups[0].rows[0].due, groups[0].rows[0].tone) == ("超期 2 个工作日", "late")
        assert groups[1].rows[0].due == "今天 11:30"
        deadline, _shown = queries.clock_of(session, scene.request(old)) or (None, None)
        assert deadline is not None
        assert deadline.light is Light.RED
