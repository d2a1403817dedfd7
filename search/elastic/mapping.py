"""The index: its mapping, its settings, its name by the hash of both."""

import hashlib
import json
from typing import Any

from search import tokens
from search.document import Card, Document, Key
from search.tokens import TOKEN_VERSION

_CARD_BODY = 500


def _text(**options: Any) -> dict[str, Any]:
    return {"type": "text", "analyzer": "whitespace", "norms": False, **options}


_PHRASES = _text(position_increment_gap=100)
_STARTS = _text(index_options="docs")
_EXACT = {"type": "keyword"}
_TOKEN_FIELDS = ("name", "alias", "body", "py", "ini", "keys", "sounds", "acl")

MAPPING: dict[str, Any] = {
    "dynamic": "strict",
    "_source": {"excludes": list(_TOKEN_FIELDS)},
    "properties": {
        "name": _PHRASES,
        "alias": _PHRASES,
        "body": _PHRASES,
        "py": _STARTS,
        "ini": _STARTS,
        "keys": _EXACT,
        "sounds": _EXACT,
        "acl": _EXACT,
        "kind": _EXACT,
        "id": {"type": "long"},
        "region": _EXACT,
        "industry": _EXACT,
        "status": _EXACT,
        "weight": {"type": "integer"},
        "updated": {"type": "date"},
        "card": {"type": "object", "enabled": False},
    },
}
SETTINGS: dict[str, Any] = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "refresh_interval": "1s",
    "gc_deletes": "24h",
}
"""An unset refresh interval lets an idle shard wait for the next search. `gc_deletes` must outlive the
oldest write under way, or a late older write brings a deleted document back."""

BUILDING = {**SETTINGS, "auto_expand_replicas": "false", "number_of_replicas": 0, "refresh_interval": "-1"}


def fingerprint() -> str:
    """Names indexes, so that a changed mapping is noticed."""
    content = json.dumps([MAPPING, SETTINGS, TOKEN_VERSION], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:10]


def source(document: Document) -> dict[str, Any]:
    """A document as it is sent."""
    made = tokens.of(document)
    phrases = {
        field: [" ".join(phrase) for phrase in getattr(made, field)] for field in ("name", "alias", "body")
    }
    return {
        **phrases,
        "py": " ".join(made.py),
        "ini": " ".join(made.ini),
        "keys": made.keys,
        "sounds": made.sounds,
        "acl": list(document.acl),
        "kind": document.kind,
        "id": document.id,
        "region": document.region or None,
        "industry": document.industry or None,
        "status": document.status or None,
        "weight": document.weight,
        "updated": document.updated.isoformat() if document.updated else None,
        "card": {
            "public_id": document.public_id,
            "path": document.path,
            "title": document.title,
            "names": [document.aliases, document.former, document.codes],
            "body": document.body[:_CARD_BODY],
        },
    }


def card(kept: dict[str, Any]) -> Card:
    """The card in a hit's source."""
    inner = kept["card"]
    aliases, former, codes = map(tuple, inner["names"])
    return Card(
        kept["kind"],
        kept["id"],
        inner["public_id"],
        inner["path"],
        inner["title"],
        aliases,
        former,
        codes,
        kept.get("region") or "",
        kept.get("industry") or "",
        kept.get("status") or "",
        inner["body"],
        kept["weight"],
    )


def key_of(document_id: str) -> Key:
    kind, number = document_id.rsplit(":", 1)
    return Key(kind, int(number))
