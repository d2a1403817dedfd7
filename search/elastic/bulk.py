"""The lines of a bulk request, and what its answer means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from search.document import Document, Key
from search.elastic import mapping
from search.engine import Entry, Failure

_PART = 1000

Write = tuple[Key, int, Document | None]
"""A key, the version it is written under, and the document; None deletes."""


def operations_of(writes: Sequence[Write]) -> list[dict[str, Any]]:
    """The lines of a bulk request."""
    lines: list[dict[str, Any]] = []
    for key, version, document in writes:
        about = {"_id": str(key), "version": version, "version_type": "external"}
        lines += [{"delete": about}] if document is None else [{"index": about}, mapping.source(document)]
    return lines


@dataclass(frozen=True)
class Lines:
    """The ready bodies of some bulk requests."""

    parts: list[bytes]
    documents: int


def lines_of(entries: Sequence[Entry]) -> Lines:
    """Bodies for a rebuild, made apart from sending them: it is the slower half."""
    parts = []
    for start in range(0, len(entries), _PART):
        part = entries[start : start + _PART]
        operations = operations_of([(document.key, version, document) for document, version in part])
        parts.append(b"\n".join(map(orjson.dumps, operations)) + b"\n")
    return Lines(parts, len(entries))


def deletions_of(keys: Sequence[tuple[Key, int]]) -> bytes:
    operations = operations_of([(key, version, None) for key, version in keys])
    return b"\n".join(map(orjson.dumps, operations)) + b"\n"


def failures_of(items: Sequence[dict[str, Any]]) -> dict[Key, Failure]:
    """409 is a success: something newer is there; so is a 404 when deleting."""
    failures: dict[Key, Failure] = {}
    for item in items:
        ((action, answer),) = item.items()
        status = answer["status"]
        if status < 300 or status == 409 or (action == "delete" and status == 404 and "error" not in answer):
            continue
        reason = str(status) if status == 404 else f"{status} {answer.get('error')}"[:500]
        failures[mapping.key_of(answer["_id"])] = Failure(reason, permanent=status == 400)
    return failures
