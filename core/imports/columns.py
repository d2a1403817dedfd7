"""Columns of an import: what they are called, how their cells are read, how values are kept in between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final, Literal, NamedTuple

from core.errors import Text
from core.fields.errors import FieldError
from core.fields.numbers import AREA_UNITS, MONEY_UNITS
from core.fields.texts import Raw, one_line, without_stray
from core.i18n import lazy as _l
from core.imports.sheets import Cell

Kind = Literal["text", "texts", "day", "decimal", "integer", "flag", "choice"]
Family = Literal["code", "number", "day", "choice", "text", "match"]

FAMILY_LABELS: Final[Mapping[str, Any]] = {
    "code": _l("代码"),
    "number": _l("数字"),
    "day": _l("日期"),
    "choice": _l("选项"),
    "text": _l("文字"),
    "match": _l("重复或对不上"),
}
"""The kinds of fault that the dry run can be filtered by."""

CLEANED: Final = "cleaned"
"""Stands beside them for a row that lost control characters and can be imported all the same."""


@dataclass(frozen=True)
class Column:
    """One column that a handler takes.

    `parse` turns a cell into a value and raises FieldError. A measured column (`unit` is that of its
    values) gets the sheet's unit: `parse(cell, unit=…)`. A `whole` column may be said once for the whole
    sheet, which often has it only in its title: the year, the source. What a `personal`
    column holds stays masked in the kept rows once they are written. `sample` is what the template shows.
    """

    key: str
    label: Text
    parse: Callable[..., Any]
    synonyms: tuple[str, ...] = ()
    kind: Kind = "text"
    family: Family = "text"
    required: bool = False
    unit: str = ""
    sample: str = ""
    whole: bool = False
    personal: bool = False

    @property
    def units(self) -> Mapping[str, Decimal]:
        """The units that bare numbers of a measured column can be in, each as so many of one base."""
        return {} if not self.unit else MONEY_UNITS if self.unit in MONEY_UNITS else AREA_UNITS


@dataclass(frozen=True)
class CellFault:
    """What is wrong with one cell (`key`) or with the whole row (`key` empty)."""

    key: str
    family: Family
    code: str
    message: Text


@dataclass(frozen=True)
class Place:
    """Where a column stands in the sheet, and the unit that its bare numbers are in (empty: nobody said).

    At `NOWHERE` it has one `value` for every row.
    """

    index: int
    unit: str = ""
    value: str = ""


NOWHERE: Final = -1
_REPEATING: Final = ("day", "flag", "choice", "decimal", "integer")
_REPEATING_FAMILIES: Final = ("choice",)
_MOST_KNOWN: Final = 5000
_FAILED_FORMULAS: Final = frozenset(
    ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!")
)

Mapped = Mapping[str, Place]
"""Column key → its place in the sheet."""


def letter(index: int) -> str:
    """0 → A, 26 → AA: the column as the sheet names it."""
    name = ""
    while index >= 0:
        name = chr(65 + index % 26) + name
        index = index // 26 - 1
    return name


class Reading(NamedTuple):
    """The values of one row, what is wrong with its cells, and the columns whose cells lost control characters."""

    values: dict[str, Any]
    faults: list[CellFault]
    cleaned: list[str]


class RowReader:
    """Reads the cells of one sheet. What columns of few values (days, choices, numbers) hold is read once."""

    def __init__(self, columns: Sequence[Column], mapped: Mapped) -> None:
        self._readers = [
            _CellReader(column, mapped[column.key].unit) for column in columns if column.key in mapped
        ]

    def read(self, cells: Mapping[str, Cell]) -> Reading:
        """Blank cells give no value."""
        values: dict[str, Any] = {}
        faults: list[CellFault] = []
        cleaned: list[str] = []
        for reader in self._readers:
            cell = cells.get(reader.key)
            try:
                value = None if cell is None else reader.value(cell)
            except FieldError as error:
                bare = reader.cleaned(cell)
                if bare is None:
                    faults.append(CellFault(reader.key, reader.family, error.code, str(error)))
                    continue
                value = reader.value(bare)
                cleaned.append(reader.key)
            if value is not None and value != []:
                values[reader.key] = value
            elif reader.required:
                faults.append(CellFault(reader.key, reader.family, "required", _l("不能空着。")))
        return Reading(values, faults, cleaned)


class _CellReader:
    def __init__(self, column: Column, unit: str) -> None:
        self.key, self.family, self.required = column.key, column.family, column.required
        self._parse = partial(column.parse, unit=unit or column.unit) if column.unit else column.parse
        self._repeats = column.kind in _REPEATING or column.family in _REPEATING_FAMILIES
        self._known: dict[str, Any] = {}

    def cleaned(self, cell: Raw) -> str | None:
        """A refused cell that is sound once its control characters are gone, as after pasting from a page, or its
        line breaks, where the column has room for one line."""
        if isinstance(cell, str):
            stray = without_stray(cell)
            for bare in (stray, one_line(stray)):
                if bare != cell and self._sound(bare):
                    return bare
        return None

    def _sound(self, cell: str) -> bool:
        try:
            self.value(cell)
        except FieldError:
            return False
        return True

    def value(self, cell: Raw) -> Any:
        if isinstance(cell, str) and cell[:1] == "#" and cell in _FAILED_FORMULAS:
            message = _l("这一格的公式出错（%(value)s），请改成它该有的值。", value=cell)
            raise FieldError("formula", message)
        if not self._repeats or not isinstance(cell, str):
            return self._parse(cell)
        if cell in self._known:
            return self._known[cell]
        value = self._parse(cell)
        if len(self._known) < _MOST_KNOWN:
            self._known[cell] = value
        return value


def plain(value: Any) -> Any:
    """For `orjson.dumps(default=)`: exact numbers as text; days are ISO text by themselves."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def restorer(columns: Sequence[Column]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Gives the values of rows as they were before they were kept as JSON."""
    makers: dict[str, Callable[[Any], Any]] = {
        column.key: date.fromisoformat if column.kind == "day" else Decimal
        for column in columns
        if column.kind in ("day", "decimal")
    }

    def restored(kept: Mapping[str, Any]) -> dict[str, Any]:
        values = dict(kept)
        for key in makers.keys() & values.keys():
            if values[key] is not None:
                values[key] = makers[key](values[key])
        return values

    return restored
