"""Projects of invented firms at every stage: on plan, late, paused, lost; with plans, money and problems."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from core import clock
from crm.activity import service as activity
from crm.projects import plan, review, service, stages
from crm.projects.lifecycle import STAGES, forward_from
from crm.projects.models import Project
from crm.projects.review import ReviewInput
from crm.projects.stages import StepInput
from webapp.cli.demo.walk import Walker, lead_values
from webapp.cli.demo.world import CITY_REGION, DemoWorld

SCAN = {"files": "纸质件已归档，扫描件下周补传"}


@dataclass(frozen=True)
class Story:
    """A project and how far it came. Money in 万元, land in 亩; `began` days ago, `pace` days a stage."""

    unit: str
    firm: str
    node: str
    park: str
    name: str
    content: str
    total: int
    fixed: int
    stage: str
    began: int
    pace: int
    land_mu: int = 0
    agreement: str = "contract"
    slack: int = 6
    money: tuple[int, ...] = ()
    summary: str = ""
    problem: str = ""
    owner: str = "园区管委会"
    end: str = field(default="")


STORIES = (
    Story(
        "GXQ", "D001", "XXXS-04-01-01", "Z1-01", "澜谷中大尺寸显示模组扩能项目",
        "新建 2 条车载显示模组线和配套仓储，年产 420 万片。", 326000, 261000, "started", 420, 55, 186,
        money=(40000, 38400, 20000),
        summary="主体厂房已封顶，设备下月进场；卡在 110 kV 接入方案未批，需供电部门月底前答复。",
        problem="110 kV 接入方案未批", owner="供电公司",
    ),
    Story(
        "GXQ", "D002", "XXXS-05-01", "Z1-01", "启岑光电车载模组产线项目", "租用标准厂房建设车载模组线 3 条。",
        88000, 52000, "registered", 210, 50, money=(12000,), summary="公司已注册，等厂房交付。",
    ),
    Story(
        "GXQ", "D006", "XXXS-05-01", "Z1-01", "昕岑背光源基地项目", "建设背光源与导光组件生产基地。",
        62000, 41000, "signed", 150, 40, slack=20, problem="项目公司名称核准未完成",
    ),
    Story(
        "GXQ", "D003", "XXXS-05-01", "Z1-02", "皓汐触控模组项目", "触控模组贴合与检测线。", 35000, 21000, "signed",
        120, 35, agreement="framework",
    ),
    Story(
        "GXQ", "D008", "XXXS-04-01-01", "Z1-01", "拓岑硅基显示中试线项目", "硅基 OLED 中试线与检测中心。", 46000, 30000,
        "admitted", 90, 30,
    ),
    Story(
        "GXQ", "D010", "XXXS-05-01", "Z1-01", "砺晟会议平板组装项目", "会议平板整机组装与软件适配。", 21000, 9000,
        "negotiating", 45, 30, summary="投资方要求先看标准厂房，约本周到现场。",
    ),
    Story(
        "JKQ", "D014", "DLDC-04-01-01", "Z2-01", "衡曜方形电芯三期项目", "磷酸铁锂方形电芯产线 4 条，年产 10 GWh。",
        124000, 98000, "landed", 330, 60, 210, money=(15000, 9000), slack=14, problem="临时用电容量不足",
    ),
    Story(
        "JKQ", "D017", "DLDC-05-01", "Z2-01", "锂川正极材料二期项目", "租用厂房建设正极材料后处理线。", 77000, 43000,
        "started", 380, 60, money=(21000,), summary="设备安装过半，预计按期竣工。",
    ),
    Story(
        "JKQ", "D018", "DLDC-05-01", "Z2-01", "朔川电解液添加剂项目", "电解液添加剂 2,000 吨生产线。", 52000, 33000,
        "signed", 110, 35,
    ),
    Story(
        "JKQ", "D016", "DLDC-05-01", "Z2-02", "岚棠储能柜集成项目", "储能柜集成装配线。", 19000, 8000, "negotiating",
        160, 30, end="lost",
    ),
)  # fmt: skip


def load(session: Session, world: DemoWorld) -> None:
    """Every story from its lead on, through the same verbs that people use."""
    for story in STORIES:
        _Teller(session, world, story).tell()


def _facts(story: Story, target: str, teller: "_Teller") -> dict[str, Any]:
    """What the gate before `target` asks for, as such a project would have it."""
    firm = teller.world.firm(story.firm)
    if target == "signed":
        agreed = {"agreement_kind": story.agreement, "contract_no": f"HT-{story.firm}"}
        if story.agreement == "framework":
            return agreed
        days = {
            "agreed_start_on": "started", "agreed_complete_on": "completed", "agreed_produce_on": "producing",
            "agreed_capacity_on": "at_capacity",
        }  # fmt: skip
        return {
            **agreed, **{name: teller.planned(stage) for name, stage in days.items()},
            "tax_per_mu_wan": Decimal("28.5"), "breach_terms": "逾期未动工，按合同第 9 条处理。",
        }  # fmt: skip
    if target == "registered":
        return {
            "company_name": firm.name, "company_uscc": firm.uscc, "company_region_code": CITY_REGION,
            "company_registered_on": firm.founded_on,
        }  # fmt: skip
    if target == "landed" and story.land_mu:
        return {
            "land_doc_no": f"示土让〔2026〕{story.firm[1:]}号", "land_price_wan": Decimal(story.land_mu * 18),
            "land_handover_on": teller.planned("landed"),
        }  # fmt: skip
    if target == "landed":
        return {"lease_no": f"ZL-{story.firm}"}
    if target == "started":
        return {"permit_no": f"SGXK-{story.firm}", "permit_on": teller.walker.day(story.began)}
    return {}


class _Teller:
    """Tells one story: lead, project, plan, admission, stages, money, problems."""

    def __init__(self, session: Session, world: DemoWorld, story: Story) -> None:
        self.session, self.world, self.story = session, world, story
        self.walker = Walker.of(session, world, story.unit)
        self.pid = ""

    def tell(self) -> None:
        self._begin()
        reached = STAGES.index(self.story.stage)
        for number in range(1, reached + 1):
            self._step(STAGES[number], self.story.began - 20 - number * self.story.pace)
        self._money()
        self._remarks()
        if self.story.end:
            self._end()

    def _begin(self) -> None:
        story, walker = self.story, self.walker
        values = lead_values(walker, story.firm, story.node, story.content, story.total, story.fixed)
        lead = walker.negotiating(story.began, values)
        given = {
            "name": story.name, "kind": "expand", "park_id": self.world.park(story.park).id,
            "land_mode": "sold" if story.land_mu else "factory", "leader_id": self.world.account("leader").id,
            "land_sqm": Decimal(story.land_mu) * 2000 / 3 if story.land_mu else None,
            "factory_sqm": None if story.land_mu else Decimal(12000),
        }  # fmt: skip

        def deed() -> Project:
            return service.create_from_lead(
                self.session, lead.public_id, given, specialist_id=walker.specialist.account_id,
                lead_version=None, actor=walker.specialist,
            )  # fmt: skip

        self.pid = walker.on(story.began - 10, deed).public_id
        walker.on(story.began - 10, self._plans, hour=14)

    def planned(self, stage: str) -> date:
        """The planned day of a stage: by the story's pace, earlier by what it then ran late."""
        story = self.story
        return self.walker.day(story.began - 20 - STAGES.index(stage) * story.pace + story.slack - 5)

    def _plans(self) -> None:
        story, who = self.story, self.walker.specialist
        days: dict[str, Any] = {stage: self.planned(stage) for stage in STAGES[1:]}
        stages.plan_days(self.session, self.pid, days, "", version=None, actor=who)
        rows = (
            ("设备购置补助", "市招商政策第 8 条", "设备到场并验收", 1200, "市经信局", 45),
            ("标准厂房租金三免两减半", "园区扶持办法第 5 条", "签订租约后", 360, "园区管委会", -12),
            ("协助招聘技术工人", "项目投资协议第 11 条", "投产前 3 个月", None, "区人社分局", 150),
        )
        for promise, basis, trigger, amount, owner, ahead in rows[: 3 if story.total > 40000 else 2]:
            values = {
                "promise": promise, "basis": basis, "trigger": trigger, "owner": owner,
                "amount_wan": None if amount is None else Decimal(amount), "due_on": self.world.day(ahead),
            }  # fmt: skip
            plan.add_row(self.session, self.pid, values, actor=who)

    def _step(self, target: str, ago: int) -> None:
        """Fill what the gate asks for, then take the step on its day."""
        step = forward_from(STAGES[STAGES.index(target) - 1])
        assert step is not None
        if target == "admitted":
            self.walker.on(ago, self._admission, hour=9)
        facts = _facts(self.story, target, self)
        given = StepInput(actual_on=self.walker.day(ago), waivers=SCAN)

        def deed() -> Any:
            who = self.walker.specialist
            if facts:
                service.update(self.session, self.pid, facts, version=None, actor=who)
            return stages.take(self.session, self.pid, step.verb, given, version=None, actor=who)

        self.walker.on(ago, deed, hour=11)

    def _admission(self) -> None:
        walker = self.walker
        papers = {"fairness_no": "示审〔2026〕11号", "report_no": "YP-2026-07" if self.story.land_mu else ""}
        service.update(self.session, self.pid, papers, version=None, actor=walker.specialist)
        decided = ReviewInput("示园办备〔2026〕7号", clock.today())
        verbs: tuple[tuple[str, Any], ...] = (("file", walker.office),)
        if self.story.land_mu:
            verbs = (("submit", walker.specialist), ("schedule", walker.office), ("approve", walker.office))
            decided = ReviewInput("示园领纪〔2026〕3号", clock.today())
        for verb, who in verbs:
            given = ReviewInput() if verb in ("submit", "schedule") else decided
            review.take(self.session, self.pid, verb, given, version=None, actor=who)

    def _money(self) -> None:
        for number, amount in enumerate(self.story.money):
            ago = 90 - number * 35
            values = {
                "amount_wan": Decimal(amount), "received_on": self.walker.day(ago), "nature": "fixed",
                "voucher_no": f"HD-{self.story.firm}-{number + 1:02d}", "channel": "银行回单",
            }  # fmt: skip
            self.walker.on(
                ago, partial(plan.receive, self.session, self.pid, values, actor=self.walker.specialist)
            )

    def _remarks(self) -> None:
        """The one sentence, the latest contact, a problem with its owner."""
        story, who = self.story, self.walker.specialist
        said = self.walker.said(
            6 if story.total > 50000 else 38, "call", "邵庭（基建部长）", "通报进度，核对了需要政府协调的事项。",
            "上门会商" if story.problem else "送政策清单", 0 if story.problem else 6,
        )  # fmt: skip
        self.walker.on(5, lambda: service.follow_up(self.session, self.pid, said, version=None, actor=who))
        if story.summary:
            self.walker.on(
                4, lambda: service.summarise(self.session, self.pid, story.summary, version=None, actor=who)
            )
        if story.problem:
            self.walker.on(12, self._problem)

    def _problem(self) -> None:
        who = self.walker.specialist
        project = service.reachable(self.session, self.pid, "projects:project:edit", None, actor=who)
        activity.add_task(
            self.session, service.subject_of(project), sort="problem", title=self.story.problem,
            due_on=self.world.day(-4), owner_id=None, owner_text=self.story.owner, actor=who,
        )  # fmt: skip

    def _end(self) -> None:
        given = StepInput(reason="投资方资金安排变化，改在外省布局。", lost_to="外省")
        self.walker.on(
            20,
            lambda: stages.take(self.session, self.pid, "lose", given, version=None, actor=self.walker.head),
        )
