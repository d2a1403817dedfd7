"""Leads of invented firms in every state: a draft, due today, late, in negotiation, disputed, ended."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from crm.activity.rules import FollowUpValues
from crm.leads import progress
from crm.leads import service as leads
from crm.leads.models import Lead
from webapp.cli.demo.walk import Walker, lead_values
from webapp.cli.demo.world import DemoWorld


def load(session: Session, world: DemoWorld) -> None:
    """Eleven leads in two zones; one stands against another, one was ruled upon."""
    high, economic = Walker.of(session, world, "GXQ"), Walker.of(session, world, "JKQ")
    _in_negotiation(high, economic)
    _waiting(high, economic)
    _disputed(high, economic)


def _in_negotiation(high: Walker, economic: Walker) -> None:
    stories = (
        # walker, firm, node, content, total, fixed, days ago; follow-up: days ago, next step, days ahead
        (high, "D022", "XXXS-04-01-01", "车载显示驱动模组生产线", 38000, 22000, 40, 6, "送厂房改造方案", 0),
        (high, "D012", "XXXS-05-01", "光学膜片模切与贴合基地", 21000, 12000, 95, 64, "约董事长来访", -4),
        (economic, "D023", "DLDC-05-01", "储能电池模组自动化产线", 56000, 31000, 55, 3, "会商用电接入", 5),
        (economic, "D024", "DLDC-04-01-01", "退役电池再生利用项目", 18000, 11000, 62, 35, "看环评初稿", 2),
    )
    for walker, firm, node, content, total, fixed, ago, spoke, step, ahead in stories:
        lead = walker.negotiating(ago, lead_values(walker, firm, node, content, total, fixed))
        said = walker.said(
            spoke, "visit", "邵庭（投资部部长）", f"看了两处厂房，{content}用能可满足。", step, ahead
        )
        walker.on(spoke, _follow(walker, lead.public_id, said))


def _follow(walker: Walker, pid: str, said: FollowUpValues) -> Callable[[], Any]:
    return lambda: leads.follow_up(walker.session, pid, said, version=None, actor=walker.specialist)


def _waiting(high: Walker, economic: Walker) -> None:
    """A draft, one to be answered today, one late, one to be studied, one declined, one ended."""
    draft = lead_values(high, "D011", "XXXS-05-01", "偏光片分切中心（待补投资额）", 9000, 5000)
    high.on(1, lambda: leads.draft(high.session, draft, actor=high.specialist))
    high.registered(1, lead_values(high, "D025", "XXXS-04-01-01", "快充显示终端组装线", 12600, 7300))
    economic.registered(6, lead_values(economic, "D021", "DLDC-05-01", "电机壳体精密压铸线", 15200, 9100))
    answered = high.registered(2, lead_values(high, "D013", "XXXS-05-01", "显示面板检测中心", 6400, 3900))
    who = high.specialist.account_id
    high.on(
        1,
        lambda: progress.respond(high.session, answered.public_id, who, version=None, actor=high.head),
    )
    ended = economic.negotiating(
        120, lead_values(economic, "D026", "DLDC-05-01", "电池搬运机器人装配", 8800, 4200)
    )
    economic.on(
        45,
        lambda: progress.terminate(
            economic.session,
            ended.public_id,
            "企业改投外省，本轮不再推进。",
            version=None,
            actor=economic.head,
        ),
    )


def _disputed(high: Walker, economic: Walker) -> None:
    """The same group on the same link in both zones: one waits for the ruling, one was ruled upon."""
    for firm, node, content, ago in (
        ("D027", "XXXS-04-01-01", "柔性显示检测设备研发制造", 3),
        ("D028", "DLDC-05-01", "电池产线自动化装备", 30),
    ):
        high.registered(ago, lead_values(high, firm, node, content, 26000, 15000), hour=9)
        second = economic.registered(ago, lead_values(economic, firm, node, content, 28000, 16000), hour=11)
        if ago == 30:
            _ruled(economic, second, ago - 4)


def _ruled(walker: Walker, second: Lead, ago: int) -> None:
    dispute = progress.dispute_of(walker.session, second).public_id
    reason = "首报单位登记在先两小时，会谈纪要齐全，归首报单位。"
    walker.on(
        ago,
        lambda: progress.rule(walker.session, dispute, "first", reason, version=None, actor=walker.office),
    )
