"""Records of the register that are looked after: names, people, honours of every state, talks, tasks, a double."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.permissions import Actor
from crm.activity import service as activity
from crm.enterprises import contacts, figures, honours, names, service, speaking
from crm.enterprises.models import Enterprise, EnterpriseYear
from webapp.cli.demo.walk import Walker
from webapp.cli.demo.world import DemoWorld

ANCHOR = "D001"
PEOPLE = (
    # name, title, number, what for, first choice
    ("白溪", "总经理助理", "13800001241", "项目", True),
    ("冉秋池", "财务部部长", "13800001242", "政策申报", False),
    ("邵庭", "投资部部长", "13800001243", "投资", False),
)
HONOURS = (
    # kind, name, level, batch, document, days from today: granted, from, to
    ("champion", "制造业单项冠军企业", "national", "第八批", "", -400, -400, 696),
    ("other", "省级企业技术中心", "provincial", "", "示经信〔2023〕18号", -1040, -1040, 55),
    ("other", "市长质量奖", "municipal", "第五届", "", -1500, -1500, -40),
    ("other", "智能制造标杆工厂", "provincial", "", "", -20, 30, 1125),
)
SPOKEN = (
    # firm, days ago, how, with whom, what, next step, days ahead
    (
        "D001",
        8,
        "visit",
        "白溪（总经理助理）",
        "上门看二期车间，企业反映冬季用电负荷要增容。",
        "请供电公司答复增容方案",
        5,
    ),
    ("D044", 43, "call", "办公室主任", "核对研发人员数，缺社保证明。", "补社保证明", -6),
    ("D118", 75, "meeting", "财务负责人", "座谈会上提出贷款贴息。", "送贴息政策摘要", -40),
    ("D127", 20, "host", "总经理", "来园区看标准厂房三楼。", "发租赁报价", 9),
)
TASKS = (
    # firm, sort, what, days to the due day, progress
    ("D001", "problem", "二期车间用电增容没有书面方案", 5, "供电公司已收到申请，现场踏勘排在下周。"),
    ("D001", "todo", "核实上年研发费用，和高企年报对上", 12, ""),
    ("D044", "todo", "催要 3 名研发人员的社保证明", -3, "第二次电话，答应周五前给。"),
)


def load(session: Session, world: DemoWorld) -> None:
    """Through the same verbs as people use, on days before the day of loading."""
    walker, desk = Walker.of(session, world, "GXQ"), world.actor("desk")
    anchor = world.firm(ANCHOR)
    _master_data(session, world, anchor, desk)
    _people_and_honours(session, world, anchor.public_id, desk)
    _verified(session, anchor, walker.head)
    for firm, ago, how, them, summary, next_step, ahead in SPOKEN:
        said = walker.said(ago, how, them, summary, next_step, ahead)
        subject = speaking.subject_of(world.firm(firm))
        walker.on(ago, _later(activity.follow_up, session, subject, said, actor=walker.specialist), hour=16)
    for firm, sort, title, ahead, progress in TASKS:
        _task(session, world, walker, (firm, sort, title, ahead, progress), desk)
    note = "企业不希望周五下午接待来访。"
    activity.add_note(session, speaking.subject_of(anchor), note, actor=desk)
    _double(session, world, walker)


def _later(verb: Callable[..., Any], *args: Any, **more: Any) -> Callable[[], Any]:
    return lambda: verb(*args, **more)


def _master_data(session: Session, world: DemoWorld, anchor: Enterprise, desk: Actor) -> None:
    values = {
        "aliases": ["澜谷科技", "澜谷"],
        "english_name": "Langu Display Technology Co., Ltd.",
        "org_type": "其他有限责任公司",
        "legal_rep": "阮知衡",
        "reg_capital_wan": Decimal(280000),
        "reg_authority": "示例市市场监督管理局",
        "reg_address": "示例市高新技术产业开发区显示产业园一号路 1 号",
        "industry_extra": ["3975"],
        "scope_text": "显示器件、光学薄膜的研发、生产和销售。",
        "tags": ["链主", "重点企业"],
        "specialist_id": desk.account_id,
        "leader_id": world.account("leader").id,
    }
    service.update(session, anchor.public_id, values, version=anchor.version, actor=desk)
    daughter = world.firm("D002")
    group = {"group_id": anchor.id}
    service.update(session, daughter.public_id, group, version=daughter.version, actor=desk)
    former = session.scalars(select(Enterprise).where(Enterprise.id == anchor.id)).one().former_names[0]
    spelled = {"name": former.name, "from_on": anchor.founded_on, "until_on": world.day(-3000)}
    names.change(session, former.public_id, spelled, actor=desk)


def _people_and_honours(session: Session, world: DemoWorld, pid: str, desk: Actor) -> None:
    for person, title, mobile, role, first in PEOPLE:
        given = {
            "person": person, "title": title, "mobile": mobile, "role": role, "is_primary": first,
            "consent_basis": "statutory", "retain_until": None,
        }  # fmt: skip
        last = contacts.add(session, pid, given, actor=desk)
    contacts.leave(session, last.public_id, world.day(-60), version=last.version, actor=desk)
    for kind, name, level, batch, doc_no, granted, begins, ends in HONOURS:
        given = {
            "kind": kind, "name": name, "level": level, "batch": batch, "doc_no": doc_no,
            "granted_on": world.day(granted), "granted_year": None, "valid_from": world.day(begins),
            "valid_to": world.day(ends), "review_result": "", "source": "示例城市（虚构）",
        }  # fmt: skip
        made = honours.add(session, pid, given, actor=desk)
    taken = {"kind": "other", "name": "诚信示范企业", "level": "municipal", "source": "示例城市（虚构）"}
    made = honours.add(session, pid, taken, actor=desk)
    reason = "示市监公告：期满未复核，予以撤销"
    honours.revoke(session, made.public_id, world.day(-15), reason=reason, version=made.version, actor=desk)


def _verified(session: Session, anchor: Enterprise, head: Actor) -> None:
    """The figures of all years but the last have been compared with their source; one was corrected."""
    rows = session.scalars(
        select(EnterpriseYear).where(EnterpriseYear.enterprise_id == anchor.id).order_by(EnterpriseYear.year)
    ).all()
    for row in rows[:-1]:
        figures.verify(session, row.public_id, version=row.version, actor=head)


def _task(
    session: Session, world: DemoWorld, walker: Walker, line: tuple[str, str, str, int, str], desk: Actor
) -> None:
    firm, sort, title, ahead, progress = line
    subject = speaking.subject_of(world.firm(firm))
    given = {"sort": sort, "title": title, "due_on": world.day(ahead), "owner_id": desk.account_id}
    made = walker.on(
        9, _later(activity.add_task, session, subject, owner_text="", actor=walker.head, **given)
    )
    if progress:
        change = {"version": made.version, "progress": progress, "due_on": None, "done": False}
        verb = activity.change_task
        args = (session, made.public_id, subject.kind, subject.record_id)
        walker.on(2, _later(verb, *args, label=subject.label, actor=desk, **change))


def _double(session: Session, world: DemoWorld, walker: Walker) -> None:
    """The anchor entered a second time under a slightly other name and without a code: it asks to be merged."""
    values = {
        "name": "澜谷显示科技（示例市）有限责任公司", "legal_rep": "阮知衡", "reg_status": "active",
        "park_id": world.firm(ANCHOR).park_id, "main_products": "液晶显示模组",
    }  # fmt: skip
    made = walker.on(30, _later(service.create, session, values, actor=walker.specialist))
    session.execute(update(Enterprise).where(Enterprise.id == made.id).values(invented=True))
