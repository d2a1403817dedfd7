"""Requests of enterprises (DOMAIN B6, 11): the table of steps, from submission to the archive."""

from typing import Final

from core.i18n import lazy as _l
from core.lifecycle import Lifecycle, Need, State, Step, StepKind
from crm.service_requests import guards
from crm.service_requests.access import (
    ACCEPT,
    CALL_BACK,
    COMPLETE,
    DECIDE,
    DISPATCH,
    HANDLE,
    OWN_RATE,
    OWN_REPLY,
    OWN_WITHDRAW,
    REVIEW,
    SIGN,
)

_SOLVED = Need("solved", _l("问题是否解决"))
_SATISFACTION = Need("satisfaction", _l("满意程度"))
_REASON = Need("reason", _l("理由"))

STATES: Final = (
    State("submitted", _l("待受理"), tone="warn"),
    State("not_accepted", _l("不予受理"), closed=True, tone="idle"),
    State("withdrawn", _l("企业已撤回"), closed=True, tone="idle"),
    State("accepted", _l("已受理"), tone="info"),
    State("dispatched", _l("待签收"), tone="warn"),
    State("return_pending", _l("申请退单"), tone="warn"),
    State("handling", _l("办理中"), tone="info"),
    State("waiting_enterprise", _l("待企业补充"), tone="warn"),
    State("extend_pending", _l("申请延期"), tone="warn"),
    State("suspended", _l("已挂账"), tone="idle"),
    State("reviewing", _l("待审核"), tone="info"),
    State("completed", _l("已办结"), locked=True, tone="ok"),
    State("unreachable", _l("未能回访"), locked=True, tone="idle"),
    State("unrated", _l("未评价"), locked=True, tone="idle"),
    State("evaluated", _l("已评价"), locked=True, tone="ok"),
    State("escalated", _l("提级督办"), tone="late"),
    State("archived", _l("已归档"), closed=True, tone="idle"),
)

INTAKE: Final = (
    Step(
        "accept",
        _l("受理"),
        ("submitted",),
        "accepted",
        ACCEPT,
        (Need("category", _l("类别")), Need("nature", _l("性质")), Need("urgency", _l("等级"))),
    ),
    Step(
        "decline",
        _l("不予受理"),
        ("submitted",),
        "not_accepted",
        ACCEPT,
        (Need("reason", _l("法定情形")), Need("other_channel", _l("告知企业的其他渠道"))),
    ),
    Step(
        "withdraw",
        _l("撤回"),
        ("submitted", "accepted", "dispatched", "handling", "waiting_enterprise"),
        "withdrawn",
        OWN_WITHDRAW,
        (_REASON,),
        kind=StepKind.SIDE,
    ),
    Step(
        "dispatch", _l("派单"), ("accepted",), "dispatched", DISPATCH, (Need("host_unit_id", _l("承办单位")),)
    ),
    Step("sign", _l("签收"), ("dispatched",), "handling", SIGN),
    Step(
        "send_back",
        _l("申请退单"),
        ("dispatched",),
        "return_pending",
        SIGN,
        (Need("reason", _l("退单依据")), Need("suggested_unit", _l("建议承办单位"))),
        (guards.RETURNED_BEFORE, guards.FORCED, guards.RETURN_TOO_LATE),
        kind=StepKind.SIDE,
    ),
    Step("agree_return", _l("同意退单"), ("return_pending",), "accepted", DISPATCH, kind=StepKind.SIDE),
    Step(
        "force",
        _l("裁定强派"),
        ("return_pending",),
        "dispatched",
        DISPATCH,
        (Need("reason", _l("裁定理由")),),
        kind=StepKind.SIDE,
    ),
)

HANDLING: Final = (
    Step("reply", _l("答复企业"), ("handling",), "handling", HANDLE, (Need("text", _l("答复内容")),)),
    Step(
        "ask_enterprise",
        _l("请企业补充"),
        ("handling",),
        "waiting_enterprise",
        HANDLE,
        (Need("text", _l("需要补充的全部内容")),),
        kind=StepKind.SIDE,
    ),
    Step(
        "supplement",
        _l("补充材料"),
        ("waiting_enterprise",),
        "handling",
        OWN_REPLY,
        (Need("text", _l("补充说明")),),
    ),
    Step(
        "close_unanswered",
        _l("逾期未补充，解释办结"),
        ("waiting_enterprise",),
        "completed",
        COMPLETE,
        guards=(guards.STILL_TIME_TO_ANSWER,),
        automatic=True,
    ),
    Step(
        "ask_extension",
        _l("申请延期"),
        ("handling",),
        "extend_pending",
        HANDLE,
        (_REASON, Need("extra_days", _l("延长的工作日数"))),
        (guards.EXTENDED_BEFORE, guards.EXTENSION_TOO_LONG, guards.EXTENSION_TOO_LATE),
        kind=StepKind.SIDE,
    ),
    Step("grant_extension", _l("同意延期"), ("extend_pending",), "handling", DECIDE, kind=StepKind.SIDE),
    Step(
        "refuse_extension",
        _l("不同意延期"),
        ("extend_pending",),
        "handling",
        DECIDE,
        (_REASON,),
        kind=StepKind.SIDE,
    ),
    Step(
        "suspend",
        _l("挂账"),
        ("handling",),
        "suspended",
        DECIDE,
        (_REASON,),
        kind=StepKind.SIDE,
        approval=True,
    ),
    Step(
        "review_suspension",
        _l("挂账复核"),
        ("suspended",),
        "suspended",
        DECIDE,
        (Need("conclusion", _l("复核结论")),),
        kind=StepKind.SIDE,
    ),
    Step("resume", _l("恢复办理"), ("suspended",), "handling", DECIDE, kind=StepKind.SIDE),
    Step(
        "complete",
        _l("申请办结"),
        ("handling",),
        "reviewing",
        COMPLETE,
        (
            Need("replied_at", _l("对企业的答复")),
            Need("result_kind", _l("处理结果")),
            Need("result_text", _l("办理情况")),
        ),
        (guards.UNSOLVABLE_IS_SUSPENDED,),
    ),
    Step("pass_review", _l("审核通过"), ("reviewing",), "completed", REVIEW, guards=(guards.OWN_WORK,)),
    Step(
        "back",
        _l("退回办理"),
        ("reviewing",),
        "handling",
        REVIEW,
        (Need("reason", _l("退回理由")),),
        kind=StepKind.ROLLBACK,
    ),
)

AFTERWARDS: Final = (
    Step(
        "rate",
        _l("评价"),
        ("completed", "unreachable"),
        "evaluated",
        OWN_RATE,
        (_SOLVED, _SATISFACTION),
    ),
    Step(
        "call_back",
        _l("回访"),
        ("completed", "unreachable"),
        "evaluated",
        CALL_BACK,
        (_SOLVED, _SATISFACTION, Need("called_person", _l("接受回访的人"))),
        (guards.OWN_CALL_BACK,),
    ),
    Step(
        "not_reached",
        _l("记为未能回访"),
        ("completed",),
        "unreachable",
        CALL_BACK,
        guards=(guards.OWN_CALL_BACK, guards.THREE_ATTEMPTS),
    ),
    Step(
        "lapse",
        _l("记为未评价"),
        ("completed", "unreachable"),
        "unrated",
        CALL_BACK,
        guards=(guards.STILL_TIME_TO_RATE,),
        automatic=True,
    ),
    Step(
        "redo",
        _l("重办"),
        ("evaluated",),
        "handling",
        DISPATCH,
        guards=(guards.SATISFIED, guards.REDONE_BEFORE),
        kind=StepKind.ROLLBACK,
    ),
    Step(
        "escalate",
        _l("提级督办"),
        ("evaluated",),
        "escalated",
        DISPATCH,
        (_REASON,),
        (guards.SATISFIED, guards.NOT_REDONE_YET),
    ),
    Step(
        "conclude", _l("督办了结"), ("escalated",), "archived", DECIDE, (Need("conclusion", _l("督办结论")),)
    ),
    Step("archive", _l("归档"), ("evaluated", "unrated", "unreachable"), "archived", REVIEW),
)

REQUEST: Final = Lifecycle(
    code="enterprise_request",
    label=_l("企业诉求"),
    initial="submitted",
    states=STATES,
    steps=(*INTAKE, *HANDLING, *AFTERWARDS),
)
