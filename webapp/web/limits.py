"""What no view should have to think of: request ids, broken characters, numbers that no column holds."""

import re
import secrets
from typing import Any

from flask import Flask, Response, abort, g, request
from werkzeug.routing import IntegerConverter

from core import logs

_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")


class BigIntegerConverter(IntegerConverter):
    """Numbers in addresses fit a bigint column; larger ones are simply not found."""

    def __init__(self, map: Any, *args: Any, **options: Any) -> None:  # noqa: A002 - Werkzeug's name
        options.setdefault("max", 2**63 - 1)
        super().__init__(map, *args, **options)


def broken(text: str) -> bool:
    """NUL and lone surrogates, which one database stores and the other refuses."""
    return "\x00" in text or any(0xD800 <= ord(char) <= 0xDFFF for char in text)


def name_request() -> None:
    """Give the request an id for logs, audit rows and the error page."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _ID.match(given) else secrets.token_hex(8)
    logs.bind(request_id=g.request_id)


def check_address() -> None:
    """Refuse addresses and parameters that no record can have."""
    if broken(request.path) or "\ufffd" in request.path:
        abort(404)
    for name, value in request.args.items(multi=True):
        if broken(name) or broken(value):
            abort(400)


def check_form() -> None:
    """Refuse form values that cannot be stored. After the right to be here is known."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    for name, value in request.form.items(multi=True):
        if broken(name) or broken(value):
            abort(400)


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = BigIntegerConverter
    app.before_request(name_request)
    app.before_request(check_address)

    @app.after_request
    def say_id(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        return response
