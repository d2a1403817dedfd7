"""The hashed requirements of pip users say the same as uv.lock."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[2]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text())
PACKAGES: dict[str, dict[str, Any]] = {package["name"]: package for package in LOCK["package"]}


def stated(path: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Name to version and hashes, as a requirements file has them."""
    text = path.read_text().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if match := re.match(r"([a-z0-9._-]+)(?:\[[^]]*\])?==([^ ;]+)", line):
            found[match[1]] = (match[2], frozenset(re.findall(r"--hash=(sha256:[0-9a-f]+)", line)))
    return found


def closure(roots: list[dict[str, Any]]) -> set[str]:
    """Every package that these dependencies draw in, extras included."""
    seen: set[tuple[str, str]] = set()
    waiting = [(entry["name"], extra) for entry in roots for extra in ["", *entry.get("extra", [])]]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        package = PACKAGES[name]
        needed = (
            package.get("optional-dependencies", {}).get(extra, [])
            if extra
            else package.get("dependencies", [])
        )
        waiting += [(entry["name"], more) for entry in needed for more in ["", *entry.get("extra", [])]]
    return {name for name, _ in seen}


def locked(names: set[str]) -> dict[str, tuple[str, frozenset[str]]]:
    return {
        name: (
            PACKAGES[name]["version"],
            frozenset(
                file["hash"]
                for file in [PACKAGES[name].get("sdist"), *PACKAGES[name].get("wheels", [])]
                if file
            ),
        )
        for name in names
    }


@pytest.mark.parametrize(("file", "groups"), [("requirements.txt", []), ("requirements-dev.txt", ["dev"])])
def test_requirements_are_those_of_the_lock(file: str, groups: list[str]) -> None:
    project = PACKAGES["lianzhao"]
    roots = list(project["dependencies"])
    for group in groups:
        roots += project["dev-dependencies"][group]
    assert stated(ROOT / file) == locked(closure(roots)), "run `make lock` and commit what it writes"


def test_lock_follows_pyproject() -> None:
    """Names, specifiers, extras and markers of pyproject.toml are what the lock was made from."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    metadata = PACKAGES["lianzhao"]["metadata"]
    assert _asked(metadata["requires-dist"]) == _written(project["project"]["dependencies"])
    assert _asked(metadata["requires-dev"]["dev"]) == _written(project["dependency-groups"]["dev"])


def _asked(entries: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {
        (entry["name"], entry.get("specifier", ""), str(Marker(entry["marker"])) if "marker" in entry else "")
        for entry in entries
    }


def _written(lines: list[str]) -> set[tuple[str, str, str]]:
    found = set()
    for line in lines:
        requirement, _, marker = line.partition(";")
        match = re.fullmatch(r"([a-z0-9-]+)(?:\[[^]]*\])?(.*)", requirement.strip())
        assert match, line
        found.add((match[1], match[2].strip(), str(Marker(marker.strip())) if marker else ""))
    return found
