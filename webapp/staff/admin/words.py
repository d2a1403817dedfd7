"""Words that the administrators' pages share: kinds of units, scopes, clearances, states of requests."""

from collections.abc import Mapping
from typing import Any

from core.accounts.models import Grant, GrantRequest
from core.i18n import lazy as _l

UNIT_KINDS: Mapping[str, Any] = {
    "city": _l("市"),
    "bureau": _l("市级部门"),
    "promotion_centre": _l("驻外投促中心"),
    "task_force": _l("招商专班"),
    "group": _l("招商组"),
    "department": _l("内设机构"),
    "zone": _l("开发区、园区管委会"),
    "service_centre": _l("企业服务中心"),
}
SCOPES: Mapping[str, Any] = {
    "below": _l("本单位及下属单位"),
    "unit": _l("本单位"),
    "self": _l("只有自己经办的"),
    "chosen": _l("选定的几个单位"),
    "all": _l("全市"),
}
CLEARANCES: Mapping[str, Any] = {"normal": _l("内部"), "restricted": _l("控制知悉")}
STATES: Mapping[str, Any] = {
    "open": _l("待审批"),
    "approved": _l("已批准"),
    "refused": _l("未批准"),
    "withdrawn": _l("已撤回"),
}
TONES: Mapping[str, str] = {"open": "warn", "approved": "ok", "refused": "late", "withdrawn": "idle"}


def where(row: Grant | GrantRequest, names: Mapping[int, str]) -> str:
    """Over what a role reaches, in words: the unit and the scope, or the chosen units by name."""
    if row.scope == "chosen":
        return "、".join(names.get(int(number), "?") for number in row.chosen_unit_ids)
    scope = str(SCOPES.get(row.scope, row.scope))
    if row.scope in ("all", "self") or row.unit_id is None:
        return scope
    return f"{names.get(row.unit_id, '?')} · {scope}"
