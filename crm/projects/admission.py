"""Admission: which tier a project falls into (DOMAIN 8, T30) and the steps of its review (B3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from core.i18n import lazy as _l
from core.lifecycle import Guard, Lifecycle, Need, State, Step, StepKind
from crm.projects.standards import Standards


class AdmissionTier(StrEnum):
    """By whom a project is admitted: the park, by filing, the leading group, or the city government."""

    SELF = "self"
    FILING = "filing"
    GROUP = "group"
    SPECIAL = "special"


TIER_LABELS: Final[Mapping[str, Any]] = {
    AdmissionTier.SELF: _l("园区自审"),
    AdmissionTier.FILING: _l("备案"),
    AdmissionTier.GROUP: _l("市领导小组论证"),
    AdmissionTier.SPECIAL: _l("领导小组论证后市政府常务会审定"),
}


@dataclass(frozen=True)
class TierFinding:
    """The tier and the sentence that says why."""

    tier: AdmissionTier
    because: Any


def tier_of(
    *, land_supplied: bool, case_by_case: bool, total_wan: Decimal, standards: Standards
) -> TierFinding:
    """Case-by-case before land before filing before self review (DOMAIN 8 判定优先级)."""
    limit = format(standards.filing_from_wan.normalize(), "f")
    if case_by_case:
        return TierFinding(AdmissionTier.SPECIAL, _l("申请“一事一议”：先过领导小组，再过市政府常务会。"))
    if land_supplied:
        return TierFinding(AdmissionTier.GROUP, _l("供地类项目：由市领导小组论证。"))
    if total_wan >= standards.filing_from_wan:
        because = _l("非供地类，总投资 %(limit)s 万元以上（含）：报市园区办备案。", limit=limit)
        return TierFinding(AdmissionTier.FILING, because)
    return TierFinding(AdmissionTier.SELF, _l("非供地类，总投资不到 %(limit)s 万元：园区自审。", limit=limit))


SUBMIT: Final = "projects:project:admit"
SELF_REVIEW: Final = "projects:selfreview:decide"
DECIDE: Final = "projects:admission:decide"

DOCUMENT = Need("admission_doc_no", _l("纪要号或文号"))
DECIDED_ON = Need("admission_decided_on", _l("作出结论的日期"))
CONDITIONS = Need("admission_conditions", _l("附带条件清单"))
REASON = Need("reason", _l("事由"))
REPORT = Need(
    "report_no", _l("研判报告编号"), waivable=True, when=lambda facts: bool(facts.get("land_supplied"))
)
FAIRNESS = Need("fairness_no", _l("公平竞争和合法性审核意见文号"))

NEXT_TO_EXECUTIVE = Guard(
    "not_special",
    _l("只有“一事一议”项目才上市政府常务会。"),
    lambda facts: facts["admission_tier"] == AdmissionTier.SPECIAL,
    uses=("admission_tier",),
)
NOT_SPECIAL = Guard(
    "needs_executive_meeting",
    _l("“一事一议”项目论证通过后，要上市政府常务会审定，不能直接通过。"),
    lambda facts: facts["admission_tier"] != AdmissionTier.SPECIAL,
    uses=("admission_tier",),
)


def _for(code: str, words: Any, *tiers: str) -> Guard:
    return Guard(code, words, lambda facts: facts["admission_tier"] in tiers, uses=("admission_tier",))


def _result(verb: str, label: Any, source: str, to: str, *more: Need, guards: tuple[Guard, ...] = ()) -> Step:
    kind = StepKind.FORWARD if to == "approved" else StepKind.SIDE
    return Step(
        verb, label, (source,), to, DECIDE, needs=(DOCUMENT, DECIDED_ON, *more), guards=guards, kind=kind
    )


ADMISSION = Lifecycle(
    code="admission",
    label=_l("项目准入"),
    initial="drafting",
    states=(
        State("drafting", _l("准备材料"), tone="idle"),
        State("collecting", _l("市办汇总"), tone="info"),
        State("group_review", _l("领导小组论证"), tone="info"),
        State("exec_meeting", _l("市政府常务会审定"), tone="info"),
        State("conditional", _l("附条件通过，待复核"), tone="warn"),
        State("deferred", _l("暂缓"), tone="warn"),
        State("filed", _l("已备案"), closed=True, tone="ok"),
        State("approved", _l("准入通过"), closed=True, tone="ok"),
        State("rejected", _l("未通过"), closed=True, tone="late"),
    ),
    steps=(
        Step(
            "self_review", _l("园区自审通过"), ("drafting",), "approved", SELF_REVIEW,
            needs=(DOCUMENT, DECIDED_ON),
            guards=(_for("not_self", _l("这个项目不属园区自审，请按档次报送。"), "self"),),
        ),
        Step(
            "file", _l("登记备案"), ("drafting",), "filed", DECIDE,
            needs=(DOCUMENT, DECIDED_ON),
            guards=(_for("not_filing", _l("这个项目不属备案档，请按档次报送。"), "filing"),),
        ),
        Step(
            "submit", _l("报市园区办汇总"), ("drafting",), "collecting", SUBMIT,
            needs=(REPORT, FAIRNESS),
            guards=(_for("not_group", _l("自审和备案的项目不用报领导小组。"), "group", "special"),),
        ),
        Step("schedule", _l("排入领导小组会议"), ("collecting", "deferred"), "group_review", DECIDE),
        _result("approve", _l("论证通过"), "group_review", "approved", guards=(NOT_SPECIAL,)),
        _result("condition", _l("附条件通过"), "group_review", "conditional", CONDITIONS),
        _result("defer", _l("暂缓"), "group_review", "deferred", REASON),
        _result("reject", _l("论证未通过"), "group_review", "rejected", REASON),
        Step(
            "to_executive", _l("论证通过，上常务会"), ("group_review",), "exec_meeting", DECIDE,
            needs=(DOCUMENT,), guards=(NEXT_TO_EXECUTIVE,),
        ),
        _result("approve_executive", _l("审定通过"), "exec_meeting", "approved"),
        _result("reject_executive", _l("审定未通过"), "exec_meeting", "rejected", REASON),
        Step(
            "conditions_met", _l("条件已落实，复核通过"), ("conditional",), "approved", DECIDE,
            needs=(Need("recheck_note", _l("复核意见")),), guards=(NOT_SPECIAL,),
        ),
        Step(
            "conditions_met_executive", _l("条件已落实，上常务会"), ("conditional",), "exec_meeting", DECIDE,
            needs=(Need("recheck_note", _l("复核意见")),), guards=(NEXT_TO_EXECUTIVE,), kind=StepKind.SIDE,
        ),
        Step(
            "restart", _l("重新办理准入"), ("filed", "approved", "rejected"), "drafting", SUBMIT,
            kind=StepKind.REOPEN,
        ),
    ),
)  # fmt: skip

PASSED: Final = ("filed", "approved")
