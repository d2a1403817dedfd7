"""Judging an engine by a file of documents, queries and what is expected of them.

Form: `corpus` (id, type, name, aliases, code, region, industry, body, weight, acl) and `queries` (q,
expect_top, not_expect, kind, rank1, acl, filters, optional). expect_top[0] must be first unless rank1 is
false; the others must be among the first max(5, 2 × their number); not_expect must not be among the
first ten; for the kind no_result nothing may be found.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.document import Document, Filters
from search.engine import Engine

_FACET_OF = {"type": "kind"}
_DEPTH = 50


@dataclass(frozen=True)
class Verdict:
    """One query: what was found, and what is wrong with it."""

    typed: str
    kind: str
    optional: bool
    faults: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.faults


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def documents(corpus: list[Mapping[str, Any]]) -> list[Document]:
    """The corpus as documents; inner ids are the positions in the file."""
    return [
        Document(
            kind=row["type"],
            id=number,
            public_id=row["id"],
            path=f"/{row['type']}/{row['id']}",
            title=row["name"],
            acl=tuple(row.get("acl") or ["pub"]),
            aliases=tuple(row.get("aliases") or ()),
            former=tuple(row.get("former") or ()),
            codes=(row["code"],) if row.get("code") else (),
            region=row.get("region") or "",
            industry=row.get("industry") or "",
            body=row.get("body") or "",
            weight=int(row.get("weight") or 0),
        )
        for number, row in enumerate(corpus, start=1)
    ]


def judge(engine: Engine, content: Mapping[str, Any]) -> Iterator[Verdict]:
    """Load the corpus into an empty engine and put every query to it."""
    engine.index([(document, 1) for document in documents(content["corpus"])])
    engine.refresh()
    for row in content["queries"]:
        yield _verdict(engine, row)


def _verdict(engine: Engine, row: Mapping[str, Any]) -> Verdict:
    chosen = row.get("filters") or {}
    filters = Filters.of(
        **{
            _FACET_OF.get(facet, facet): [values] if isinstance(values, str) else list(values)
            for facet, values in chosen.items()
        }
    )
    results = engine.search(row["q"], row.get("acl") or ["pub"], filters, size=_DEPTH)
    found = tuple(hit.card.public_id for hit in results.hits)
    return Verdict(
        typed=row["q"],
        kind=row.get("kind", ""),
        optional=bool(row.get("optional")),
        faults=tuple(_faults(row, found)),
        found=found[:10],
    )


def _faults(row: Mapping[str, Any], found: tuple[str, ...]) -> Iterator[str]:
    expected = list(row.get("expect_top") or ())
    if row.get("kind") == "no_result" and found:
        yield f"expected nothing, found {len(found)}"
    if expected and row.get("rank1") is not False and found[:1] != tuple(expected[:1]):
        yield f"first is {found[0] if found else 'nothing'}, expected {expected[0]}"
    depth = max(5, 2 * len(expected))
    for wanted in expected:
        if wanted not in found[:depth]:
            yield f"{wanted} is not among the first {depth}"
    for unwanted in row.get("not_expect") or ():
        if unwanted in found[:10]:
            yield f"{unwanted} must not be among the first 10"
