"""How deeds on cards and cases are told in the timeline."""

from collections.abc import Mapping
from typing import Any

from core.i18n import lazy as _l
from crm.activity.queries import Words

DEEDS: Mapping[str, tuple[str, Any]] = {
    "greencards.applied": ("card", _l("申报绿卡")),
    "greencards.reapplied": ("redo", _l("重新申报")),
    "greencards.passed_first_review": ("check", _l("初审通过")),
    "greencards.passed_review": ("check", _l("审核通过")),
    "greencards.passed_approve": ("check", _l("批准发卡")),
    "greencards.rejected": ("x", _l("退回不通过")),
    "greencards.suspend": ("pause", _l("暂停")),
    "greencards.resume": ("redo", _l("恢复")),
    "greencards.revoke": ("x", _l("收回")),
    "greencards.expired": ("clock", _l("到期")),
    "greencards.end_set": ("cal", _l("投产后确定有效期")),
    "greencards.used": ("card", _l("用卡")),
    "greencards.case_opened": ("user2", _l("建立专班")),
    "greencards.case_closed": ("check", _l("结案")),
    "greencards.case_reopened": ("redo", _l("重新打开")),
    "greencards.step_start": ("arrow", _l("开始办理")),
    "greencards.step_pause": ("pause", _l("暂停计时")),
    "greencards.step_resume": ("arrow", _l("恢复计时")),
    "greencards.step_finish": ("check", _l("办结")),
    "greencards.step_skip": ("ring", _l("标为不涉及")),
    "greencards.step_reopen": ("redo", _l("退回重办")),
    "greencards.step_promise": ("edit", _l("确认承诺时限")),
    "greencards.member_added": ("user", _l("专班增加成员")),
    "greencards.member_removed": ("user", _l("专班减少成员")),
    "greencards.phone_revealed": ("phone", _l("查看电话")),
}
FIELDS: Mapping[str, Any] = {
    "valid_to": _l("有效期至"),
    "promised_wd": _l("承诺时限"),
    "owner_text": _l("责任单位"),
    "evidence": _l("凭据"),
}
"""Which differences are worth a line; all of them stay in the audit trail."""

WORDS = Words(
    actions={action: label for action, (_icon, label) in DEEDS.items()},
    fields=FIELDS,
    icons={action: symbol for action, (symbol, _label) in DEEDS.items()},
    named=("greencards.step_", "greencards.member_", "greencards.used", "greencards.phone_"),
)
