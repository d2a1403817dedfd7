"""What stands in a cell of progress: contacts, each with its day and a sentence. Pure.

Officials keep one or several in a cell: “2026-03-02 拜访；2026年5月10日：视频会议，对方考虑扩产”.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.fields import days
from core.fields.errors import FieldError
from core.i18n import lazy as _l

_DAY: Final = re.compile(r"(?<!\d)(\d{4}(?:年|[-/.])\d{1,2}(?:月|[-/.])\d{1,2}日?)[\s：:，,]*")
_EDGES: Final = " \t\n；;。，,、：:"
SHORTEST: Final = 2


@dataclass(frozen=True)
class Contact:
    """One contact of the past."""

    on: date
    words: str


def contacts(text: str, last_on: date | None, today: date) -> Sequence[Contact]:
    """The contacts in a cell, oldest first; words without a day belong to `last_on`.

    Raises FieldError for a day that is none or lies ahead, and for words whose day nobody says.
    """
    parts = _DAY.split(text.strip())
    found = []
    if head := parts[0].strip(_EDGES):
        if last_on is None:
            raise FieldError("no_day", _l("进展前面要写日期，如“2026-03-02 拜访”，或另填“最近跟进日”。"))
        found.append(Contact(last_on, head))
    for written, words in zip(parts[1::2], parts[2::2], strict=True):
        day = days.day(written)
        if day is not None and len(words.strip(_EDGES)) >= SHORTEST:
            found.append(Contact(day, words.strip(_EDGES)))
    if ahead := [each for each in found if each.on > today]:
        raise FieldError("future", _l("进展日期 %(day)s 还没有到。", day=ahead[0].on.isoformat()))
    return sorted(found, key=lambda each: each.on)
