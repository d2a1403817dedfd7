"""Cards and cases of the invented firms' projects: something late, due today, waiting, paused and done."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import calendar, clock
from core.clock import SHANGHAI
from core.permissions import Actor
from core.workdays import ONE_DAY
from crm.greencards import case_service, checklist, eligibility, rules, service, task_force, uses
from crm.greencards.models import CaseStep, GreenCard, ServiceCase
from crm.projects.models import Project
from webapp.cli.demo.world import DemoWorld

_GROUP_OF_UNIT = {"GXQ": "electronics", "JKQ": "new_materials", "KJC": "equipment", "JCY": "equipment"}
_CREW = {"GXQ": ("specialist", "head"), "JKQ": ("specialist2", "head2")}
_MEMBERS = (
    ("member", "韩叙", "市住房和城乡建设局", "0816-2100051"),
    ("member", "秦若衡", "市生态环境局", "0816-2100041"),
    ("member", "邵庭", "供电公司客户经理", "0816-2100061"),
)
DOC_NO = "示府绿卡〔%s〕%s号"


def load(session: Session, world: DemoWorld) -> None:
    """In each zone two projects served, the third under review; living cards where building has begun."""
    for unit, projects in _eligible(session).items():
        first = unit == "GXQ"
        for number, project in enumerate(projects[:3]):
            story = _Story(session, world, project, number)
            if number < 2:
                _served(story)
            elif first:
                _to_approve(story)
            else:
                _to_review(story)
        begun = [project for project in projects if project.actual_on("started")]
        for project in begun[:1]:
            story = _Story(session, world, project, 0)
            if first:
                story.applied(2, kind="living", holder_person="白溪")
            else:
                _refused(story)


def _eligible(session: Session) -> dict[str, list[Project]]:
    """Signed projects that may have a card, by zone, the oldest contract first."""
    found = session.scalars(
        select(Project)
        .where(Project.agreement_kind == "contract", Project.signed_on.is_not(None))
        .where(Project.stage.not_in(("lost", "terminated", "exited", "paused")))
        .order_by(Project.signed_on, Project.id)
    ).all()
    by_zone: dict[str, list[Project]] = {}
    for project in found:
        facts = service.facts_of(project, _GROUP_OF_UNIT.get(project.unit.code, "other"), None)
        answer = eligibility.judge("project", facts, clock.today())
        if project.unit.code in _CREW and not eligibility.words(eligibility.snapshot(answer)):
            by_zone.setdefault(project.unit.code, []).append(project)
    return by_zone


class _Story:
    """Walks one project through the verbs on past days, by the people who would have done it."""

    def __init__(self, session: Session, world: DemoWorld, project: Project, number: int) -> None:
        self.session, self.world, self.project, self.number = session, world, project, number
        specialist, head = _CREW[project.unit.code]
        self.specialist, self.head = world.actor(specialist), world.actor(head)
        self.office, self.government = world.actor("office"), world.actor("government")
        self.days = calendar.present(session)

    def back(self, workdays: int) -> date:
        """The nth working day before the day of loading."""
        day = self.world.today
        while workdays > 0:
            day -= ONE_DAY
            workdays -= self.days.is_workday(day)
        return day

    def on(self, day: date, call: Callable[[], Any]) -> Any:
        """Do something as if it were ten o'clock of that day; never in the future."""
        moment = min(datetime.combine(day, time(10), SHANGHAI), clock.now())
        with clock.frozen(moment):
            return call()

    def applied(self, workdays: int, kind: str = "project", **more: Any) -> GreenCard:
        values = {
            "kind": kind,
            "industry_group": _GROUP_OF_UNIT[self.project.unit.code],
            "grade": "municipal",
            "statement": "已签正式合同，申请服务绿卡。",
            **more,
        }
        card: GreenCard = self.on(
            self.back(workdays),
            lambda: service.apply(self.session, self.project.public_id, values, actor=self.specialist),
        )
        return card

    def passed(self, card: GreenCard, workdays: int, actor: Actor, **more: Any) -> None:
        self.on(
            self.back(workdays),
            lambda: service.pass_level(
                self.session, card.public_id, version=card.version, actor=actor, **more
            ),
        )

    def step(self, code: str) -> CaseStep:
        case = self.session.scalars(
            select(ServiceCase).where(ServiceCase.project_id == self.project.id)
        ).one()
        return next(step for step in case.steps if step.code == code)

    def work(self, code: str, verb: Callable[..., Any], workdays: int, **more: Any) -> None:
        """A verb on a step, where the step still waits for it (a later stage may have carried it over)."""
        step = self.step(code)
        if step.status in ("done", "not_needed"):
            return
        self.on(
            self.back(workdays),
            lambda: verb(self.session, step.public_id, version=step.version, actor=self.specialist, **more),
        )

    def begin_something(self, workdays: int) -> None:
        """Where a project is past its permits, its first free step is under way."""
        case = self.step("production").case
        states = {step.code: step.status for step in case.steps}
        if "running" in states.values():
            return
        for step in case.steps:
            if step.status == "waiting" and not checklist.blocked_by(step.after, states):
                self.work(step.code, case_service.start, workdays)
                return


def _served(story: _Story) -> None:
    """A card, and a case that is running: done, late, due today, waiting for the enterprise."""
    card = story.applied(34)
    story.passed(card, 31, story.head, comment="材料齐全，符合门槛。")
    story.passed(card, 28, story.office, comment="已核对合同与投资额。")
    year = story.world.today.year
    ahead = story.project.milestone("producing")
    planned = (ahead.planned_on if ahead else None) or story.project.agreed_produce_on
    valid_to = rules.proposed_valid_to(planned, story.world.today) or rules.year_after(story.world.day(365))
    doc_no = DOC_NO % (year, story.number + (1 if story.project.unit.code == "GXQ" else 3))
    story.passed(card, 25, story.government, doc_no=doc_no, valid_to=valid_to)
    story.on(story.back(25), lambda: _people(story))
    start, finish, pause = case_service.start, case_service.finish, case_service.pause
    story.work("registration", start, 25)
    story.work("registration", finish, 24, evidence="营业执照已领取")
    story.work("filing", start, 24)
    story.work("filing", finish, 22, evidence=f"川投资备〔{year}〕{120 + story.number}号")
    _use(story, card, 15, "外籍工程师工作许可", "政务中心绿卡窗口", 4)
    story.work("energy", start, 13 - 6 * (story.number % 2))
    story.work("land", start, 12)
    story.work("planning", start, 10)
    story.work("eia", start, 9)
    _use(story, card, 6, "高管子女入学", "市教育局绿卡窗口", 3)
    story.work("eia", pause, 5, cause="enterprise_papers", reason="缺危废处置协议")
    story.begin_something(17)  # two working days past its promise


def _use(story: _Story, card: GreenCard, workdays: int, matter: str, window: str, taken_wd: int) -> None:
    day = story.back(workdays)
    clerk = story.world.actor("desk" if story.project.unit.code == "GXQ" else "desk2")
    story.on(
        day,
        lambda: uses.record(
            story.session, card.public_id, used_on=day, matter=matter, window=window, taken_wd=taken_wd,
            actor=clerk,
        ),
    )  # fmt: skip


def _people(story: _Story) -> None:
    case = story.step("signing").case
    for duty, name, unit_text, phone in _MEMBERS:
        task_force.add(
            story.session, case.public_id, duty=duty, name=name, unit_text=unit_text, phone=phone,
            actor=story.specialist,
        )  # fmt: skip


def _to_approve(story: _Story) -> None:
    card = story.applied(12)
    story.passed(card, 9, story.head, comment="同意。")
    story.passed(card, 4, story.office, comment="符合门槛，报市政府。")


def _to_review(story: _Story) -> None:
    card = story.applied(8)
    story.passed(card, 3, story.head, comment="同意，请审核。")


def _refused(story: _Story) -> None:
    card = story.applied(7, kind="living", holder_person="江听澜")
    story.on(
        story.back(5),
        lambda: service.reject(
            story.session, card.public_id, version=card.version, actor=story.head,
            reason="缺持卡人任职文件，请补齐后重新申报。",
        ),
    )  # fmt: skip
