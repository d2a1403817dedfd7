"""Where somebody without a session is sent, and where he may return to."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Response, jsonify, redirect, render_template, request, url_for


def own_path(target: str | None) -> str | None:
    """`target` when it is a path of this platform, otherwise None: no other site, no scheme, no tricks."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or len(target) > 1000:
        return None
    if any(ord(char) < 32 or char == "\\" for char in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def sign_in_url(target: str | None) -> str:
    path = own_path(target)
    address = url_for("auth.sign_in")
    return f"{address}?next={quote(path, safe='')}" if path and path != "/" else address


def ask_to_sign_in(keep_form: Callable[[], str | None]) -> Any:
    """The sign-in page for pages, an HX-Redirect for fragments, 401 for the API.

    A form that was sent too late waits in the sign-in page (see `webapp.web.resuming`).
    """
    if request.path.startswith("/api/"):
        return jsonify(type="about:blank", title="Unauthorized", status=401, code="not_signed_in"), 401
    if request.headers.get("HX-Request"):
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = sign_in_url(
            f"{shown.path}?{shown.query}" if shown.query else shown.path
        )
        return answer
    if request.method in ("GET", "HEAD"):
        return redirect(sign_in_url(request.full_path.rstrip("?")), 302)
    referred = urlsplit(request.headers.get("Referer", ""))
    back = referred.path if referred.netloc == request.host else None
    kept = keep_form()
    if kept is not None:
        return render_template("staff/auth/sign_in_again.html", kept=kept, back=own_path(back) or "/"), 401
    return redirect(sign_in_url(back), 303)
