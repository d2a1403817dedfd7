"""How projects' deeds and fields are called in the timeline."""

from decimal import Decimal
from typing import Any

from core.i18n import _
from core.i18n import lazy as _l
from crm.activity.queries import Words
from crm.projects import rules
from crm.projects.admission import ADMISSION, TIER_LABELS
from crm.projects.lifecycle import LABELS, PROJECT

FIELDS: dict[str, Any] = {
    "name": _l("项目名称"),
    "kind": _l("项目类型"),
    "content": _l("建设内容"),
    "parcel": _l("地块"),
    "total_investment_wan": _l("总投资（万元）"),
    "fixed_investment_wan": _l("固定资产投资（万元）"),
    "equipment_wan": _l("设备投资（万元）"),
    "land_mode": _l("用地方式"),
    "est_output_wan": _l("预计产值（万元）"),
    "est_tax_wan": _l("预计税收（万元）"),
    "energy_tce": _l("综合能耗（吨标准煤）"),
    "jobs": _l("就业（人）"),
    "case_by_case": _l("一事一议"),
    "report_no": _l("研判报告编号"),
    "report_on": _l("研判报告日期"),
    "fairness_no": _l("公平竞争和合法性审核意见文号"),
    "confidentiality": _l("密级"),
    "agreement_kind": _l("协议类型"),
    "contract_no": _l("协议或合同编号"),
    "tax_per_mu_wan": _l("约定亩均税收（万元/亩）"),
    "agreed_start_on": _l("约定动工日"),
    "agreed_complete_on": _l("约定竣工日"),
    "agreed_produce_on": _l("约定投产日"),
    "agreed_capacity_on": _l("约定达产日"),
    "breach_terms": _l("违约责任"),
    "company_name": _l("项目公司名称"),
    "company_uscc": _l("项目公司统一社会信用代码"),
    "company_registered_on": _l("项目公司注册日"),
    "land_doc_no": _l("出让合同或划拨决定书号"),
    "land_price_wan": _l("土地价款（万元）"),
    "land_handover_on": _l("交地日"),
    "lease_no": _l("租约号"),
    "permit_no": _l("施工许可证号"),
    "permit_on": _l("施工许可日"),
    "acceptance_no": _l("竣工验收备案号"),
    "production_evidence": _l("投产凭证"),
    "capacity_review_no": _l("达产考核表编号"),
    "capacity_output_wan": _l("考核期产值（万元）"),
    "stage": _l("阶段"),
    "actual_on": _l("实际日期"),
    "approval": _l("审批依据"),
    "resume_expected_on": _l("预计恢复日"),
    "lost_to": _l("流向地"),
    "release_doc_no": _l("解除协议或清退文书号"),
    "files": _l("附件"),
    "started_before_permit": _l("开工早于施工许可"),
    "below_agreed": _l("未达约定产值"),
    "waivers": _l("说明原因后放行"),
    "admission_state": _l("准入"),
    "admission_tier": _l("准入档次"),
    "admission_doc_no": _l("纪要号或文号"),
    "admission_decided_on": _l("结论日期"),
    "admission_conditions": _l("附带条件"),
    "recheck_note": _l("复核意见"),
    "summary": _l("一句话"),
    "lead_no": _l("来自线索"),
    "promise": _l("承诺事项"),
    "basis": _l("依据"),
    "trigger": _l("触发条件"),
    "owner": _l("责任"),
    "owner_id": _l("责任人编号"),
    "step": _l("申请的步骤"),
    "source": _l("从"),
    "target": _l("到"),
    "requested_name": _l("申请人"),
    "done_on": _l("兑现日期"),
    "outcome": _l("兑现情况"),
    "received_wan": _l("累计到位（万元）"),
    "amount_wan": _l("金额（万元）"),
    "voucher_no": _l("凭证号"),
    "next_step": _l("下一步"),
    "next_on": _l("下一步日期"),
    **{f"planned_{stage}": _l("“%(stage)s”计划日", stage=label) for stage, label in LABELS.items()},
}
ACTIONS: dict[str, Any] = {
    "projects.created": _l("由线索转为项目"),
    "projects.changed": _l("修改项目"),
    "projects.summarised": _l("更新一句话"),
    "projects.specialist_changed": _l("变更专员"),
    "projects.planned": _l("调整节点计划"),
    "projects.plan_added": _l("方案增加一条"),
    "projects.plan_changed": _l("修改方案"),
    "projects.plan_fulfilled": _l("兑现一条"),
    "projects.received": _l("资金到位"),
    "steps.asked": _l("申请走一步，等批准"),
    "steps.approved": _l("批准申请"),
    "steps.refused": _l("没有批准申请"),
    "steps.withdrawn": _l("撤回申请"),
    **{f"projects.{step.verb}": step.label for step in PROJECT.steps},
    **{f"projects.admission_{step.verb}": _l("准入：%(step)s", step=step.label) for step in ADMISSION.steps},
}
ICONS = {
    "steps.asked": "clock",
    "steps.approved": "check",
    "steps.refused": "x",
    "steps.withdrawn": "redo",
    **{f"projects.{step.verb}": "project" for step in PROJECT.steps},
    "projects.created": "project",
    "projects.received": "yuan",
    "projects.specialist_changed": "user",
    "projects.summarised": "edit",
}
_CODES: dict[str, Any] = {
    "kind": rules.KIND_LABELS,
    "land_mode": rules.LAND_LABELS,
    "agreement_kind": rules.AGREEMENT_LABELS,
    "admission_tier": TIER_LABELS,
    "confidentiality": rules.CONFIDENTIALITY_LABELS,
}


def shown(name: str, value: Any) -> str:
    """A value of the audit trail as people read it."""
    if value is None or value == "":
        return "—"
    if name in ("stage", "source", "target") and str(value) in PROJECT.codes():
        return str(PROJECT.label_of(str(value)))
    if name == "step":
        return str(next((step.label for step in PROJECT.steps if step.verb == value), value))
    if name == "admission_state":
        return str(ADMISSION.label_of(str(value)))
    if name in _CODES:
        return str(_CODES[name].get(value, value))
    if name.endswith("_wan"):
        return f"{Decimal(str(value)):,.2f}"
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, dict):
        return "；".join(f"{FIELDS.get(key, key)}：{text}" for key, text in value.items())
    return str(value)


WORDS = Words(ACTIONS, FIELDS, shown, ICONS)
