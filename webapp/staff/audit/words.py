"""How the audit trail is read: deeds, kinds of record and fields in the words of their areas."""

from collections.abc import Mapping
from typing import Any, Final

from chains.lifecycle import MAP
from core.i18n import lazy as _l
from core.lifecycle import Lifecycle
from crm.activity.queries import COMMON_ACTIONS, COMMON_FIELDS, Words
from crm.leads import words as leads
from crm.leads.lifecycle import LEAD
from crm.projects import words as projects
from crm.projects.admission import ADMISSION
from crm.projects.lifecycle import PROJECT
from crm.service_requests.lifecycle import REQUEST
from webapp.staff.audit.deeds import DEEDS
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
    "places": _l("区划和园区"),
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
    "messages": _l("外发消息"),
    "search": _l("检索"),
    "tokens": _l("令牌"),
    "calendar": _l("工作日历"),
}
KINDS: Final[Mapping[str, Any]] = {
    "account": _l("账号"),
    "unit": _l("单位"),
    "route": _l("页面"),
    "audit": _l("审计"),
    "setting": _l("设置"),
    "region": _l("区划"),
    "park": _l("园区"),
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
_TABLES: Final[tuple[tuple[str, Lifecycle], ...]] = (
    ("leads", LEAD), ("projects", PROJECT), ("projects.admission", ADMISSION), ("requests", REQUEST),
    ("chains", MAP),
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
    return {**found, **COMMON_ACTIONS, **DEEDS}


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
    "valid_from": _l("有效期起"),
    "valid_to": _l("有效期至"),
    "successors": _l("现在归哪里"),
    "regions": _l("行政区"),
    "parent_id": _l("所属"),
    "short_name": _l("简称"),
    "level": _l("级别"),
    "focus": _l("主导产业"),
    "enterprises": _l("企业"),
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
    "method": _l("登录方式"),
    "next_on": _l("下一步日期"),
    "next_step": _l("下一步"),
    "chief": _l("链长"),
    "lead_department": _l("牵头部门"),
    "home": _l("从哪里看"),
    "year": _l("年度"),
    "total_wan": _l("采购总额"),
    "local_wan": _l("本地采购"),
    "source": _l("来源"),
    "entered_on": _l("入库日"),
    "leader_text": _l("联系领导"),
    "plan_text": _l("一企一策"),
    "pool_code": _l("库"),
    "step_code": _l("台阶"),
    "standard": _l("对照标准"),
    "revenue_wan": _l("营收目标"),
    "group_id": _l("集团母公司编号"),
    "leader_id": _l("联系领导编号"),
    "card_no": _l("卡号"),
    "applied_by": _l("申报人编号"),
    "applied_on": _l("申报日"),
    "basis_version": _l("依据的版本"),
    "grade": _l("等级"),
    "holder_person": _l("持卡人"),
    "industry_group": _l("行业"),
    "statement": _l("申报说明"),
    "status_reason": _l("事由"),
    "end_reason": _l("结束原因"),
    "after": _l("要等的事项"),
    "carried": _l("已用时间"),
    "due_at": _l("办结时限"),
    "evidence_hint": _l("要的凭据"),
    "legal_basis": _l("法定依据"),
    "owner_text": _l("责任单位"),
    "promised_wd": _l("承诺时限"),
    "studied_at": _l("研判时间"),
    "study_note": _l("研判意见"),
    "responded_at": _l("响应时间"),
    "company_region_code": _l("注册地"),
    "host_unit_id": _l("承办单位编号"),
    "count": _l("家数"),
    "quarter": _l("季度"),
    "home_region": _l("本地是哪里"),
    "open_enterprise_id": _l("企业编号"),
}


def action_label(action: str) -> Any:
    """The deed in words; a deed that nobody has named shows its code."""
    return ACTIONS.get(action, action)


def kind_label(kind: str) -> Any:
    return KINDS.get(kind, kind)


def field_label(name: str, action: str = "") -> Any:
    """A field as the area of the deed calls it."""
    return _OF_AREA.get(action.partition(".")[0], {}).get(name) or FIELDS.get(name, name)


_METHODS: Final[Mapping[str, Any]] = {
    "password": _l("密码"),
    "provider": _l("统一身份认证"),
    "code": _l("验证码"),
    "recovery": _l("备用码"),
}


def said(name: str, value: Any) -> Any:
    """A value as people read it: yes and no, and how somebody signed in (“密码、验证码”)."""
    if isinstance(value, bool):
        return _l("是") if value else _l("否")
    if name == "method" and isinstance(value, str):
        return "、".join(str(_METHODS.get(part, part)) for part in value.split("+"))
    return value
