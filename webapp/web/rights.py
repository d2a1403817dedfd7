"""Every right in words, by area, and how the roles hold them. A right of a route without words shows its code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from core.i18n import lazy as _l
from core.permissions import matches
from crm import roles

RIGHTS: Mapping[Any, Mapping[str, Any]] = {
    _l("企业"): {
        "enterprises:enterprise:view": _l("看企业库"),
        "enterprises:enterprise:create": _l("新增企业"),
        "enterprises:enterprise:edit": _l("改企业资料"),
        "enterprises:enterprise:import": _l("导入企业"),
        "enterprises:enterprise:export": _l("导出企业"),
        "enterprises:contact:reveal": _l("查看联系人完整号码"),
        "enterprises:user:invite": _l("邀请企业用户"),
    },
    _l("图谱和目标"): {
        "chains:chain:view": _l("看图谱"),
        "chains:chain:edit": _l("改图谱"),
        "chains:chain:import": _l("导入图谱"),
        "chains:chain:publish": _l("发布图谱版本"),
        "chains:placement:edit": _l("把企业放到环节上"),
        "chains:home:edit": _l("设定本市区划"),
        "targets:list:view": _l("看目标名单"),
        "targets:list:edit": _l("编目标名单"),
        "targets:target:view": _l("看目标企业"),
        "targets:target:add": _l("列入目标企业"),
        "targets:target:edit": _l("改目标企业"),
        "targets:target:assign": _l("分派目标企业"),
        "targets:target:advance": _l("推进目标企业"),
        "targets:target:convert": _l("目标转线索"),
    },
    _l("线索"): {
        "leads:lead:view": _l("看线索"),
        "leads:amount:view": _l("看线索的金额"),
        "leads:lead:register": _l("登记线索"),
        "leads:lead:edit": _l("改线索、记跟进"),
        "leads:lead:respond": _l("响应线索"),
        "leads:lead:study": _l("研判线索"),
        "leads:assignment:set": _l("分派线索"),
        "leads:lead:renew": _l("申请延长保护"),
        "leads:lead:transfer": _l("流转线索"),
        "leads:lead:terminate": _l("终止线索"),
        "leads:lead:convert": _l("线索转项目"),
        "leads:dispute:rule": _l("裁定归属"),
    },
    _l("项目"): {
        "projects:project:view": _l("看项目"),
        "projects:amount:view": _l("看项目的金额"),
        "projects:project:create": _l("立项"),
        "projects:project:edit": _l("改项目、记跟进"),
        "projects:project:plan": _l("编一项一策"),
        "projects:project:fund": _l("登记到位资金"),
        "projects:project:admit": _l("报准入"),
        "projects:project:advance": _l("推进阶段"),
        "projects:selfreview:decide": _l("园区自审"),
        "projects:admission:decide": _l("登记准入结论"),
        "projects:stage:turn": _l("退回、暂停、终止项目"),
        "projects:specialist:change": _l("变更专员"),
    },
    _l("绿卡和专班"): {
        "greencards:card:view": _l("看绿卡"),
        "greencards:card:apply": _l("申报绿卡"),
        "greencards:card:first_review": _l("初审绿卡"),
        "greencards:card:review": _l("审核绿卡"),
        "greencards:card:approve": _l("审定绿卡"),
        "greencards:card:manage": _l("暂停、撤销绿卡"),
        "greencards:card:use": _l("登记绿卡使用"),
        "greencards:case:view": _l("看服务专班"),
        "greencards:case:work": _l("办专班事项"),
        "greencards:case:reveal": _l("查看专班成员完整号码"),
        "greencards:case:close": _l("办结专班"),
        "greencards:term:set": _l("录入法定时限"),
    },
    _l("诉求"): {
        "requests:request:view": _l("看诉求"),
        "requests:request:accept": _l("受理诉求"),
        "requests:request:dispatch": _l("派单"),
        "requests:request:sign": _l("签收"),
        "requests:request:handle": _l("办理、申请延期和退单"),
        "requests:request:decide": _l("批延期和退单"),
        "requests:request:complete": _l("办结"),
        "requests:request:review": _l("审核办理结果"),
        "requests:request:call_back": _l("回访"),
    },
    _l("培优和政策"): {
        "cultivation:roster:view": _l("看培优名录"),
        "cultivation:roster:manage": _l("管培优名录"),
        "cultivation:enterprise:evaluate": _l("评企业梯次"),
        "policies:application:accept": _l("受理政策申报"),
        "policies:application:review": _l("审核政策申报"),
        "policies:application:approve": _l("审定政策申报"),
        "policies:payment:pay": _l("兑付资金"),
        "policies:payment:recover": _l("追回资金"),
    },
    _l("督办和检查"): {
        "supervision:item:register": _l("登记督办事项"),
        "supervision:item:press": _l("催办、亮灯、提级"),
        "supervision:item:verify": _l("核验销号"),
        "supervision:item:handle": _l("办督办事项"),
        "inspections:task:draft": _l("拟检查任务"),
        "inspections:task:approve": _l("批检查任务"),
        "inspections:task:inspect": _l("入企检查"),
    },
    _l("跟进"): {
        "activity:followup:add": _l("记跟进"),
        "activity:task:manage": _l("派任务"),
        "activity:note:add": _l("写备注"),
        "jobs:job:view": _l("看后台作业"),
    },
    _l("人员和安全"): {
        "accounts:account:list": _l("看账号和单位"),
        "accounts:account:manage": _l("建账号、停用、发登录链接"),
        "accounts:unit:manage": _l("管单位"),
        "settings:value:edit": _l("改系统设置"),
        "accounts:grant:request": _l("替人申请角色"),
        "accounts:grant:decide": _l("审批和收回角色"),
        "accounts:account:unlock": _l("给账号解锁"),
        "accounts:deputy:name": _l("给下属定代理人"),
        "accounts:handover:prepare": _l("办下属的工作交接"),
        "audit:entry:view": _l("看审计日志"),
    },
    _l("企业端"): {
        "portal:request:view": _l("看本企业诉求"),
        "portal:request:submit": _l("提诉求"),
        "portal:request:reply": _l("补充材料、答复"),
        "portal:request:rate": _l("评价"),
        "portal:request:withdraw": _l("撤回诉求"),
        "portal:user:manage": _l("邀请经办人"),
    },
}


@dataclass(frozen=True)
class Line:
    """One right, and the codes of the roles that hold it."""

    permission: str
    label: Any
    held_by: frozenset[str]


def words(permission: str) -> Any:
    """What a right is called."""
    return next((group[permission] for group in RIGHTS.values() if permission in group), permission)


def table() -> list[tuple[Any, list[Line]]]:
    """Areas with their rights and who holds them; rights of routes that have no words yet come last."""
    known = {permission for group in RIGHTS.values() for permission in group}
    asked = {
        permission
        for view in current_app.view_functions.values()
        for permission in getattr(getattr(view, "access", None), "permissions", ())
    }
    groups = [(area, [_line(code, label) for code, label in group.items()]) for area, group in RIGHTS.items()]
    if rest := sorted(asked - known):
        groups.append((_l("其他"), [_line(code, code) for code in rest]))
    return groups


def of_role(role: roles.Role) -> list[tuple[Any, list[Any]]]:
    """What one role may do, by area; areas where it may do nothing are left out."""
    found = []
    for area, lines in table():
        if held := [line.label for line in lines if role.code in line.held_by]:
            found.append((area, held))
    return found


def _line(permission: str, label: Any) -> Line:
    held = frozenset(role.code for role in roles.ROLES if matches(role.patterns, permission))
    return Line(permission, label, held)
