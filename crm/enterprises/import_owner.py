"""Which enterprise a line of another sheet belongs to: its yearly figures, its placements, its place on a list.

Unlike a line that registers an enterprise it never makes one: what nothing fits is named with the cure.
"""

from collections.abc import Mapping
from typing import Any

from core.i18n import _
from core.imports.columns import CellFault
from core.imports.handlers import Line
from crm.enterprises.import_match import Matches


def owner_of(line: Line, matches: Matches) -> tuple[int | None, list[tuple[int, str]], list[CellFault]]:
    """(the enterprise, those it may be, what is wrong). One that bears exactly the written name needs no asking."""
    found, suspects = matches.of(line.values, line.decision)
    if found is None and suspects:
        name = str(line.values.get("name", "")).strip()
        exact = [number for number in suspects if matches.by_id[number].name == name]
        if len(exact) == 1:
            found = exact[0]
    if found is not None:
        return found, [], clash(line.values, matches, found)
    if suspects:
        return None, [(number, label(matches, number)) for number in suspects], []
    message = _(
        "企业库里没有“%(name)s”。请先在企业库登记或导入这家企业，再导入本表。",
        name=line.values.get("name") or line.values.get("uscc") or line.values.get("stock_code") or "",
    )
    return None, [], [CellFault("name", "match", "enterprise_unknown", message)]


def clash(values: Mapping[str, Any], matches: Matches, number: int) -> list[CellFault]:
    """Two codes of one line that the register knows of different enterprises."""
    other = matches.clash(values, number)
    if other is None:
        return []
    message = _("这两个代码在库里属于不同的企业，另一家是“%(name)s”。", name=other.name)
    return [CellFault("uscc" if "uscc" in values else "stock_code", "code", "clash", message)]


def label(matches: Matches, number: int) -> str:
    """A record as a person chooses among several of one name."""
    row = matches.by_id[number]
    return f"{row.name}（{row.uscc or row.stock_code or _('无代码')}）"
