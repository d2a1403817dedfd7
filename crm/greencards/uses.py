"""What a card was used for: matter, window, working days. One verb; never commits."""

from datetime import date

from sqlalchemy.orm import Session

from core import audit, clock
from core.db import load
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import Actor, require
from crm.greencards import access, rules
from crm.greencards.models import CardUse, GreenCard

KIND = "green_card"


def record(
    session: Session,
    pid: str,
    *,
    used_on: date,
    matter: str,
    window: str,
    taken_wd: int | None,
    actor: Actor,
) -> CardUse:
    """Note what a valid card was used for. Raises Invalid when the card was not valid on that day."""
    card = load(session, GreenCard, pid, where=access.card_visible_to(actor))
    require(actor, access.USE, unit_id=card.unit_id)
    faults = []
    if used_on > clock.today():
        faults.append(Fault("used_on", "future", _l("用卡日期不能晚于今天。")))
    if card.issued_on is None or used_on < card.issued_on:
        faults.append(Fault("used_on", "before_issue", _l("那一天还没有发卡。")))
    if rules.standing(card.status, card.valid_to, used_on) != "valid":
        faults.append(Fault(None, "not_valid", _l("卡不在有效状态，不能登记使用。")))
    if faults:
        raise Invalid(faults)
    use = CardUse(
        card_id=card.id,
        used_on=used_on,
        matter=matter,
        window=window,
        taken_wd=taken_wd,
        recorded_by=actor.account_id,
    )
    session.add(use)
    session.flush()
    audit.record("greencards.used", KIND, card.id, actor=actor, label=matter)
    return use
