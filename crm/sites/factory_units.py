"""Units of standard factories: planned, let, vacated (DOMAIN B10, 15.2)."""

from typing import Final

from core.i18n import lazy as _l
from core.lifecycle import Guard, Lifecycle, Need, State, Step, StepKind

MANAGE: Final = "sites:unit:manage"
LEASE: Final = "sites:unit:lease"

RESERVED_DAYS: Final = 30
"""How long a unit may be reserved (DOMAIN B10, proposal)."""

FACTORY_UNIT: Final = Lifecycle(
    code="factory_unit",
    label=_l("标准厂房单元"),
    initial="planned",
    states=(
        State("planned", _l("规划")),
        State("building", _l("在建")),
        State("available", _l("待租售")),
        State("reserved", _l("已预订")),
        State("leased", _l("已租")),
        State("sold", _l("已售")),
        State("vacating", _l("腾退中")),
        State("sealed", _l("封存")),
    ),
    steps=(
        Step("start_building", _l("开工建设"), ("planned",), "building", MANAGE),
        Step(
            "finish",
            _l("交付待租"),
            ("building",),
            "available",
            MANAGE,
            (Need("fire_accepted_on", _l("消防验收日期")),),
        ),
        Step(
            "reserve",
            _l("预订"),
            ("available",),
            "reserved",
            LEASE,
            (Need("tenant", _l("意向企业")), Need("reserved_until", _l("预订到期日"))),
            (
                Guard(
                    "reserved_too_long",
                    _l("预订最长 30 天。"),
                    lambda facts: facts["reserved_days"] <= RESERVED_DAYS,
                    uses=("reserved_days",),
                    field="reserved_until",
                ),
            ),
        ),
        Step("release", _l("取消预订"), ("reserved",), "available", LEASE, kind=StepKind.SIDE),
        Step("lapse", _l("预订到期"), ("reserved",), "available", MANAGE, automatic=True, kind=StepKind.SIDE),
        Step(
            "lease",
            _l("签订租约"),
            ("available", "reserved"),
            "leased",
            LEASE,
            (
                Need("tenant", _l("承租人")),
                Need("from_on", _l("起租日")),
                Need("to_on", _l("止租日")),
                Need("contract", _l("租约"), file=True),
            ),
            (
                Guard(
                    "overlap",
                    _l("租期与这个单元的另一份有效租约重叠。"),
                    lambda facts: facts["overlapping_leases"] == 0,
                    uses=("overlapping_leases",),
                    field="from_on",
                ),
                Guard(
                    "use_mismatch",
                    _l("生产类别与厂房的火灾危险性类别不符。"),
                    lambda facts: bool(facts["fire_class_fits"]),
                    uses=("fire_class_fits",),
                ),
                Guard("blacklisted", _l("承租人在黑名单内。"), lambda facts: not facts.get("blacklisted")),
            ),
        ),
        Step(
            "sell",
            _l("出售"),
            ("available", "reserved"),
            "sold",
            LEASE,
            (Need("buyer", _l("买受人")), Need("contract", _l("买卖合同"), file=True)),
            (
                Guard(
                    "more_than_owned",
                    _l("租售面积超过产权面积。"),
                    lambda facts: facts["area_sqm"] <= facts["owned_sqm"],
                    uses=("area_sqm", "owned_sqm"),
                ),
            ),
        ),
        Step(
            "vacate", _l("开始腾退"), ("leased", "sold"), "vacating", LEASE, (Need("reason", _l("腾退原因")),)
        ),
        Step(
            "hand_back",
            _l("腾退完成"),
            ("vacating",),
            "available",
            MANAGE,
            (Need("handed_back_on", _l("交还日期")),),
        ),
        Step(
            "seal",
            _l("封存"),
            ("available", "vacating"),
            "sealed",
            MANAGE,
            (Need("reason", _l("封存原因")),),
            kind=StepKind.SIDE,
        ),
        Step("unseal", _l("解除封存"), ("sealed",), "available", MANAGE, kind=StepKind.SIDE),
    ),
)
