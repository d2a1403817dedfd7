"""The shape of files: what STYLE says about packages, imports, length and names."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("config.py", "core", "chains", "crm", "search", "webapp", "scripts", "migrations")
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
NAMELESS = {"util", "utils", "helper", "helpers", "common", "misc", "tools"}
# Words of the place where the product is made; the repository speaks of the product alone.
WORKPLACE = re.compile(
    r"/work/|\.\./shared|\bshared/[A-Za-z_]|\bsub-?agent|\b(?:BRIEF|DESIGN|STYLE|DOMAIN|SECURITY|SEARCH|ECOSYSTEM)\.md"
    r"|\bissue [0-9]|\bissues show"
)
SAYS_SO_ITSELF = {"tests/conventions/test_shape.py"}


@cache
def tracked() -> tuple[str, ...]:
    """Every file of the repository, and those that are about to be added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return tuple(name for name in listed.stdout.splitlines() if (ROOT / name).is_file())


def product_files() -> list[Path]:
    return [ROOT / name for name in tracked() if name.endswith(".py") and name.split("/")[0] in PRODUCT]


def in_repository(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_package_files_are_empty_or_a_docstring() -> None:
    wrong = []
    for path in product_files():
        if path.name != "__init__.py":
            continue
        body = ast.parse(path.read_text()).body
        if not (
            not body
            or (len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant))
        ):
            wrong.append(in_repository(path))
    assert not wrong, wrong


def test_no_import_hides_inside_a_function() -> None:
    wrong = []
    for path in product_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = [deep for deep in ast.walk(node) if isinstance(deep, ast.Import | ast.ImportFrom)]
                wrong += [f"{in_repository(path)}:{found.lineno}" for found in inside]
    assert not wrong, wrong


def test_files_are_about_one_thing() -> None:
    """A file past 300 lines or a function past 40 hides a second thing (migrations list tables and may)."""
    wrong = []
    for path in product_files():
        if path.parent.name == "versions":
            continue
        text = path.read_text()
        if (lines := text.count("\n")) > LONGEST_FILE:
            wrong.append(f"{in_repository(path)}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    wrong.append(f"{in_repository(path)}:{node.lineno} {node.name}: {length} lines")
    assert not wrong, "\n".join(wrong)


def test_files_are_named_after_a_subject() -> None:
    wrong = [in_repository(path) for path in product_files() if path.stem in NAMELESS]
    assert not wrong, wrong


def test_silenced_checks_give_their_reason() -> None:
    """`# type: ignore[...]` and `# noqa: X` stand with a reason: a second comment, or words after the code."""
    silencer = re.compile(
        r"#\s*(?:type:\s*ignore(?P<codes>\[[^]]*\])?|noqa(?P<rules>:\s*[A-Z0-9, ]+)?)(?P<rest>.*)$"
    )
    wrong = []
    for path in product_files():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = silencer.search(line)
            if match and not (match["codes"] or match["rules"]):
                wrong.append(f"{in_repository(path)}:{number}: name what is silenced")
            elif match and len(re.sub(r"[^\w]", "", match["rest"])) < 8:
                wrong.append(f"{in_repository(path)}:{number}: say why")
    assert not wrong, "\n".join(wrong)


def test_nothing_is_left_for_later_in_the_code() -> None:
    wrong = [
        f"{in_repository(path)}:{number}"
        for path in product_files()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line) and not path.name.startswith("test_")
    ]
    assert not wrong, wrong


def test_repository_speaks_of_the_product_alone() -> None:
    wrong = []
    for name in tracked():
        path = ROOT / name
        if (
            name in SAYS_SO_ITSELF
            or name.startswith(("data/", "webapp/static/vendor/"))
            or path.stat().st_size > 2_000_000
        ):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        wrong += [f"{name}: {match[0]!r}" for match in WORKPLACE.finditer(text)]
    assert not wrong, "\n".join(wrong)
