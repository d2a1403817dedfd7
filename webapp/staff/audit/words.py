"""How the audit trail is read: deeds, kinds of record and fields in the words of their areas."""

from collections.abc import Mapping
from typing import Any, Final

from core.i18n import lazy as _l
from core.lifecycle import Lifecycle
from crm.activity.queries import COMMON_ACTIONS, COMMON_FIELDS, Words
from crm.leads import words as leads
from crm.leads.lifecycle import LEAD
from crm.projects import words as projects
from crm.projects.admission import ADMISSION
from crm.projects.lifecycle import PROJECT
from crm.service_requests.lifecycle import REQUEST
from webapp.staff.cultivation import words as cultivation
from webapp.staff.enterprises.words import WORDS as ENTERPRISES
from webapp.staff.greencards import words as greencards
from webapp.staff.requests.words import WORDS as REQUESTS
from webapp.staff.targets.words import WORDS as TARGETS

AREAS: Final[Mapping[str, Any]] = {
    "accounts": _l("账号和登录"),
    "access": _l("越权被拒"),
    "audit": _l("审计"),
    "settings": _l("设置"),
    "criteria": _l("标准"),
    "enterprises": _l("企业"),
    "chains": _l("图谱"),
    "targets": _l("目标"),
    "leads": _l("线索"),
    "projects": _l("项目"),
    "steps": _l("申请和批准"),
    "greencards": _l("绿卡"),
    "requests": _l("诉求"),
    "cultivation": _l("培优"),
    "activity": _l("跟进和待办"),
    "files": _l("附件"),
    "imports": _l("导入"),
    "lists": _l("列表、批量和导出"),
    "jobs": _l("后台任务"),
}
KINDS: Final[Mapping[str, Any]] = {
    "account": _l("账号"),
    "unit": _l("单位"),
    "route": _l("页面"),
    "audit": _l("审计"),
    "setting": _l("设置"),
    "rule_version": _l("标准版本"),
    "enterprise": _l("企业"),
    "chain": _l("图谱"),
    "target": _l("目标企业"),
    "target_list": _l("目标名单"),
    "lead": _l("线索"),
    "project": _l("项目"),
    "green_card": _l("绿卡"),
    "service_case": _l("专班"),
    "service_request": _l("诉求"),
    "cultivation": _l("培优名录"),
    "chain_node": _l("图谱节点"),
    "data_import": _l("导入"),
    "job": _l("后台任务"),
    "export": _l("导出"),
    "bulk_run": _l("批量操作"),
    "saved_view": _l("视图"),
}
_OWN: Final[Mapping[str, Any]] = {
    "access.refused": _l("越权被拒"),
    "accounts.created": _l("新增账号"),
    "accounts.deputy_named": _l("定代理人"),
    "accounts.deputy_ended": _l("代理结束"),
    "accounts.grant_asked": _l("申请角色"),
    "accounts.grant_withdrawn": _l("撤回角色申请"),
    "accounts.handed_over": _l("工作交接完成"),
    "accounts.handover_prepared": _l("办工作交接"),
    "accounts.factor_added": _l("开启第二因素"),
    "accounts.factor_removed": _l("关闭第二因素"),
    "accounts.factor_reset": _l("重置第二因素"),
    "accounts.enabled": _l("启用账号"),
    "accounts.disabled": _l("停用账号"),
    "accounts.link_issued": _l("发一次性链接"),
    "accounts.password_changed": _l("修改密码"),
    "accounts.phone_revealed": _l("查看号码"),
    "accounts.role_granted": _l("授予角色"),
    "accounts.role_revoked": _l("收回角色"),
    "accounts.session_closed": _l("退出别处的登录"),
    "accounts.sign_in_failed": _l("登录失败"),
    "accounts.signed_in": _l("登录"),
    "accounts.signed_out": _l("退出登录"),
    "accounts.unit_created": _l("新增单位"),
    "accounts.unlocked": _l("解锁账号"),
    "audit.verified": _l("校验审计链"),
    "activity.followed_up": _l("跟进记录"),
    "activity.noted": _l("备注"),
    "chains.appointed": _l("任命链长"),
    "chains.created": _l("新建图谱"),
    "chains.linked": _l("连接图谱节点"),
    "chains.placements_loaded": _l("批量挂点"),
    "chains.published": _l("发布图谱"),
    "files.downloaded": _l("下载附件"),
    "greencards.term_set": _l("修改法定时限"),
    "imports.batch": _l("批量导入一批"),
    "imports.cancelled": _l("导入中止"),
    "imports.confirmed": _l("确认导入"),
    "imports.mapped": _l("对应列"),
    "imports.mended": _l("更正导入行"),
    "imports.file_removed": _l("删除过期的导入原始文件"),
    "imports.decided_all": _l("一次定下全部疑似"),
    "imports.report_downloaded": _l("下载导入报告"),
    "imports.stop_asked": _l("要求停止导入"),
    "imports.undo_asked": _l("要求撤销导入"),
    "imports.undo_batch": _l("撤销导入一批"),
    "imports.uploaded": _l("上传导入文件"),
    "criteria.drafted": _l("起草标准新版"),
    "criteria.edited": _l("修改标准草稿"),
    "criteria.tried": _l("试算标准草稿"),
    "criteria.submit": _l("标准提交批准"),
    "criteria.publish": _l("批准发布标准"),
    "criteria.send_back": _l("退回标准草稿"),
    "criteria.drop": _l("作废标准草稿"),
    "criteria.confirmed": _l("确认待核对条目"),
    "criteria.movers_downloaded": _l("下载试算名单"),
    "lists.bulk_begun": _l("批量操作开始"),
    "lists.bulk_done": _l("批量操作完成"),
    "lists.export_asked": _l("申请导出"),
    "lists.export_approved": _l("同意导出"),
    "lists.export_refused": _l("不同意导出"),
    "lists.export_made": _l("导出文件做好"),
    "lists.export_fetched": _l("下载导出文件"),
    "lists.view_published": _l("共享视图"),
    "settings.changed": _l("修改设置"),
    "targets.list_created": _l("新建目标名单"),
    "targets.list_changed": _l("改目标名单"),
    "targets.list_closed": _l("关闭目标名单"),
    "targets.list_reopened": _l("重新打开目标名单"),
    "targets.list_frozen": _l("冻结目标名单版本"),
}
_TABLES: Final[tuple[tuple[str, Lifecycle], ...]] = (
    ("leads", LEAD), ("projects", PROJECT), ("projects.admission", ADMISSION), ("requests", REQUEST),
)  # fmt: skip
_WORDS: Final[tuple[Words, ...]] = (leads.WORDS, projects.WORDS, ENTERPRISES, REQUESTS, TARGETS)


def _actions() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for prefix, table in _TABLES:
        joint = "_" if "." in prefix else "."
        found |= {f"{prefix}{joint}{step.verb}": step.label for step in table.steps}
    for told in (greencards.DEEDS, cultivation.DEEDS):
        found |= {action: label for action, (_icon, label) in told.items()}
    for words in _WORDS:
        found |= words.actions
    return {**found, **COMMON_ACTIONS, **_OWN}


ACTIONS: Final = _actions()
_OF_AREA: Final[Mapping[str, Mapping[str, Any]]] = {
    "leads": leads.WORDS.fields,
    "projects": projects.WORDS.fields,
    "enterprises": ENTERPRISES.fields,
    "requests": REQUESTS.fields,
    "targets": TARGETS.fields,
}
FIELDS: Final[Mapping[str, Any]] = {
    **COMMON_FIELDS,
    "status": _l("状态"),
    "active": _l("在用"),
    "role": _l("角色"),
    "scope": _l("范围"),
    "name": _l("名称"),
    "code": _l("代码"),
    "title": _l("标题"),
    "position": _l("次序"),
    "kind": _l("种类"),
    "reason": _l("事由"),
    "evidence": _l("凭据"),
    "doc_no": _l("文号"),
    "issued_on": _l("发放日"),
    "valid_to": _l("有效期至"),
    "done_at": _l("完成时间"),
    "started_at": _l("开始时间"),
    "unit_id": _l("单位编号"),
    "enterprise_id": _l("企业编号"),
    "project_id": _l("项目编号"),
    "specialist_id": _l("专员编号"),
    "account_id": _l("账号编号"),
    "version": _l("版本"),
    "verdict": _l("结论"),
    "purpose": _l("用途"),
    "rows": _l("条数"),
    "faults": _l("不对的"),
}


def action_label(action: str) -> Any:
    """The deed in words; a deed that nobody has named shows its code."""
    return ACTIONS.get(action, action)


def kind_label(kind: str) -> Any:
    return KINDS.get(kind, kind)


def field_label(name: str, action: str = "") -> Any:
    """A field as the area of the deed calls it."""
    return _OF_AREA.get(action.partition(".")[0], {}).get(name) or FIELDS.get(name, name)
