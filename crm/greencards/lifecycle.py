"""States and steps of a green card (DOMAIN appendix B4), of its service case, and of a step of the checklist."""

from core.i18n import lazy as _l
from core.lifecycle import Facts, Guard, Lifecycle, Need, State, Step, StepKind

APPLY = "greencards:card:apply"
FIRST_REVIEW = "greencards:card:first_review"
REVIEW = "greencards:card:review"
APPROVE = "greencards:card:approve"
MANAGE = "greencards:card:manage"
WORK = "greencards:case:work"
CLOSE = "greencards:case:close"

REASON = Need("reason", _l("事由"))

ANOTHER_PERSON = Guard(
    "same_person",
    _l("这张卡您已经办过另一环节。申报、初审、审核、批准要由不同的人办。"),
    lambda facts: bool(facts["another_person"]),
    uses=("another_person",),
)
ELIGIBLE = Guard(
    "not_eligible",
    lambda facts: facts.get("eligibility_words") or _l("按现行门槛还不能发卡，请看“为什么能发”。"),
    lambda facts: bool(facts["eligible"]),
    uses=("eligible",),
)
VALID_AHEAD = Guard(
    "ends_too_early",
    _l("有效期要晚于发放日。"),
    lambda facts: facts["valid_to"] > facts["issued_on"],
    uses=("valid_to", "issued_on"),
    field="valid_to",
)

CARD = Lifecycle(
    code="green_card",
    label=_l("服务绿卡"),
    initial="applied",
    states=(
        State("applied", _l("待初审"), tone="info"),
        State("first_reviewed", _l("待审核"), tone="info"),
        State("reviewed", _l("待批准"), tone="info"),
        State("valid", _l("有效"), tone="ok"),
        State("suspended", _l("已暂停"), tone="warn"),
        State("rejected", _l("未通过"), tone="late"),
        State("expired", _l("已到期"), closed=True, tone="idle"),
        State("revoked", _l("已收回"), closed=True, tone="late"),
    ),
    steps=(
        Step(
            "first_review", _l("初审通过"), ("applied",), "first_reviewed", FIRST_REVIEW,
            guards=(ANOTHER_PERSON, ELIGIBLE),
        ),
        Step(
            "review", _l("审核通过"), ("first_reviewed",), "reviewed", REVIEW,
            guards=(ANOTHER_PERSON, ELIGIBLE),
        ),
        Step(
            "approve", _l("批准发卡"), ("reviewed",), "valid", APPROVE,
            needs=(Need("doc_no", _l("批准文号")), Need("valid_to", _l("有效期至"))),
            guards=(ANOTHER_PERSON, ELIGIBLE, VALID_AHEAD),
        ),
        Step(
            "reject", _l("退回不通过"), ("applied",), "rejected", FIRST_REVIEW,
            needs=(REASON,), guards=(ANOTHER_PERSON,), kind=StepKind.SIDE,
        ),
        Step(
            "reject", _l("退回不通过"), ("first_reviewed",), "rejected", REVIEW,
            needs=(REASON,), guards=(ANOTHER_PERSON,), kind=StepKind.SIDE,
        ),
        Step(
            "reject", _l("退回不通过"), ("reviewed",), "rejected", APPROVE,
            needs=(REASON,), guards=(ANOTHER_PERSON,), kind=StepKind.SIDE,
        ),
        Step("reapply", _l("重新申报"), ("rejected",), "applied", APPLY, needs=(REASON,), guards=(ELIGIBLE,)),
        Step("suspend", _l("暂停"), ("valid",), "suspended", MANAGE, needs=(REASON,), kind=StepKind.SIDE),
        Step("resume", _l("恢复"), ("suspended",), "valid", MANAGE, needs=(REASON,), kind=StepKind.SIDE),
        Step(
            "revoke", _l("收回"), ("valid", "suspended"), "revoked", MANAGE,
            needs=(REASON,), kind=StepKind.SIDE,
        ),
        Step("expire", _l("到期"), ("valid", "suspended"), "expired", MANAGE, automatic=True),
    ),
)  # fmt: skip

REVIEWS = {"first_review": "first_reviewed", "review": "reviewed", "approve": "valid"}
"""The three levels in order, and where each leads."""
WAITS_FOR = {"applied": "first_review", "first_reviewed": "review", "reviewed": "approve"}

ALL_DONE = Guard(
    "steps_open",
    lambda facts: _l("清单还有 %(count)s 项没办完，办完才能结案。", count=facts.get("steps_open", 0)),
    lambda facts: facts["steps_open"] == 0,
    uses=("steps_open",),
)

CASE = Lifecycle(
    code="service_case",
    label=_l("服务专班"),
    initial="open",
    states=(State("open", _l("服务中"), tone="info"), State("closed", _l("已结案"), closed=True, tone="ok")),
    steps=(
        Step(
            "close", _l("结案"), ("open",), "closed", CLOSE,
            needs=(
                Need("production_on", _l("投产日")),
                Need("satisfaction", _l("企业评价")),
                Need("archive_no", _l("归档号")),
            ),
            guards=(ALL_DONE,),
        ),
        Step("reopen", _l("重新打开"), ("closed",), "open", CLOSE, kind=StepKind.REOPEN),
    ),
)  # fmt: skip


def _waits_for_nothing(facts: Facts) -> bool:
    return "blocked_by" in facts and not facts["blocked_by"]


NOT_BLOCKED = Guard(
    "blocked",
    lambda facts: _l("要等“%(steps)s”办完，才能开始。", steps="、".join(facts.get("blocked_by") or ())),
    _waits_for_nothing,
)

CHECKLIST_STEP = Lifecycle(
    code="case_step",
    label=_l("清单事项"),
    initial="waiting",
    states=(
        State("waiting", _l("未开始"), tone="idle"),
        State("running", _l("办理中"), tone="info"),
        State("paused", _l("已暂停"), tone="idle"),
        State("done", _l("已办结"), closed=True, tone="ok"),
        State("not_needed", _l("不涉及"), closed=True, tone="idle"),
    ),
    steps=(
        Step("start", _l("开始办理"), ("waiting",), "running", WORK, guards=(NOT_BLOCKED,)),
        Step(
            "pause", _l("暂停计时"), ("running",), "paused", WORK, kind=StepKind.SIDE,
            needs=(Need("cause", _l("暂停原因")), Need("reason", _l("说明"))),
        ),
        Step("resume", _l("恢复计时"), ("paused",), "running", WORK, kind=StepKind.SIDE),
        Step("finish", _l("办结"), ("running",), "done", WORK, needs=(Need("evidence", _l("办结凭据")),)),
        Step("skip", _l("标为不涉及"), ("waiting",), "not_needed", WORK, needs=(REASON,), kind=StepKind.SIDE),
        Step("reopen", _l("退回重办"), ("done", "not_needed"), "waiting", WORK, kind=StepKind.REOPEN),
    ),
)  # fmt: skip
