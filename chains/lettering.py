"""How wide words of the picture are, and names cut to the room that there is. Pure; 12 px text."""


def mark_width(mark: str) -> float:
    """Names are measured generously; two generous measures side by side would leave nothing of them."""
    return _width(mark) * (0.88 if mark.isascii() else 1)


def beside(mark: str) -> float:
    """What the tally of a node with children takes at its right."""
    return max(40.0, mark_width(mark) + 12)


def clip(name: str, room: float) -> str:
    """Cut a name that would reach the state word; the whole name stays in the label."""
    if _width(name) <= room:
        return name
    while name and _width(name) > room - 12:
        name = name[:-1]
    return f"{name}…"


def _width(text: str) -> float:
    """Generous, so that a name never touches the word beside it in any of the fonts we ask for."""
    return sum(12 if ord(one) > 0x2E7F else 8.4 if one.isupper() else 7 for one in text)
