"""Rules of projects: lateness, intensity, money. Pure functions of plain values (DOMAIN 7, 8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from core.errors import Fault
from core.i18n import lazy as _l
from core.types import quantize, to_mu
from crm.projects.lifecycle import LABELS, STAGES, stage_number

KIND_LABELS: Final[Mapping[str, Any]] = {
    "new": _l("新建"),
    "expand": _l("增资"),
    "ma": _l("并购"),
    "enclave": _l("飞地"),
}
LAND_LABELS: Final[Mapping[str, Any]] = {
    "none": _l("不用地"),
    "sold": _l("出让供地"),
    "allocated": _l("划拨供地"),
    "lease": _l("租赁土地"),
    "factory": _l("租赁厂房"),
}
AGREEMENT_LABELS: Final[Mapping[str, Any]] = {"framework": _l("框架协议"), "contract": _l("正式合同")}
NATURE_LABELS: Final[Mapping[str, Any]] = {"fixed": _l("固定资产"), "working": _l("流动资金")}
CONFIDENTIALITY_LABELS: Final[Mapping[str, Any]] = {"normal": _l("内部"), "restricted": _l("控制知悉")}


@dataclass(frozen=True)
class StageLine:
    """One stage as the stepper shows it. `days_late` is negative when early, None without both days."""

    stage: str
    number: int
    label: Any
    state: str
    planned_on: date | None
    actual_on: date | None
    days_late: int | None


def days_late(planned_on: date | None, actual_on: date | None, today: date) -> int | None:
    """Actual against planned, or today against planned while it is still open; None without a plan."""
    if planned_on is None:
        return None
    return ((actual_on or today) - planned_on).days


def stage_lines(
    stage: str, days: Mapping[str, tuple[date | None, date | None]], today: date
) -> list[StageLine]:
    """The row of stages with planned and actual days. For a paused or ended project pass its last stage."""
    here = STAGES.index(stage) if stage in STAGES else 0
    lines = []
    for position, code in enumerate(STAGES):
        planned, actual = days.get(code, (None, None))
        state = "done" if position < here else "now" if position == here else ""
        late = days_late(planned, actual, today)
        if actual is None and late is not None and late < 0:
            late = None
        lines.append(StageLine(code, stage_number(code), LABELS[code], state, planned, actual, late))
    return lines


def intensity_wan_per_mu(fixed_wan: Decimal | None, land_sqm: Decimal | None) -> Decimal | None:
    """Fixed investment per 亩, two decimals; None without land."""
    if fixed_wan is None or not land_sqm:
        return None
    return quantize(fixed_wan / (land_sqm * 3 / 2000), 2)


def share(part_wan: Decimal | None, whole_wan: Decimal | None) -> Decimal | None:
    """A share of 1; None where the whole is nought or unknown, shown as “—” (DOMAIN 7)."""
    if part_wan is None or not whole_wan:
        return None
    return part_wan / whole_wan


def amount_faults(values: Mapping[str, Any], names: Sequence[str]) -> list[Fault]:
    """Negative amounts, no total, and a fixed investment above the total (T35)."""
    faults = [
        Fault(name, "negative", _l("这一项不能是负数。"))
        for name in names
        if values.get(name) is not None and values[name] < 0
    ]
    total, fixed = values.get("total_investment_wan"), values.get("fixed_investment_wan")
    if total is None or total <= 0:
        faults.append(Fault("total_investment_wan", "required", _l("总投资要大于 0。")))
    elif fixed is not None and fixed > total:
        faults.append(
            Fault("fixed_investment_wan", "over_total", _l("固定资产投资不能大于总投资，请核对两个数。"))
        )
    return faults


def receipt_faults(
    *,
    amount_wan: Decimal | None,
    received_on: date | None,
    voucher_no: str,
    signed_on: date | None,
    today: date,
) -> list[Fault]:
    """What keeps money from counting as received: no voucher, no contract, a day ahead (T35)."""
    faults = []
    if amount_wan is None or amount_wan <= 0:
        faults.append(Fault("amount_wan", "required", _l("到位金额要大于 0。")))
    if not voucher_no.strip():
        faults.append(
            Fault("voucher_no", "required", _l("请填凭证号（银行回单或验资报告）；意向书不算到位资金。"))
        )
    if received_on is None:
        faults.append(Fault("received_on", "required", _l("请填到位日期。")))
    elif received_on > today:
        faults.append(Fault("received_on", "future", _l("到位日期不能晚于今天。")))
    if signed_on is None:
        faults.append(Fault(None, "not_signed", _l("项目还没有签约，签约前的意向资金不算到位。")))
    return faults


def planned_day_faults(days: Mapping[str, date | None]) -> list[Fault]:
    """Planned days must go forward, stage by stage."""
    faults = []
    last: tuple[str, date] | None = None
    for stage in STAGES:
        planned = days.get(stage)
        if planned is None:
            continue
        if last is not None and planned < last[1]:
            message = _l(
                "“%(stage)s”的计划日不能早于“%(before)s”。", stage=LABELS[stage], before=LABELS[last[0]]
            )
            faults.append(Fault(f"planned_{stage}", "out_of_order", message))
        last = (stage, planned)
    return faults


def land_mu(land_sqm: Decimal | None) -> Decimal | None:
    return None if land_sqm is None else to_mu(land_sqm)
