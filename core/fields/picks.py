"""Suggestions that a field is picked from, and what was meant where somebody typed instead of picking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.i18n import lazy as _l


@dataclass(frozen=True)
class Pick:
    """One thing that can be picked: what is sent, what is read, and what tells it from others."""

    value: str
    label: str
    note: str = ""
    record_id: int | None = None


def meant(found: Sequence[Pick], typed: str) -> tuple[Pick | None, Any]:
    """(what was meant, None), or (None, why it cannot be told): for a field that was typed by hand."""
    words = typed.strip()
    exact = [pick for pick in found if words in (pick.value, pick.label)]
    if len(exact) == 1 or (exact and exact[0].value == words):
        return exact[0], None
    if len(found) == 1:
        return found[0], None
    if not found:
        return None, _l("没有找到“%(typed)s”，请换个说法或填代码。", typed=words[:30])
    several = "、".join(f"{pick.label}（{pick.value}）" for pick in found[:4])
    return None, _l("“%(typed)s”对应好几个：%(several)s。请从清单里点选。", typed=words[:30], several=several)
