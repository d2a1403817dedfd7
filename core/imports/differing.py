"""What an import would change in records that stand already, cell by cell, and which values a person keeps. Pure.

A cell whose register value is kept leaves the values that will be written: from then on the row has nothing to
say about that field, in the run, after a crash and on the way back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.imports.handlers import NOTHING, ImportHandler

KEPT: Final = "kept"
"""Under this key a note holds the file's values that are not taken, by column."""

_FILLED: Final = "+"
_KEPT: Final = "-"


@dataclass(frozen=True)
class Cells:
    """Of one column, in cells: values that replace another, values for a blank, values that are not taken."""

    replaced: int = 0
    filled: int = 0
    kept: int = 0

    @property
    def changed(self) -> int:
        return self.replaced + self.filled

    @property
    def open(self) -> int:
        """Cells that a person can choose for."""
        return self.replaced + self.kept

    def __add__(self, other: "Cells") -> "Cells":
        return Cells(self.replaced + other.replaced, self.filled + other.filled, self.kept + other.kept)


def marks(note: Mapping[str, Any] | None) -> str:
    """`,legal_rep,+park,-name,`: replaced, put where nothing was, kept as it is; empty without a difference."""
    diff, kept = (note or {}).get("diff") or {}, (note or {}).get(KEPT) or {}
    signed = [
        f"{_KEPT if key in kept else _FILLED if diff[key][0] == NOTHING else ''}{key}" for key in sorted(diff)
    ]
    return f",{','.join(signed)}," if signed else ""


def forms_of(key: str) -> list[str]:
    """Every way in which a column can stand among the marks."""
    return [f",{sign}{key}," for sign in ("", _FILLED, _KEPT)]


def by_column(counted: Iterable[tuple[str, int]]) -> dict[str, Cells]:
    """Marks and how many rows bear them → the cells of each column, those with most choices first."""
    found: dict[str, Cells] = {}
    for marked, count in counted:
        for sign in marked.strip(",").split(","):
            key = sign.lstrip(_FILLED + _KEPT)
            one = (
                Cells(kept=count)
                if sign[0] == _KEPT
                else Cells(filled=count)
                if sign[0] == _FILLED
                else Cells(count)
            )
            found[key] = found.get(key, Cells()) + one
    return dict(sorted(found.items(), key=lambda item: (-item[1].open, -item[1].changed, item[0])))


def choosable(handler: ImportHandler) -> frozenset[str]:
    """Columns of which a person can keep the register's value. Personal ones leave no copy behind."""
    return frozenset(column.key for column in handler.columns if not column.personal) - handler.bound


def chosen(
    parsed: Mapping[str, Any] | None, note: Mapping[str, Any] | None, choices: Mapping[str, bool]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(values to write, note) after the choices, column → whether the register's value is kept.

    Only a value that would replace another one can be left out; what cannot be chosen stays as it is.
    """
    values, kept = dict(parsed or {}), dict((note or {}).get(KEPT) or {})
    diff = (note or {}).get("diff") or {}
    for key, keep in choices.items():
        if keep and key in values and key in diff and diff[key][0] != NOTHING:
            kept[key] = values.pop(key)
        elif not keep and key in kept:
            values[key] = kept.pop(key)
    rest = {name: value for name, value in (note or {}).items() if name != KEPT}
    return values, {**rest, **({KEPT: kept} if kept else {})}
