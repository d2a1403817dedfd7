"""What to do first, for whom nothing is due: the beginnings that this person may make himself."""

from dataclasses import dataclass
from typing import Any

from core.i18n import lazy as _l
from core.permissions import any_of
from webapp.web import navigation
from webapp.web.acting import acting

SHOWN = 3


@dataclass(frozen=True)
class First:
    """A beginning: where it starts, what it is called and what comes of it; for holders of `work`."""

    endpoint: str
    icon: str
    label: Any
    why: Any
    work: tuple[str, ...]


FIRSTS = (
    First(
        "admin.accounts", "user", _l("建账号"), _l("每人一个账号，角色和单位决定他看得到什么。"),
        ("accounts:account:manage",),
    ),
    First(
        "admin.requests", "shield", _l("看待审批的权限"), _l("系统管理员申请的角色和范围，由您批准或退回。"),
        ("accounts:grant:decide",),
    ),
    First(
        "audit.index", "lock", _l("查审计记录"), _l("谁在什么时候改了什么；也可以校验有没有被改动过。"),
        ("audit:entry:view",),
    ),
    First(
        "greencards.index", "card", _l("看待审的绿卡"), _l("初审、审核、批准由三个人分别办理。"),
        ("greencards:card:approve",),
    ),
    First(
        "requests.index", "request", _l("看有没有新诉求"), _l("受理以后开始计时，按到期先后排队。"),
        ("requests:request:accept",),
    ),
    First(
        "imports.index", "up2", _l("导入企业名录"), _l("Excel 或 CSV，先预检，确认后才写入。"),
        ("enterprises:enterprise:import",),
    ),
    First(
        "chains.index", "chain", _l("从图谱的缺口找目标企业"), _l("打开一个薄弱或缺失的环节，看谁能补上。"),
        ("targets:target:add",),
    ),
    First(
        "leads.new", "lead", _l("登记一条线索"), _l("首报以服务器登记时间为准，登记后排上跟进。"),
        ("leads:lead:register",),
    ),
    First(
        "enterprises.index", "firm", _l("邀请企业开通账号"), _l("在企业档案里打印邀请单，企业就能自己提诉求。"),
        ("enterprises:user:invite",),
    ),
    First(
        "projects.index", "project", _l("看项目走到哪一步"), _l("比计划晚的排在最前面，点开看卡在谁。"),
        ("projects:project:view",),
    ),
    First("enterprises.index", "firm", _l("查企业"), _l("名称、拼音、首字母或信用代码都能查到。"), ()),
)  # fmt: skip


def offered() -> list[First]:
    """The first few that this person may do, each place once."""
    found: dict[str, First] = {}
    for each in FIRSTS:
        if (not each.work or any_of(acting(), each.work)) and navigation.may_enter(each.endpoint):
            found.setdefault(each.endpoint, each)
    return list(found.values())[:SHOWN]
