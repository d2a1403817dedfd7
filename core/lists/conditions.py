r"""The grammar in which a list's conditions stand in an address. Pure: text in, values out, and back.

A group is `field:op:value,value|field:op:value`: the conditions of a group are joined by OR, groups by AND.
`op` may be left out (`park:3`), then the field's own first operator counts. A backslash stands before a
character of `: , | \` that belongs to a value. What cannot be understood is left out, never an error.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OPS = ("in", "not", "has", "is", "ge", "le", "between", "last", "next", "empty", "filled")
BARE_OPS = ("empty", "filled")
"""Operators that stand without a value."""

MOST_GROUPS, MOST_CONDITIONS, MOST_VALUES, LONGEST = 20, 10, 50, 200
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_SPECIAL = re.compile(r"([\\:,|])")


@dataclass(frozen=True)
class Condition:
    """One condition: the field's name, an operator ("" for the field's own), the values as text."""

    field: str
    op: str = ""
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [self.field, *([self.op] if self.op else [])]
        if self.values:
            parts.append(",".join(_SPECIAL.sub(r"\\\1", value) for value in self.values))
        return ":".join(parts)


Group = tuple[Condition, ...]
"""Conditions of which one must hold."""


def parse(texts: Iterable[str]) -> tuple[Group, ...]:
    """The groups of an address, one text each; unintelligible parts are left out."""
    found = (parse_group(text) for _at, text in zip(range(MOST_GROUPS), texts, strict=False))
    return tuple(group for group in found if group)


def parse_group(text: str) -> Group:
    """Conditions joined by OR."""
    if len(text) > 4 * LONGEST * MOST_CONDITIONS:
        return ()
    found = (_condition(part) for part in _split(text, "|")[:MOST_CONDITIONS])
    return tuple(dict.fromkeys(each for each in found if each is not None))


def format_group(group: Sequence[Condition]) -> str:
    return "|".join(str(condition) for condition in group)


def _condition(text: str) -> Condition | None:
    parts = _split(text, ":")
    name = parts[0].strip()
    if not _NAME.match(name) or len(parts) < 2:
        return None
    op, rest = ("", parts[1:]) if parts[1] not in OPS else (parts[1], parts[2:])
    if op in BARE_OPS:
        return Condition(name, op)
    values = [_plain(value) for value in _split(":".join(rest), ",")[:MOST_VALUES]]
    kept = tuple(dict.fromkeys(value for value in values if value))
    # A range may be open at one side, so there the places of the values count.
    if op == "between" and len(values) == 2 and kept:
        return Condition(name, op, tuple(values))
    return Condition(name, op, kept) if kept else None


def _split(text: str, at: str) -> list[str]:
    """Parts between unescaped separators; escapes stay, so that parts can be split again."""
    parts, here, escaped = [], "", False
    for character in text:
        if character == at and not escaped:
            parts.append(here)
            here = ""
            continue
        escaped = character == "\\" and not escaped
        here += character
    return [*parts, here]


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).strip()[:LONGEST]
