"""Requests of invented firms at every stage: just in, waiting, due today, late, to be rated, rated."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from sqlalchemy.orm import Session

from core import calendar, clock
from core.clock import SHANGHAI
from core.permissions import Actor
from core.workdays import ONE_DAY
from crm.service_requests import closing, handling, service
from webapp.cli.demo.world import DemoWorld

_POWER = "我司偏光片基地 110 kV 接入方案报供电公司后至今没有书面答复，设备进场后无法通电调试，请协调。"
_OUTAGE = "昨晚 21 时起厂区北线停电两小时，产线停机，请查明原因并告知检修安排，最好改到周日。"
_SCHOOL = "引进的三位工程师子女需要转入本区小学，请告知学位情况和办理材料，希望月底前办好。"
_STORE = "二期危化品仓库已经建好，请安排消防验收，希望本月内完成，以便投料试产。"
_FIRST = "请问首台（套）重大技术装备补贴申报时，同一型号往年售出的是否可以一并申报？"
_LOAN = "银行续贷审批慢，下月初有一笔贷款到期，请协调转贷资金，额度约一千万元。"
_WORKERS = "需要三十名电工和钳工，请帮忙对接本地技工院校，年后到岗。"
_ROAD = "厂区北门外道路破损，重型货车进出困难，雨天积水，请安排修补。"


class _Story:
    """Walks a request through its verbs on past days, by the people who would have done it."""

    def __init__(self, session: Session, world: DemoWorld, user: str, zone: str) -> None:
        self.session, self.world = session, world
        ending = "2" if zone == "JKQ" else ""
        self.user = world.actor(user)
        self.desk, self.head = world.actor(f"desk{ending}"), world.actor(f"head{ending}")
        self.host_unit_id = world.unit(f"{zone}-QF").id
        self.pid = ""

    def at(self, workdays_ago: int, hour: int, minute: int = 0) -> datetime:
        """An hour of the nth working day before today."""
        days, day = calendar.present(self.session), self.world.today
        while workdays_ago > 0:
            day -= ONE_DAY
            workdays_ago -= days.is_workday(day)
        return datetime.combine(day, time(hour, minute), SHANGHAI)

    def on(self, when: datetime, verb: Callable[..., Any], actor: Actor, **values: Any) -> "_Story":
        with clock.frozen(min(when, clock.now())):
            verb(self.session, self.pid, version=None, actor=actor, **values)
        return self

    def submit(self, when: datetime, title: str, category: str, nature: str, content: str) -> "_Story":
        values = {"title": title, "category": category, "nature": nature, "content": content}
        values |= {"contact_person": self.user.name, "contact_phone": "13800001234"}
        with clock.frozen(min(when, clock.now())):
            self.pid = service.submit(self.session, values, actor=self.user).public_id
        return self

    def handle(self, days: int, category: str, nature: str, urgency: str) -> "_Story":
        """Accepted, dispatched and signed within the morning of the nth working day before today."""
        given = {"category": category, "nature": nature, "urgency": urgency}
        self.on(self.at(days, 9, 30), service.accept, self.desk, **given)
        self.on(
            self.at(days, 9, 50),
            service.dispatch,
            self.desk,
            host_unit_id=self.host_unit_id,
            note="请当天联系企业。",
        )
        return self.on(self.at(days, 10, 20), service.sign, self.desk)

    def finish(self, days: int, kind: str, result: str) -> "_Story":
        """Answered, completed and reviewed on the nth working day before today."""
        self.on(self.at(days, 10), handling.reply, self.desk, text=result)
        self.on(self.at(days, 11), handling.complete, self.desk, result_kind=kind, result_text=result)
        return self.on(self.at(days, 15), handling.pass_review, self.head)


def load(session: Session, world: DemoWorld) -> None:
    """In the high-tech zone one firm's requests at every stage; in the other zone two, for the wall between."""

    def story() -> _Story:
        return _Story(session, world, "langu", "GXQ")

    _paused_once(story())
    _late(story())
    _due_today(story())
    _waiting(story())
    _to_be_rated(story())
    fresh = story()
    fresh.submit(fresh.at(0, 9), "厂区北门道路破损", "logistics", "help", _ROAD)
    loan = _Story(session, world, "hengyao", "JKQ")
    loan.submit(loan.at(2, 9), "贷款展期对接", "finance", "help", _LOAN)
    loan.handle(2, "finance", "help", "important")
    _done(_Story(session, world, "hengyao", "JKQ"))


def _paused_once(it: _Story) -> None:
    it.submit(it.at(6, 9), "110 kV 接入方案久未答复", "utility", "resource", _POWER)
    it.handle(6, "utility", "resource", "important")
    it.on(it.at(3, 10), handling.ask_enterprise, it.desk, text="请补充典型日负荷曲线，收到后时限继续计算。")
    it.on(it.at(2, 9), handling.supplement, it.user, text="已补交典型日负荷曲线。")
    it.on(it.at(1, 16), handling.reply, it.desk, text="供电公司已受理，三个工作日内出具书面接入方案。")


def _late(it: _Story) -> None:
    it.submit(it.at(7, 8, 40), "夜间停电致产线停机", "utility", "help", _OUTAGE)
    it.handle(7, "utility", "help", "urgent")


def _due_today(it: _Story) -> None:
    it.submit(it.at(5, 9), "高管子女转学", "other", "help", _SCHOOL)
    it.handle(5, "other", "help", "normal")
    it.on(it.at(4, 11), handling.reply, it.desk, text="已联系区教体局，学位充足，正在核对材料清单。")


def _waiting(it: _Story) -> None:
    it.submit(it.at(4, 9), "危化品仓库验收", "approval", "help", _STORE)
    it.handle(4, "approval", "help", "important")
    it.on(it.at(2, 14), handling.ask_enterprise, it.desk, text="请补“消防平面图”。")


def _to_be_rated(it: _Story) -> None:
    it.submit(it.at(3, 9), "首台套补贴申报口径", "policy", "consult", _FIRST)
    it.handle(3, "policy", "consult", "normal")
    it.finish(2, "solved", "同一型号首台售出即可申报，不看年度销量。依据《细则》第 6 条。")


def _done(it: _Story) -> None:
    it.submit(it.at(20, 9), "技术工人招聘", "staff", "help", _WORKERS)
    it.handle(20, "staff", "help", "normal")
    it.finish(17, "solved", "已与技师学院签订订单班协议，首批二十人年后到岗。")
    it.on(it.at(15, 10), closing.rate, it.user, solved="yes", satisfaction=3, text="对接很快。")
    it.on(it.at(14, 10), closing.archive, it.desk)
