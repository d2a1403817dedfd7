"""Terms of the service: a sheet of versions (shipped: `product_default` of data/rules/service_sla.json, proposals)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import clock
from core.criteria.sheets import Entry, Sheet, register
from core.deadlines import Term, Unit
from core.i18n import lazy as _l
from crm.service_requests.rules import NATURES

PATH = Path(__file__).resolve().parents[2] / "data" / "rules" / "service_sla.json"

NATURE_NAMES = {
    "consult": "咨询",
    "help": "求助",
    "advice": "建议",
    "complaint": "投诉举报",
    "resource": "要素保障",
    "complex": "复杂疑难",
}


@dataclass(frozen=True)
class ServiceTerms:
    """How long each step may take, and what may be asked for how often."""

    accept: Term
    dispatch: Term
    sign: Term
    first_contact: Term
    return_wd: int
    close: dict[str, Term]
    ask_before_wd: int
    max_extensions: int
    max_extra_days: int
    callback_wd: int
    rating_wd: int
    answer_wd: int = 5
    suspension_days: int = 30

    def close_for(self, nature: str) -> Term:
        """The term from acceptance to completion for a nature of request."""
        return self.close[nature]


def parse(data: dict[str, Any]) -> ServiceTerms:
    """Raises KeyError or ValueError when something is missing or odd."""
    extension = data["extension"]
    return ServiceTerms(
        accept=Term(int(data["accept_wh"]), Unit.WORKHOURS),
        dispatch=Term(int(data["dispatch_wh"]), Unit.WORKHOURS),
        sign=Term(int(data["sign_wh"]), Unit.WORKHOURS),
        first_contact=Term(int(data["first_contact_wh"]), Unit.WORKHOURS),
        return_wd=int(data["return_wd"]),
        close={code: Term.parse(data["close"][name]) for code, name in NATURE_NAMES.items()},
        ask_before_wd=int(extension["apply_before_wd"]),
        max_extensions=int(extension["max_times"]),
        max_extra_days=int(extension["max_add_wd"]),
        callback_wd=int(data["callback_wd"]),
        rating_wd=int(data["auto_close_eval_wd"]),
        suspension_days=int(data["suspension_review_days"]),
    )


def _hours(path: str, label: Any) -> Entry:
    return Entry(path, label, unit=_l("个工作小时"), least=1, most=200)


def _days(path: str, label: Any, unit: Any = _l("个工作日"), most: int = 250) -> Entry:
    return Entry(path, label, unit=unit, least=1, most=most)


_ENTRIES = (
    _hours("accept_wh", _l("受理")),
    _hours("dispatch_wh", _l("派单")),
    _hours("sign_wh", _l("签收")),
    _hours("first_contact_wh", _l("首次联系企业")),
    *(
        Entry(f"close.{name}", _l("办结：%(nature)s", nature=NATURES[code]), "term", most=250)
        for code, name in NATURE_NAMES.items()
    ),
    _days("return_wd", _l("退单：签收前")),
    _days("extension.apply_before_wd", _l("延期要在届满前提出")),
    Entry("extension.max_times", _l("可延期次数"), unit=_l("次"), most=10),
    _days("extension.max_add_wd", _l("延期累计不超过")),
    _days("callback_wd", _l("回访")),
    _days("auto_close_eval_wd", _l("企业评价：逾期记未评价")),
    _days("suspension_review_days", _l("挂账复核"), _l("天"), 365),
)
SHEET = register(
    Sheet(
        "service_terms", _l("诉求办理时限"),
        _l("新版只管生效日起新走到的环节；已经在跑的钟不重算。"),
        PATH, _ENTRIES, parse, pick=lambda data: [data["product_default"]],
    )
)  # fmt: skip


on = SHEET.on
"""The terms in force on a day; before the first ones, the first."""


def present() -> ServiceTerms:
    """The terms in force today."""
    return on(clock.today())
