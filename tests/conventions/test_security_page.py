"""docs/security.md: every row stands there once, says honestly whether it holds, and names tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
ROWS = {
    *(f"A{number}" for number in range(1, 12)),
    *(f"B{number}" for number in range(1, 9)),
    *(f"C{number}" for number in (*range(1, 9), 10)),
    *(f"D{number}" for number in range(1, 8)),
    *(f"E{number}" for number in range(1, 6)),
    *("F1", "F2", "F7"),
    *(f"G{number}" for number in range(1, 5)),
    *(f"R{number}" for number in range(1, 25)),
    *("R2", "R4", "R10"),
}
STATES = ("held", "in part", "not held")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def _rows() -> list[tuple[str, str, str]]:
    """(row, state, tests and note) of each line of the tables."""
    found = []
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"[A-GR]\d+", cells[0]):
            assert len(cells) == 4, line
            found.append((cells[0], cells[2], cells[3]))
    return found


@cache
def _tests_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_row_stands_there_once() -> None:
    names = [name for name, _state, _note in _rows()]
    assert sorted(names) == sorted(set(names))
    assert set(names) >= ROWS, sorted(ROWS - set(names))


def test_every_row_says_whether_it_holds_and_what_is_missing() -> None:
    wrong = []
    for name, state, note in _rows():
        beyond_tests = re.sub(r"[\s,;.]", "", TEST.sub("", note))
        if state not in STATES:
            wrong.append(f"{name}: state {state!r}")
        if state == "held" and not TEST.search(note):
            wrong.append(f"{name}: held, but no test is named")
        if state != "held" and not beyond_tests:
            wrong.append(f"{name}: {state}, but what is missing is not said")
    assert not wrong, "\n".join(wrong)


def test_every_named_test_exists() -> None:
    named = TEST.findall(PAGE.read_text("utf-8"))
    assert named
    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).is_file() or test not in _tests_in(path)
    ]
    assert not missing, "\n".join(missing)
