"""A grave step asks again who it is when the last proof is older than five minutes; the form waits meanwhile."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, jsonify, redirect, render_template, request, url_for

from webapp.web import resuming
from webapp.web.acting import resolved
from webapp.web.signin import own_path


def ask() -> Any:
    """The page that asks for password or code; None when the proof is young enough."""
    found = resolved()
    if found is None or found.fresh:
        return None
    if request.path.startswith("/api/"):
        return jsonify(type="about:blank", title="Forbidden", status=403, code="not_fresh"), 403
    if request.headers.get("HX-Request"):
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        answer = Response(status=403)
        answer.headers["HX-Redirect"] = url_for("auth.prove", next=own_path(shown.path) or "/")
        return answer
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("auth.prove", next=request.full_path.rstrip("?")), 302)
    referred = urlsplit(request.headers.get("Referer", ""))
    back = own_path(referred.path if referred.netloc == request.host else None) or "/"
    kept = resuming.keep()
    if kept is None:
        return redirect(url_for("auth.prove", next=back), 303)
    return render_template("staff/auth/prove_first.html", kept=kept, back=back), 403
