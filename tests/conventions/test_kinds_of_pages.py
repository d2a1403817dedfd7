"""Every page has chosen its kind: the table of `docs/pages.md` holds each address of the URL map exactly once."""

import re
from collections import Counter
from pathlib import Path

from tests.support import crawl

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "pages.md"
HEADING = "## Which page is of which kind"
FOR_PROGRAMS = "api."
DESCRIBED = "api.documentation"
NO_PAGE = "no page"


def _rows(part: str) -> dict[str, str]:
    """First cell → the rest of a table's row."""
    found = re.findall(r"^\| ([a-z ]+) \| (.+) \|$", part, re.MULTILINE)
    return {name: rest for name, rest in found if name != "kind"}


def _read() -> tuple[set[str], dict[str, list[str]]]:
    """The kinds as the first table describes them; the addresses of each by the second one."""
    described, table = DOCUMENT.read_text("utf-8").split(HEADING)
    return set(_rows(described)), {
        kind: re.findall(r"`([a-z_.]+)`", cell) for kind, cell in _rows(table).items()
    }


def test_every_page_has_one_kind() -> None:
    kinds, table = _read()
    told = Counter(endpoint for endpoints in table.values() for endpoint in endpoints)
    routed = {
        rule.endpoint for rule in crawl.url_map().iter_rules() if rule.methods and "GET" in rule.methods
    }
    routed = {name for name in routed if not name.startswith(FOR_PROGRAMS) or name == DESCRIBED}
    assert sorted(routed - set(told)) == [], "a new page takes its place in docs/pages.md"
    assert sorted(set(told) - routed) == [], "docs/pages.md names what is gone"
    assert [name for name, count in told.items() if count > 1] == []
    assert set(table) - {NO_PAGE} <= kinds
    assert kinds - set(table) == {"refusal"}  # an answer, not an address
