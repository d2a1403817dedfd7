"""Rules of cards: standing, validity, numbers of the day. Pure functions of plain values."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from core.i18n import lazy as _l

KIND_LABELS: Final[Mapping[str, Any]] = {"project": _l("项目卡"), "living": _l("生活卡")}
LEVEL_LABELS: Final[Mapping[str, Any]] = {
    "apply": _l("申报"),
    "first_review": _l("初审"),
    "review": _l("审核"),
    "approve": _l("批准"),
}
STANDARD_OF: Final = {"project": "project_card", "living": "living_card"}
GRADES: Final[Mapping[str, Any]] = {"municipal": _l("市级"), "county": _l("区县级")}

OCCUPYING: Final = ("applied", "first_reviewed", "reviewed", "valid", "suspended")
"""While one of these stands, no second card of the kind may be applied for."""

TOKEN_BYTES: Final = 24


def new_token() -> str:
    """192 random bits for the address of the public check; nothing of the card can be read from it."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def standing(status: str, valid_to: date | None, today: date) -> str:
    """What a card is worth today: valid, suspended, expired, revoked, or none while it is not issued.

    A card past its day is expired even before the nightly job has said so.
    """
    if status in ("valid", "suspended") and valid_to is not None and valid_to < today:
        return "expired"
    return status if status in ("valid", "suspended", "expired", "revoked") else "none"


def year_after(day: date) -> date:
    """The same day a year later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def proposed_valid_to(planned_production: date | None, today: date) -> date | None:
    """A year after production is planned (建议值); None when that lies behind us or is unknown."""
    if planned_production is None:
        return None
    end = year_after(planned_production)
    return end if end > today else None


def acts_in_another_role(acts: Iterable[tuple[int, str]], account_id: int, level: str) -> bool:
    """Whether a person has already acted on this card at another level; `acts` are (account, level)."""
    return any(account == account_id and other != level for account, other in acts)
