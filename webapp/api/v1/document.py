"""The description of the API: as OpenAPI 3.1 for programs, as a page for people. Needs no other host."""

from functools import cache
from typing import Any

from flask import Response, jsonify, render_template
from flask_babel import get_locale

from webapp.api.v1 import lists, wording
from webapp.api.v1.door import bp, spec
from webapp.web.access import staff


@bp.get("/openapi.json")
@staff
def document() -> Response:
    return jsonify(in_words())


@bp.get("/docs")
@staff
def documentation() -> str:
    """The same as a page of the platform."""
    found = in_words()
    return render_template(
        "api/docs.html", groups=_groups(found), shapes=_shapes(found), about=found["info"]["description"],
        tags={tag["name"]: tag["description"] for tag in found["tags"]},
    )  # fmt: skip


def in_words() -> dict[str, Any]:
    """The document in the reader's language."""
    return _in_language(str(get_locale()))


@cache
def _in_language(_language: str) -> dict[str, Any]:
    return wording.worded(openapi(), lists.OFFERED, str(bp.url_prefix))


@cache
def openapi() -> dict[str, Any]:
    """The document; made once, since every call is described before the first request."""
    found: dict[str, Any] = dict(spec.spec)
    found["openapi"] = "3.1.0"
    return found


def _groups(found: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Calls by area, in the order of their addresses."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, verbs in sorted(found["paths"].items()):
        for verb, call in verbs.items():
            entry = {"verb": verb.upper(), "path": path, **call, "body": _body(call)}
            groups.setdefault((call.get("tags") or ["other"])[0], []).append(entry)
    return groups


def _body(call: dict[str, Any]) -> str:
    content = call.get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return str(reference).rpartition("/")[2]


def _shapes(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    shapes: dict[str, dict[str, Any]] = found.get("components", {}).get("schemas", {})
    return shapes
