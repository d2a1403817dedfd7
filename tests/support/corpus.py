"""The kit's corpus of hostile files with credit codes whose check digits hold.

`python -m tests.support.corpus FOLDER`. The kit's own codes are made up, and a register that checks them
refuses every row of its good files; then nothing would be counted.
"""

import json
import re
import runpy
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.support.sheets import code

KIT = Path(__file__).resolve().parents[1] / "sec_kit"
_MADE_UP = re.compile(r"91110000MA000([01])(\d{3})X")


def _valid(text: str) -> str:
    return _MADE_UP.sub(lambda found: code(1000 * int(found[1]) + int(found[2])), text)


def make(folder: Path) -> None:
    kit: dict[str, Any] = runpy.run_path(str(KIT / "make_corpus.py"))
    names: dict[str, Any] = kit["imports"].__globals__
    names["GOOD"][:] = [[_valid(str(cell)) for cell in row] for row in names["GOOD"]]
    lines: Callable[[Sequence[Any]], str] = names["csvtext"]
    names["csvtext"] = lambda rows: _valid(lines(rows))
    folder.mkdir(parents=True, exist_ok=True)
    names["imports"](str(folder))
    names["attachments"](str(folder))
    for name, value in (("manifest", "M"), ("names", "NAMES"), ("texts", "TEXTS")):
        (folder / f"{name}.json").write_text(json.dumps(names[value]), "utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
