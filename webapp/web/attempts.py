"""A request whose change collided with another is done again as a whole, before anybody notices."""

from flask import Flask, request
from flask.typing import ResponseReturnValue

from core.db import db
from core.retrying import retrying

_SAFE = ("GET", "HEAD", "OPTIONS")


class Application(Flask):
    """Flask, with the view as the unit that is tried again: it fetches, calls one verb and answers."""

    def dispatch_request(self) -> ResponseReturnValue:
        return retrying(super().dispatch_request, repeatable=_repeatable(), again=_rewind)


def _repeatable() -> bool:
    """Whether doing it twice does it once: reading, or a change that carries its own key."""
    if request.method in _SAFE:
        return True
    return bool(request.headers.get("Idempotency-Key") or request.form.get("form_key"))


def _rewind() -> None:
    """The view finds the request as it came: files at their beginning, records read afresh."""
    db.session.rollback()
    db.session.expire_all()
    for files in request.files.listvalues():
        for file in files:
            file.stream.seek(0)
