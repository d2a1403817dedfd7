"""Conditions of the steps (DOMAIN 11). Figures come in as facts from the configured terms, never from here."""

from typing import Final

from core.i18n import lazy as _l
from core.lifecycle import Facts, Guard


def _unhappy(facts: Facts) -> bool:
    return bool(facts["solved"] == "no" or facts["satisfaction"] == 1)


RETURNED_BEFORE: Final = Guard(
    "returned_before",
    _l("同一单最多退 1 次，请由调度方裁定。"),
    lambda facts: facts["return_count"] < 1,
    uses=("return_count",),
)
FORCED: Final = Guard(
    "forced", _l("这一单已裁定由你单位承办，不能再退。"), lambda facts: not facts.get("forced")
)
RETURN_TOO_LATE: Final = Guard(
    "return_too_late",
    _l("退单应在派单后 1 个工作日内提出。"),
    lambda facts: facts["workdays_since_dispatch"] <= facts["return_wd"],
    uses=("workdays_since_dispatch", "return_wd"),
)
STILL_TIME_TO_ANSWER: Final = Guard(
    "still_time_to_answer",
    _l("企业补充的期限还没有到。"),
    lambda facts: facts["workdays_waiting"] > facts["answer_wd"],
    uses=("workdays_waiting", "answer_wd"),
)
EXTENDED_BEFORE: Final = Guard(
    "extended_before",
    _l("已经延期过，不能再延。"),
    lambda facts: facts["extension_count"] < facts["max_extensions"],
    uses=("extension_count", "max_extensions"),
)
EXTENSION_TOO_LONG: Final = Guard(
    "extension_too_long",
    lambda facts: _l("延期累计最多 %(days)s 个工作日。", days=facts.get("max_extra_days", "")),
    lambda facts: 1 <= facts["extra_days"] <= facts["max_extra_days"],
    uses=("extra_days", "max_extra_days"),
    field="extra_days",
)
EXTENSION_TOO_LATE: Final = Guard(
    "extension_too_late",
    _l("延期应在届满前 1 个工作日提出，现在已经晚了。"),
    lambda facts: facts["workdays_before_due"] >= facts["ask_before_wd"],
    uses=("workdays_before_due", "ask_before_wd"),
)
UNSOLVABLE_IS_SUSPENDED: Final = Guard(
    "unsolvable",
    _l("“暂无法解决”不能直接办结，请由主要负责人签批后挂账。"),
    lambda facts: facts["result_kind"] != "unsolvable",
    uses=("result_kind",),
    field="result_kind",
)
OWN_WORK: Final = Guard(
    "own_work",
    _l("自己办理的诉求由别人审核。"),
    lambda facts: facts["actor_id"] != facts["handler_id"],
    uses=("actor_id", "handler_id"),
)
OWN_CALL_BACK: Final = Guard(
    "own_call_back",
    _l("回访由非承办单位做，承办人和承办单位不能回访自己的件。"),
    lambda facts: (
        facts["actor_id"] != facts["handler_id"] and facts["actor_unit_id"] != facts["host_unit_id"]
    ),
    uses=("actor_id", "handler_id", "host_unit_id"),
)
THREE_ATTEMPTS: Final = Guard(
    "three_attempts",
    _l("三次不同时段都没有接通，才记为未能回访。"),
    lambda facts: facts["call_attempts"] >= 3,
    uses=("call_attempts",),
)
STILL_TIME_TO_RATE: Final = Guard(
    "still_time_to_rate",
    _l("企业评价的期限还没有到。"),
    lambda facts: facts["workdays_since_completed"] > facts["rating_wd"],
    uses=("workdays_since_completed", "rating_wd"),
)
SATISFIED: Final = Guard(
    "satisfied",
    _l("企业已认可，不需要重办。"),
    _unhappy,
    uses=("solved", "satisfaction"),
)
REDONE_BEFORE: Final = Guard(
    "redone_before",
    _l("已经重办过 1 次，请提级督办。"),
    lambda facts: facts["redo_count"] < 1,
    uses=("redo_count",),
)
NOT_REDONE_YET: Final = Guard(
    "not_redone_yet",
    _l("先重办 1 次，仍不满意再提级督办。"),
    lambda facts: facts["redo_count"] >= 1,
    uses=("redo_count",),
)
