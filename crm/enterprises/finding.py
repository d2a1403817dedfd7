"""The one enterprise that somebody names by code or by its whole name."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import Actor
from core.text import forms
from crm.enterprises import access
from crm.enterprises.models import Enterprise


def by_words(session: Session, text: str, *, actor: Actor) -> Enterprise:
    """By credit code, stock code, whole name or short name. Raises Invalid when none or several fit."""
    words = text.strip()
    statement = (
        select(Enterprise)
        .where(access.visible_to(actor))
        .where(
            or_(
                Enterprise.uscc == words.upper(),
                Enterprise.stock_code == words,
                Enterprise.core_name == forms.normal_form(words)[:200],
            )
        )
        .limit(3)
    )
    found = list(session.scalars(statement))
    exact = [
        enterprise
        for enterprise in found
        if words in (enterprise.name, enterprise.uscc, enterprise.stock_code)
    ]
    if len(exact) == 1:
        return exact[0]
    if len(found) == 1:
        return found[0]
    if found:
        message = _l("有几家企业都叫“%(name)s”，请改填统一社会信用代码或证券代码。", name=words)
        raise Invalid(Fault("enterprise", "several", message))
    message = _l(
        "企业库里没有“%(name)s”。请填全称、统一社会信用代码或证券代码；新企业先到企业库登记。", name=words
    )
    raise Invalid(Fault("enterprise", "unknown", message))
