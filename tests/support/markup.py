"""Is a page well made: valid HTML, one h1, one main, unique ids, nothing inline that the policy forbids."""

from collections import Counter
from html.parser import HTMLParser

import html5lib

TOLERATED = {"expected-doctype-but-got-start-tag"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.labelled: set[str] = set()
        self.faults: list[str] = []
        self.folded = 0
        self.solid = 0

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self.folded:
            self.folded -= 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        if given.get("id"):
            self.ids[given["id"] or ""] += 1
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        if tag == "label" and given.get("for"):
            self.labelled.add(given["for"] or "")
        if tag == "details" and (self.folded or "open" not in given):
            self.folded += 1
        classes = (given.get("class") or "").split()
        if "btn-primary" in classes and "aria-current" not in given and not self.folded:
            self.solid += 1
        if "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"<{tag}> with inline style or handler")
        if tag == "script" and "src" not in given:
            self.faults.append("inline script")


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def links_of(html: str) -> list[str]:
    """Every address that the page links to, as written."""
    return _read(html).links


def check_page(html: str) -> list[str]:
    """What is wrong with a page, in words."""
    reader = _read(html)
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html)
    faults = reader.faults + [f"{code} {data}" for _at, code, data in parser.errors if code not in TOLERATED]
    faults += [f"id {name} stands {count} times" for name, count in reader.ids.items() if count > 1]
    faults += [f"label for {name}, which is not there" for name in reader.labelled - set(reader.ids)]
    if reader.tags["h1"] != 1:
        faults.append(f"{reader.tags['h1']} h1")
    if reader.tags["main"] != 1:
        faults.append(f"{reader.tags['main']} main")
    if reader.solid > 1:
        faults.append(f"{reader.solid} solid buttons in sight; one is the page's own")
    return faults
