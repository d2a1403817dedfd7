"""How a version of a map comes into force (DOMAIN 4): 草稿 → 审核 → 发布 → 归档; a published one is frozen."""

from typing import Final

from chains import access
from core.i18n import lazy as _l
from core.lifecycle import Guard, Lifecycle, Need, State, Step, StepKind

REASON = Need("reason", _l("理由"))

MAP: Final = Lifecycle(
    code="chain",
    label=_l("招商图谱"),
    initial="draft",
    states=(
        State("draft", _l("草稿"), tone="idle"),
        State("review", _l("审核中"), locked=True, tone="warn"),
        State("published", _l("已发布"), locked=True, tone="ok"),
        State("archived", _l("已归档"), closed=True, tone="idle"),
    ),
    steps=(
        Step(
            "submit", _l("提交审核"), ("draft",), "review", access.EDIT, (),
            (Guard("no_nodes", _l("图谱还没有节点。"), lambda facts: facts["nodes"] > 0),),
        ),
        Step(
            "publish", _l("审核通过并发布"), ("review",), "published", access.PUBLISH, (Need("as_of", _l("基准日")),),
            (Guard(
                "own_request", _l("送审的人不能自己发布，请另一位有发布权限的同事审核。"),
                lambda facts: not facts["own_request"],
            ),),
        ),
        Step("send_back", _l("退回修改"), ("review",), "draft", access.PUBLISH, (REASON,), kind=StepKind.ROLLBACK),
        Step("revise", _l("起草下一版"), ("published",), "draft", access.EDIT),
        Step("archive", _l("归档"), ("draft", "published"), "archived", access.PUBLISH, (REASON,), kind=StepKind.SIDE),
        Step("reopen", _l("重新启用"), ("archived",), "draft", access.PUBLISH, (REASON,), kind=StepKind.REOPEN),
    ),
)  # fmt: skip
