"""Contact states of a target (DOMAIN 5): 未对接 → 已建联 → 已拜访/来访 → 互访 → 在谈 → 转项目 / 搁置 / 放弃."""

from core.i18n import lazy as _l
from core.lifecycle import PREVIOUS, Lifecycle, Need, State, Step, StepKind
from crm.targets import access

REASON = Need("reason", _l("原因"))
OPEN = ("none", "linked", "visited", "mutual", "negotiating")

TARGET = Lifecycle(
    code="target",
    label=_l("目标企业"),
    initial="none",
    states=(
        State("none", _l("未对接"), tone="idle"),
        State("linked", _l("已建联"), tone="info"),
        State("visited", _l("已拜访／来访"), tone="info"),
        State("mutual", _l("互访"), tone="info"),
        State("negotiating", _l("在谈"), tone="ok"),
        State("converted", _l("已转线索"), closed=True, tone="ok"),
        State("paused", _l("搁置"), tone="warn"),
        State("dropped", _l("放弃"), closed=True, tone="idle"),
    ),
    steps=(
        Step("link", _l("记为已建联"), ("none",), "linked", access.ADVANCE),
        Step("visit", _l("记为已拜访／来访"), ("none", "linked"), "visited", access.ADVANCE),
        Step("exchange", _l("记为互访"), ("visited",), "mutual", access.ADVANCE),
        Step("negotiate", _l("记为在谈"), ("linked", "visited", "mutual"), "negotiating", access.ADVANCE),
        Step("convert", _l("转为线索"), OPEN, "converted", access.CONVERT),
        Step("pause", _l("搁置"), OPEN, "paused", access.ADVANCE, needs=(REASON,), kind=StepKind.SIDE),
        Step("resume", _l("恢复跟进"), ("paused",), PREVIOUS, access.ADVANCE, kind=StepKind.SIDE),
        Step(
            "drop",
            _l("放弃"),
            (*OPEN, "paused"),
            "dropped",
            access.ADVANCE,
            needs=(REASON,),
            kind=StepKind.SIDE,
        ),
        Step("reopen", _l("重新跟进"), ("dropped",), "none", access.ADVANCE, kind=StepKind.REOPEN),
    ),
)
