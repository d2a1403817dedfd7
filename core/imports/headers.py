"""Finding the header below title rows, over one row or two, and reading its words. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.fields.numbers import AREA_UNITS, MONEY_UNITS
from core.fields.texts import folded
from core.i18n import in_each_language
from core.imports.columns import Column, Place
from core.imports.sheets import Cell, Row

SEARCHED_ROWS: Final = 40
_BRACKETED = re.compile(r"[(\[【（〔]([^)\]】）〕]*)[)\]】）〕]")
_SQUEEZED = re.compile(r"[\s*＊:：、,，./\\_\-—“”\"']+")
_UNBRACKETED = re.compile(r"[\s()（）\[\]]|^单位[:：]?")
_MEASURES: Final = frozenset({*MONEY_UNITS, *AREA_UNITS})
_ROW_UNITS: Final = _MEASURES | {
    "人",
    "户",
    "家",
    "个",
    "项",
    "%",
    "吨",
    "千瓦时",
    "吨标准煤",
    "年",
    "-",
    "—",
}
_STEMS: Final = frozenset("甲乙丙丁戊己庚辛")
_UNIT_LINE = re.compile(r"单位\s*[:：]\s*[(（]?\s*([^\s;；。()（）]+)")
_UNIT_PARTS = re.compile(r"[、,，/]")
_BARE = re.compile(r"[+-]?[\d,.]+")
_OWNERS: Final = ("企业", "公司", "单位", "本单位", "本企业", "项目单位", "被推荐企业")
_FOOT_LENGTH: Final = 60
_FOOT_WORDS: Final = ("合计", "总计", "小计", "累计", "共计")
_FOOT_ROWS: Final = tuple(f"{word}行" for word in _FOOT_WORDS)
_FOOT_TOTAL = re.compile(rf"(?:{'|'.join(_FOOT_WORDS)})(?:[\d,.]+[家户个项条人]?)?|共[\d,.]+[家户个项条人]")
_FOOT_SIGNS = re.compile(
    r"(?:单位|企业|统计|部门|分管|主要)?(?:填表人?|制表人?|填报人?|审核人?|签发人?|复核人?|经办人?|负责人|领导"
    r"|(?:填报|填表|报出|上报|制表)?(?:日期|时间)|联系人|联系电话|电话|(?:填报|报送|制表)?单位|(?:数据|资料)来源"
    r"|签字|盖章|签章|公章|附?注\d*|备注|(?:填表)?说明)(?:\s*[:：(（]|签字|盖章|签章|$)"
)
_SIGNED_CELLS: Final = 3
_FOOT_FIRST: Final = 2
"""Among so many of a row's first cells a total stands: a number of the row may stand before it."""

_FOOT_BEGINS: Final = frozenset(" \u3000*＊:：、,，./\\_-—“”\"'([【（〔") | {
    *(word[0] for word in _FOOT_WORDS),
    *"共单企统部分主填制审签复经负领报上日时联电数资盖公附注备说",
}


@dataclass(frozen=True)
class Header:
    """The header of a sheet: its texts by column index, what they mean, and where the data begin.

    `doubled` lists the keys that two columns with the same words claim.
    """

    first_row: int
    last_row: int
    texts: Mapping[int, str]
    mapped: Mapping[str, Place]
    doubled: Sequence[str] = ()
    unit_line: str = ""

    @property
    def signature(self) -> str:
        """The same for sheets with the same words in the same columns."""
        words = "\n".join(f"{index}\t{squeezed(text)}" for index, text in sorted(self.texts.items()))
        return hashlib.sha256(words.encode()).hexdigest()


def squeezed(text: object) -> str:
    """A header's words for comparing: normal width, without brackets and their content, lower case."""
    return _SQUEEZED.sub("", _BRACKETED.sub("", folded(text))).lower()


def unit_in(text: object) -> str:
    """The unit in a header's brackets: 注册资本（亿元） → 亿元; empty when there is none."""
    for inside in _BRACKETED.findall(folded(text)):
        for word in _UNIT_PARTS.split(inside):
            unit = _bare_unit(word.replace("单位", ""))
            if unit in _MEASURES:
                return unit
    return ""


def _bare_unit(word: str) -> str:
    """万元 out of 人民币万元."""
    return word.strip(" :：").removeprefix("人民币")


def find(rows: Sequence[Row], columns: Sequence[Column]) -> Header | None:
    """The header among the first rows, or None when no row carries words that the columns know."""
    words = _words(columns)
    best: Header | None = None
    for place, (number, cells) in enumerate(rows[:SEARCHED_ROWS]):
        for candidate in _candidates(rows, place, number, cells, words):
            if best is None or len(candidate.mapped) > len(best.mapped):
                best = candidate
    if best is None or not best.mapped:
        return None
    if len(best.mapped) == 1 and not _bare_words(best.texts.values()):
        return None
    return _with_units(_with_rows_below(best, rows), rows, columns)


def _words(columns: Sequence[Column]) -> dict[str, str]:
    return {
        squeezed(word): column.key
        for column in columns
        for word in (column.key, *in_each_language(column.label), *column.synonyms)
    }


def _candidates(
    rows: Sequence[Row], place: int, number: int, cells: Sequence[Cell], words: Mapping[str, str]
) -> Iterable[Header]:
    """The row alone, and together with the next one where that adds words (a header of two rows)."""
    single = _texts(cells)
    yield _read(number, number, single, words)
    if place + 1 < len(rows) and rows[place + 1][0] == number + 1:
        below = _texts(rows[place + 1][1])
        both = {**single, **below}
        joined = _read(number, number + 1, both, words)
        alone = _read(number + 1, number + 1, below, words)
        repeated = sum(single.get(index) == text for index, text in below.items())
        if len(joined.mapped) > len(alone.mapped) or repeated:
            yield replace(joined, texts=_titled(single, both))
            if place + 2 < len(rows) and rows[place + 2][0] == number + 2:
                third = {**both, **_texts(rows[place + 2][1])}
                whole = _read(number, number + 2, third, words)
                if len(whole.mapped) > len(joined.mapped):
                    yield replace(whole, texts=_titled(_titled(single, both), third))


def _with_rows_below(header: Header, rows: Sequence[Row]) -> Header:
    """A row of units (万元 under 营业收入) and a row that numbers the columns (甲 乙 1 2) belong to the header."""
    mapped, last = dict(header.mapped), header.last_row
    for number, cells in rows:
        if number != last + 1:
            continue
        texts = _texts(cells)
        units = {index: _UNBRACKETED.sub("", text) for index, text in texts.items()}
        if texts and all(unit in _ROW_UNITS for unit in units.values()):
            for key, place in header.mapped.items():
                if not place.unit and units.get(place.index) in _MEASURES:
                    mapped[key] = replace(place, unit=units[place.index])
        elif not _numbers_columns(list(texts.values())):
            break
        last = number
    return replace(header, mapped=mapped, last_row=last)


def _numbers_columns(texts: Sequence[str]) -> bool:
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) < 4]
    rest = [text for text in texts if not text.isdecimal()]
    counted = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False
    return counted and len(numbers) > 1 and all(text in _STEMS for text in rest)


def _titled(above: Mapping[int, str], both: Mapping[int, str]) -> dict[int, str]:
    """Two-row words as one, 经营情况 / 营业收入, so that a person can tell columns apart."""
    return {
        index: text if above.get(index) in (None, text) else f"{above[index]} / {text}"
        for index, text in both.items()
    }


def _texts(cells: Sequence[Cell]) -> dict[int, str]:
    return {index: folded(cell)[:80] for index, cell in enumerate(cells) if cell is not None and folded(cell)}


def _read(first: int, last: int, texts: Mapping[int, str], words: Mapping[str, str]) -> Header:
    mapped: dict[str, Place] = {}
    claims: dict[str, str] = {}
    doubled: list[str] = []
    for index, text in sorted(texts.items()):
        word = squeezed(text)
        key = _key(word, words)
        if key is None:
            continue
        if key in mapped:
            if claims[key] == word:
                doubled.append(key)
            continue
        mapped[key], claims[key] = Place(index, unit_in(text)), word
    return Header(first, last, dict(texts), mapped, tuple(doubled))


def _key(word: str, words: Mapping[str, str]) -> str | None:
    if word in words:
        return words[word]
    for owner in _OWNERS:
        if word.startswith(owner) and word.removeprefix(owner) in words:
            return words[word.removeprefix(owner)]
    return None


def _bare_words(texts: Iterable[str]) -> bool:
    """Whether every cell could be a header word: no digits that make a row of data."""
    return not any(re.search(r"\d{3,}", text) for text in texts)


def _with_units(header: Header, rows: Sequence[Row], columns: Sequence[Column]) -> Header:
    """Units from the header's words, else from a “单位：” line. A column without bare numbers needs none;
    else it stays empty: somebody has to say."""
    lines = _unit_line(rows, header.last_row)
    mapped = dict(header.mapped)
    for column in columns:
        if not column.unit or column.key not in mapped:
            continue
        place = mapped[column.key]
        found = next((unit for unit in (place.unit, *lines) if unit in column.units), "")
        if not found and not _bare_numbers(rows, header.last_row, place.index):
            found = column.unit
        mapped[column.key] = replace(place, unit=found)
    return replace(header, mapped=mapped, unit_line="、".join(lines))


def _bare_numbers(rows: Sequence[Row], last_row: int, index: int) -> bool:
    """Whether a column, as far as it was looked at, holds numbers without a unit of their own."""
    cells = (cells[index] for number, cells in rows if number > last_row and index < len(cells))
    return any(isinstance(cell, (int, float)) or _BARE.fullmatch(folded(cell)) for cell in cells if cell)


def _unit_line(rows: Sequence[Row], last_row: int) -> list[str]:
    for number, cells in rows:
        if number > last_row:
            break
        for cell in cells:
            for found in _UNIT_LINE.findall(folded(cell)) if cell is not None else ():
                units = [unit for word in _UNIT_PARTS.split(found) if (unit := _bare_unit(word)) in _MEASURES]
                if units:
                    return units
    return []


def is_foot(cells: Sequence[Cell]) -> bool:
    """Totals and signature lines at the foot, by the row's cells in the order of the sheet."""
    filled = [cell for cell in cells if cell is not None]
    found = [_foot_text(cell) for cell in filled[:_FOOT_FIRST]]
    if any(text and _is_total(text) for text in found):
        return True
    if not found or not found[0] or not _FOOT_SIGNS.match(found[0]):
        return False
    signed = sum(bool(_FOOT_SIGNS.match(_foot_text(cell))) for cell in filled)
    return len(filled) <= _SIGNED_CELLS or signed > 1


def _foot_text(cell: Cell) -> str:
    """The cell's text if it can be that of a foot at all; told by its first character, for there are many rows."""
    if not isinstance(cell, str) or cell[:1] not in _FOOT_BEGINS or len(cell) > _FOOT_LENGTH:
        return ""
    return folded(cell)


def _is_total(text: str) -> bool:
    words = squeezed(text)
    return words.startswith(_FOOT_ROWS) or _FOOT_TOTAL.fullmatch(words) is not None


def is_header_again(cells: Mapping[str, Cell], texts: Mapping[str, str]) -> bool:
    """A header that is repeated on every printed page."""
    found = False
    for key, cell in cells.items():
        if cell is not None:
            if not isinstance(cell, str) or not texts.get(key, "").endswith(folded(cell)):
                return False
            found = True
    return found
