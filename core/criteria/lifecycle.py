"""How a version of a standard comes into force: drafted, tried, approved by another person, published."""

from typing import Final

from core.i18n import lazy as _l
from core.lifecycle import Facts, Guard, Lifecycle, Need, State, Step, StepKind

VIEW: Final = "criteria:version:view"
DRAFT: Final = "criteria:version:draft"
APPROVE: Final = "criteria:version:approve"
CONFIRM: Final = "criteria:line:confirm"


def _another(facts: Facts) -> bool:
    return facts["actor_id"] not in (facts["submitted_by"], facts["drafted_by"])


ANOTHER_PERSON = Guard(
    "own_draft", _l("起草人和提交人不能批准自己的稿子，请另一位有权限的人批准。"), _another,
    uses=("actor_id", "submitted_by", "drafted_by"),
)  # fmt: skip
WHOLE = Guard(
    "contradicts_itself", lambda facts: facts.get("fault") or _l("这一版前后矛盾，请先改好。"),
    lambda facts: not facts.get("fault"),
)  # fmt: skip
NOT_IN_THE_PAST = Guard(
    "begins_in_the_past", _l("生效日不能早于今天：已经判定过的不能被改写。"),
    lambda facts: facts["effective_from"] >= facts["today"], uses=("effective_from", "today"), field="effective_from",
)  # fmt: skip
TRIED = Guard(
    "not_tried",
    _l("还没有试算，或试算之后又改过。请先试算，看清谁会变化。"),
    lambda facts: bool(facts.get("tried")),
)

VERSION: Final = Lifecycle(
    code="rule_version",
    label=_l("标准版本"),
    initial="draft",
    states=(
        State("draft", _l("草稿"), tone="idle"),
        State("submitted", _l("待批准"), locked=True, tone="warn"),
        State("published", _l("已发布"), closed=True, tone="ok"),
        State("dropped", _l("已作废"), closed=True, tone="idle"),
    ),
    steps=(
        Step(
            "submit", _l("提交批准"), ("draft",), "submitted", DRAFT,
            (Need("reason", _l("修订依据")), Need("effective_from", _l("生效日"))), (WHOLE, NOT_IN_THE_PAST, TRIED),
        ),
        Step("publish", _l("批准发布"), ("submitted",), "published", APPROVE, (), (ANOTHER_PERSON, WHOLE)),
        Step(
            "send_back", _l("退回修改"), ("submitted",), "draft", APPROVE, (Need("reason", _l("退回理由")),),
            kind=StepKind.ROLLBACK,
        ),
        Step(
            "drop", _l("作废"), ("draft",), "dropped", DRAFT, (Need("reason", _l("作废理由")),), kind=StepKind.SIDE
        ),
    ),
)  # fmt: skip
