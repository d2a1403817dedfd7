"""Writes docs/lifecycles.md: every table of states and steps as it stands in the code.

`python scripts/lifecycles.py` writes the page, `--check` says whether it is up to date.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.lifecycle_table import Lifecycle
from webapp.staff.lifecycles import tables

PAGE = Path(__file__).resolve().parents[1] / "docs" / "lifecycles.md"


def main() -> int:
    text = document()
    if "--check" in sys.argv:
        same = PAGE.is_file() and PAGE.read_text("utf-8") == text
        print("docs/lifecycles.md is up to date" if same else "run scripts/lifecycles.py")
        return 0 if same else 1
    PAGE.write_text(text, "utf-8")
    return 0


def document() -> str:
    """The Markdown page, in Chinese."""
    parts = ["# 流程说明\n\n本页由 `scripts/lifecycles.py` 从代码里的流程表生成，不要手改。\n"]
    for table in tables.TABLES:
        parts.append(f"\n## {table.label}（`{table.code}`）\n")
        parts.append("状态：" + " · ".join(_state(table, code) for code in table.codes()) + "\n")
        parts.append(
            "| 步骤 | 从 | 到 | 谁办 | 需要 | 办不成时的提示 | 说明 |\n|---|---|---|---|---|---|---|"
        )
        parts += [_row(line) for line in tables.lines(table)]
        parts.append("")
    return "\n".join(parts).rstrip("\n") + "\n"


def _state(table: Lifecycle, code: str) -> str:
    marks = [mark for mark, holds in (("起点", code == table.initial), ("终点", table.closed(code))) if holds]
    return f"{table.label_of(code)}（{'，'.join(marks)}）" if marks else str(table.label_of(code))


def _row(line: tables.Line) -> str:
    def cell(parts: Sequence[str]) -> str:
        return "；".join(parts).replace("|", "/") or "—"

    told = [str(line.label), line.sources, line.target, line.who]
    return f"| {' | '.join(told)} | {cell(line.needs)} | {cell(line.guards)} | {cell(line.remarks)} |"


if __name__ == "__main__":
    raise SystemExit(main())
