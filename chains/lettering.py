"""How wide words of the picture are, and names cut to the room that there is. Pure; 12 px text."""

from typing import Final

_SIZE: Final = 12
_WIDE: Final = 1000
_OTHER: Final = 640
_ADVANCES: Final = {
    260: " .,:;'|·iljI", 350: "ftrJ-()[]/!", 500: "csvxyzk", 580: "aeL0123456789+=<>?FT", 640: "bdghnopquEPSYZ",
    700: "ABCKRVX&", 800: "wDGHNUOQ", 960: "mMW%@",
}  # fmt: skip
"""Letters by width in thousandths of the type size, never less than Noto Sans, Source Han Sans and Arial give."""
_ADVANCE: Final = {letter: width for width, letters in _ADVANCES.items() for letter in letters}
_BOLD: Final = 1.1
_AIR: Final = 2


def mark_width(mark: str) -> float:
    """The state word or the tally, which may be bold."""
    return _width(mark, bold=True)


def beside(mark: str) -> float:
    """What the tally of a node with children takes at its right."""
    return max(40.0, mark_width(mark) + 12)


def clip(name: str, room: float, *, bold: bool = False) -> str:
    """Cut a name that would reach the word beside it; the whole name stays in the label."""
    if _width(name, bold) <= room - _AIR:
        return name
    while name and _width(f"{name}…", bold) > room - _AIR:
        name = name[:-1]
    return f"{name.rstrip()}…"


def _width(text: str, bold: bool) -> float:
    """Of 12 px text, in px. Only letters grow when they are bold."""
    return sum(_advance(letter, bold) for letter in text) * _SIZE / _WIDE


def _advance(letter: str, bold: bool) -> float:
    if ord(letter) >= 0x2000:
        return _WIDE
    return _ADVANCE.get(letter, _OTHER) * (_BOLD if bold else 1)
