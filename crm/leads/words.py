"""How leads' deeds and fields are called in the timeline."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core import clock
from core.i18n import lazy as _l
from crm.activity.queries import Words
from crm.leads import rules
from crm.leads.lifecycle import LEAD

FIELDS = {
    "source": _l("线索来源"),
    "referrer": _l("引荐人"),
    "investor_name": _l("投资主体"),
    "foreign_reg_no": _l("境外注册号"),
    "country": _l("国别"),
    "group_name": _l("所属集团"),
    "content": _l("项目内容"),
    "total_investment_wan": _l("拟投总额（万元）"),
    "fixed_investment_wan": _l("固定资产投资（万元）"),
    "foreign_usd_wan": _l("外资（万美元）"),
    "est_output_wan": _l("预计产值（万元）"),
    "est_tax_wan": _l("预计税收（万元）"),
    "est_jobs": _l("预计就业（人）"),
    "energy_tce": _l("能耗（吨标准煤）"),
    "emission_note": _l("排放"),
    "site_intent": _l("选址意向"),
    "policy_ask": _l("政策诉求"),
    "contact_person": _l("联系人"),
    "contact_title": _l("联系人职务"),
    "confidentiality": _l("密级"),
    "status": _l("状态"),
    "protected_until": _l("保护期至"),
    "first_claimed_at": _l("首报时间"),
    "rival": _l("在先登记"),
    "next_step": _l("下一步"),
    "next_on": _l("下一步日期"),
}
ACTIONS = {
    "leads.drafted": _l("存为草稿"),
    "leads.changed": _l("修改线索"),
    "leads.registered": _l("登记线索"),
    "leads.claimed": _l("首报计时"),
    "leads.disputed": _l("疑似撞单，等待裁定"),
    "leads.respond": _l("响应并指定专人"),
    "leads.study_follow": _l("研判：跟进"),
    "leads.study_ask": _l("研判：请补充"),
    "leads.study_decline": _l("研判：不跟进"),
    "leads.assign": _l("分派专员，开始洽谈"),
    "leads.assigned": _l("改派专员"),
    "leads.renew": _l("保护期续期"),
    "leads.uphold": _l("裁定保留"),
    "leads.dismiss": _l("裁定不保留"),
    "leads.terminate": _l("终止线索"),
    "leads.expire": _l("长期无跟进，已失效"),
    "leads.convert": _l("转为项目"),
    "leads.mobile_revealed": _l("查看联系人号码"),
}
ICONS = {
    "leads.registered": "lead",
    "leads.disputed": "alert",
    "leads.convert": "project",
    "leads.assign": "user",
}


def shown(name: str, value: Any) -> str:
    """A value of the audit trail as people read it."""
    if value is None or value == "":
        return "—"
    if name == "status":
        return str(LEAD.label_of(str(value)))
    if name == "source":
        return str(rules.SOURCE_LABELS.get(value, value))
    if name == "confidentiality":
        return str(rules.CONFIDENTIALITY_LABELS.get(value, value))
    if name == "first_claimed_at":
        return clock.local(datetime.fromisoformat(str(value))).strftime("%Y-%m-%d %H:%M")
    if name.endswith("_wan"):
        return f"{Decimal(str(value)):,.2f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


WORDS = Words(ACTIONS, FIELDS, shown, ICONS)
