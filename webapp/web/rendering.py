"""One view, one template: the whole page, or for htmx the partial that the page includes."""

from typing import Any

from flask import render_template, request


def wants_fragment() -> bool:
    """An htmx request that is not a restored history entry (that one needs the whole page)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def render(template: str, *, fragment: str | None = None, **context: Any) -> str:
    """Render `template`, or only `fragment` when htmx asks for it. Both get the same context."""
    if fragment is not None and wants_fragment():
        return render_template(fragment, **context)
    return render_template(template, **context)
