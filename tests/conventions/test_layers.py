"""Who may import whom, beyond what import-linter's contracts in pyproject.toml can say."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOORS = ("staff", "portal", "public", "api", "cli")
LAYERS = ("core", "chains", "crm", "search", "webapp")
# A rule is a plain function of plain values: no session, no clock, no web.
NOT_IN_RULES = (
    "flask",
    "werkzeug",
    "wtforms",
    "sqlalchemy",
    "config",
    "core.db",
    "core.clock",
    "core.audit",
    "core.dirty",
)


def imported(path: Path) -> Iterator[str]:
    """Dotted names of the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def test_contracts_of_import_linter_hold() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[done.stdout.find("Broken contracts") :] + done.stderr


@pytest.mark.parametrize("door", DOORS)
def test_doors_never_import_one_another(door: str) -> None:
    others = [f"webapp.{other}" for other in DOORS if other != door]
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(f"webapp/{door}")
        for name in imported(path)
        if any(within(name, other) for other in others)
    ]
    assert not wrong, "\n".join(wrong)


def test_rules_know_no_session_no_clock_and_no_web() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules("crm")
        if path.stem == "rules" or path.parent.name == "rules"
        for name in imported(path)
        if any(within(name, forbidden) for forbidden in NOT_IN_RULES)
    ]
    assert not wrong, "\n".join(wrong)


def test_product_never_imports_tests() -> None:
    wrong = [path for path in modules(*LAYERS) for name in imported(path) if within(name, "tests")]
    assert not wrong


def test_only_edges_commit() -> None:
    """A verb that committed would tear its change from its audit row; `unit_of_work` alone commits."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules("crm", "chains")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert not wrong, wrong
