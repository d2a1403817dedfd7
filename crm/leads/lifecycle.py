"""States and steps of a lead (DOMAIN appendix B1)."""

from core.i18n import lazy as _l
from core.lifecycle import Facts, Guard, Lifecycle, Need, State, Step, StepKind

OPEN = ("registered", "responding", "need_info", "follow", "negotiating")

SOURCE = Need("source", _l("线索来源"))
INVESTOR = Need("investor_name", _l("投资主体"))
CONTENT = Need("content", _l("项目内容"))
NODE = Need("chain_node_id", _l("产业链环节"))
TOTAL = Need("total_investment_wan", _l("拟投总额"))
SPECIALIST = Need("specialist_id", _l("专员"))
REASON = Need("reason", _l("事由"))


def _fixed_within_total(facts: Facts) -> bool:
    fixed, total = facts.get("fixed_investment_wan"), facts.get("total_investment_wan")
    return fixed is None or total is None or fixed <= total


FIXED_WITHIN_TOTAL = Guard(
    "fixed_over_total",
    _l("固定资产投资不能大于拟投总额，请核对两个数。"),
    _fixed_within_total,
    field="fixed_investment_wan",
)
RENEWALS_LEFT = Guard(
    "renewed_already",
    _l("保护期只能续一次，这条已经续过。"),
    lambda facts: bool(facts["renewals_left"]),
    uses=("renewals_left",),
)
IN_WINDOW = Guard(
    "not_in_window",
    lambda facts: _l("保护期届满前 %(days)s 个工作日内才能续期。", days=facts.get("renewal_window_wd", 10)),
    lambda facts: bool(facts["in_renewal_window"]),
    uses=("in_renewal_window",),
)

LEAD = Lifecycle(
    code="lead",
    label=_l("线索"),
    initial="draft",
    states=(
        State("draft", _l("草稿"), tone="idle"),
        State("registered", _l("已登记"), tone="info"),
        State("disputed", _l("归属待裁定"), tone="late"),
        State("responding", _l("已响应"), tone="info"),
        State("need_info", _l("待补充"), tone="warn"),
        State("follow", _l("研判：跟进"), tone="info"),
        State("not_follow", _l("研判：不跟进"), closed=True, tone="idle"),
        State("negotiating", _l("在谈"), tone="ok"),
        State("transferred", _l("流转中"), tone="warn"),
        State("converted", _l("已转项目"), closed=True, tone="ok"),
        State("expired", _l("已失效"), closed=True, tone="idle"),
        State("closed", _l("已终止"), closed=True, tone="idle"),
    ),
    steps=(
        Step(
            "register",
            _l("登记线索"),
            ("draft",),
            "registered",
            "leads:lead:register",
            needs=(SOURCE, INVESTOR, CONTENT, NODE, TOTAL),
            guards=(FIXED_WITHIN_TOTAL,),
        ),
        Step(
            "duplicate_hit",
            _l("发现撞单"),
            OPEN,
            "disputed",
            "leads:lead:register",
            kind=StepKind.SIDE,
            automatic=True,
        ),
        Step(
            "uphold",
            _l("裁定保留"),
            ("disputed",),
            "registered",
            "leads:dispute:rule",
            needs=(REASON,),
        ),
        Step(
            "dismiss",
            _l("裁定不保留"),
            ("disputed",),
            "closed",
            "leads:dispute:rule",
            needs=(REASON,),
            kind=StepKind.SIDE,
        ),
        Step(
            "respond",
            _l("响应并指定专人"),
            ("registered",),
            "responding",
            "leads:lead:respond",
            needs=(SPECIALIST,),
        ),
        Step(
            "study_follow",
            _l("研判：跟进"),
            ("responding", "need_info"),
            "follow",
            "leads:lead:study",
            needs=(Need("study_note", _l("研判意见")),),
        ),
        Step(
            "study_ask",
            _l("研判：请补充"),
            ("responding",),
            "need_info",
            "leads:lead:study",
            needs=(Need("study_note", _l("研判意见")),),
            kind=StepKind.SIDE,
        ),
        Step(
            "study_decline",
            _l("研判：不跟进"),
            ("responding", "need_info"),
            "not_follow",
            "leads:lead:study",
            needs=(Need("study_note", _l("研判意见")),),
            kind=StepKind.SIDE,
        ),
        Step(
            "assign",
            _l("分派专员"),
            ("follow",),
            "negotiating",
            "leads:assignment:set",
            needs=(SPECIALIST,),
        ),
        Step(
            "renew",
            _l("保护期续期"),
            ("negotiating",),
            "negotiating",
            "leads:lead:renew",
            needs=(Need("evidence", _l("实质进展依据")),),
            guards=(RENEWALS_LEFT, IN_WINDOW),
            kind=StepKind.SIDE,
        ),
        Step(
            "expire",
            _l("长期无跟进失效"),
            OPEN,
            "expired",
            "leads:lead:terminate",
            kind=StepKind.SIDE,
            automatic=True,
        ),
        Step(
            "transfer",
            _l("提出流转"),
            ("negotiating",),
            "transferred",
            "leads:lead:transfer",
            needs=(
                Need("receiving_unit_id", _l("承接单位")),
                REASON,
            ),
            kind=StepKind.SIDE,
        ),
        Step(
            "confirm_transfer",
            _l("三方确认流转"),
            ("transferred",),
            "negotiating",
            "leads:lead:transfer",
            needs=(
                Need("confirmed_by_first", _l("首谈方确认")),
                Need("confirmed_by_receiver", _l("落地方确认")),
                Need("confirmed_by_office", _l("市办确认")),
            ),
        ),
        Step(
            "convert",
            _l("转为项目"),
            ("negotiating",),
            "converted",
            "leads:lead:convert",
            needs=(SPECIALIST, INVESTOR, CONTENT, NODE, TOTAL),
            guards=(FIXED_WITHIN_TOTAL,),
        ),
        Step(
            "terminate",
            _l("终止线索"),
            (*OPEN, "draft", "disputed", "transferred"),
            "closed",
            "leads:lead:terminate",
            needs=(REASON,),
            kind=StepKind.SIDE,
        ),
    ),
)
