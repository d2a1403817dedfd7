"""Terms of the service, as data (data/rules/service_sla.json, product_default: proposals, configurable)."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.deadlines import Term, Unit

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


@cache
def present() -> ServiceTerms:
    return parse(json.loads(PATH.read_text("utf-8"))["product_default"])
