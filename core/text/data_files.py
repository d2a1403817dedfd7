"""Tables that ship with the tokeniser: one entry a line, `#` starts a comment line."""

from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path(__file__).with_name("data")


def entries(name: str) -> Iterator[str]:
    """The lines of data file `name` without comments."""
    with (_FOLDER / name).open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#") and (text := line.strip()):
                yield text
