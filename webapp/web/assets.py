"""Static files: one prefix that names their content, so that browsers may keep them for ever."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise

from webapp.web.headers import FIXED

ROOT = Path(__file__).resolve().parent.parent / "static"
VENDOR = ROOT / "vendor"
OWN = ("css", "js", "img")
_HASHED = re.compile(r"/static/(v-[0-9a-f]{12}/|vendor/.+[.-][0-9a-f]{8,}\.)")


@cache
def tree_hash() -> str:
    """Twelve digits that change with any of our own static files; relative imports keep working below it."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in OWN for path in (ROOT / folder).rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def _manifest() -> dict[str, str]:
    found: dict[str, dict[str, str]] = json.loads((VENDOR / "manifest.json").read_text())
    return {name: entry["file"] for name, entry in found.items()}


@cache
def asset(name: str) -> str:
    """The address of a static file: `css/face.css` of ours, or `htmx.js` of the vendored ones.

    Raises FileNotFoundError for a name that nothing answers to, so that a typing error shows at once.
    """
    vendored = _manifest().get(name)
    if vendored is not None:
        return f"/static/vendor/{vendored}"
    if not (ROOT / name).is_file():
        raise FileNotFoundError(name)
    return f"/static/v-{tree_hash()}/{name}"


def _immutable(path: str, url: str) -> bool:
    return _HASHED.match(url) is not None


def _secure(headers: Any, path: str, url: str) -> None:
    for name, value in FIXED.items():
        headers[name] = value


def init_app(app: Flask) -> None:
    """Serve the files before Flask sees the request; nothing else below /static exists."""
    served = WhiteNoise(
        app.wsgi_app, immutable_file_test=_immutable, add_headers_function=_secure, max_age=3600
    )
    for folder in OWN:
        if (ROOT / folder).is_dir():
            served.add_files(str(ROOT / folder), prefix=f"static/v-{tree_hash()}/{folder}/")
    if VENDOR.is_dir():
        served.add_files(str(VENDOR), prefix="static/vendor/")
    app.wsgi_app = served  # type: ignore[method-assign]  # Flask's own way to add middleware
    app.jinja_env.globals.update(asset=asset)
