"""Every setting stands in the table of docs/operations.md, and the table names none that does not exist."""

import re
from dataclasses import fields
from pathlib import Path

import config

ROOT = Path(__file__).resolve().parents[2]
NESTED = {"elasticsearch": (config.Elasticsearch, "ELASTICSEARCH_"), "outside": (config.Outside, "")}


def _settings() -> set[str]:
    names = set()
    for field in fields(config.Settings):
        if field.name in NESTED:
            kind, prefix = NESTED[field.name]
            names |= {f"{prefix}{each.name}".upper() for each in fields(kind)}
        else:
            names.add(field.name.upper())
    return names


def _table() -> set[str]:
    text = (ROOT / "docs/operations.md").read_text("utf-8").split("## Settings\n", 1)[1].split("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    cells = [row.split("|") for row in rows]
    return {
        name
        for row in cells
        for name in re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`", f"{row[1]} {row[3]}")
    }


def test_every_setting_is_explained() -> None:
    assert len(_settings()) > 25
    assert _settings() - _table() == set()


def test_what_the_program_reads_from_the_environment_is_explained() -> None:
    read = set(
        re.findall(r'(?:env\.get\(|env\[)"([A-Z][A-Z0-9_]+)"', (ROOT / "config.py").read_text("utf-8"))
    )
    assert len(read) > 25
    assert read - _table() == set()


def test_the_table_names_no_setting_that_is_not_read() -> None:
    source = "".join(path.read_text("utf-8") for path in [ROOT / "config.py", *ROOT.glob("core/**/*.py")])
    assert {name for name in _table() if f'"{name}' not in source} == set()
