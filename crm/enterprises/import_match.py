"""Which record a line of a sheet belongs to (DOMAIN 3): by credit code, then stock code, else a suspect.

Two different credit codes are never one enterprise, whatever the names say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from core.bulk import among
from core.imports.handlers import Line
from core.text import forms
from crm.enterprises import queries
from crm.enterprises.models import Enterprise

COMPARED: Final = (
    "uscc", "stock_code", "name", "short_name", "english_name", "reg_status", "legal_rep", "reg_capital_wan",
    "founded_on", "listed_on", "region_code", "park_id", "unit_id", "industry_code", "industry_text",
    "reg_address", "site_address", "main_products", "scope_text", "above_scale",
)  # fmt: skip
"""What an import can write of an enterprise."""


@dataclass
class Matches:
    """The records that a batch of lines may belong to, read in at most five statements."""

    by_id: dict[int, Row[Any]] = field(default_factory=dict)
    by_uscc: dict[str, int] = field(default_factory=dict)
    by_stock: dict[str, int] = field(default_factory=dict)
    by_name: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def of(self, values: Mapping[str, Any], decision: str) -> tuple[int | None, list[int]]:
        """(the record, suspects). A decision for one of the suspects makes it the record."""
        uscc, stock = values.get("uscc"), values.get("stock_code")
        found = self.by_uscc.get(uscc or "") or self.by_stock.get(stock or "")
        if found is not None:
            return found, []
        suspects = [
            number
            for number in dict.fromkeys(self.by_name.get(forms.normal_form(values.get("name", "")), ()))
            if uscc is None or self.by_id[number].uscc is None
        ]
        if decision == "new":
            return None, []
        if decision.isdigit() and int(decision) in suspects:
            return int(decision), []
        return None, suspects

    def clash(self, values: Mapping[str, Any], record_id: int) -> Row[Any] | None:
        """The record that holds the line's other code, when the two codes belong to different ones."""
        uscc, stock = values.get("uscc"), values.get("stock_code")
        record = self.by_id[record_id]
        if uscc and record.uscc and record.uscc != uscc:
            return record
        other = self.by_stock.get(stock or "")
        return self.by_id[other] if other is not None and other != record_id else None


def find(session: Session, lines: Iterable[Line], *, lock: bool = False) -> Matches:
    """Read the candidates. With `lock` they stay as they are until the end of the transaction."""
    values = [line.values for line in lines]
    matches = Matches()
    _take(session, matches, Enterprise.uscc, _present(values, "uscc"), lock)
    _take(session, matches, Enterprise.stock_code, _present(values, "stock_code"), lock)
    names = {
        forms.normal_form(each["name"])
        for each in values
        if "name" in each
        and each.get("uscc") not in matches.by_uscc
        and each.get("stock_code") not in matches.by_stock
    }
    if names:
        matches.by_name = queries.same_core_name(session, sorted(names))
        missing = {number for found in matches.by_name.values() for number in found} - matches.by_id.keys()
        if missing:
            _take(session, matches, Enterprise.id, sorted(missing), lock)
    return matches


def _present(values: Iterable[Mapping[str, Any]], key: str) -> list[str]:
    return sorted({each[key] for each in values if each.get(key)})


def _take(session: Session, matches: Matches, column: Any, wanted: Sequence[Any], lock: bool) -> None:
    if not wanted:
        return
    columns = [getattr(Enterprise, name) for name in COMPARED]
    found = among(session, column, wanted)
    statement = select(Enterprise.id, Enterprise.public_id, *columns).where(found).order_by(Enterprise.id)
    if lock:
        statement = statement.with_for_update()
    for row in session.execute(statement):
        matches.by_id[row.id] = row
        if row.uscc:
            matches.by_uscc[row.uscc] = row.id
        if row.stock_code:
            matches.by_stock[row.stock_code] = row.id
