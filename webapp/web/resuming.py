"""A form sent after its session had ended is not lost: it waits in the sign-in page and is shown again after.

It travels as a signed text for an hour, only for the account whose session it was, and nothing is written
until the person presses the button himself.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from core.accounts import sessions
from core.db import db
from webapp.web.acting import cookie_name
from webapp.web.session import signing_keys
from webapp.web.signin import own_path

SECONDS = 3600
LARGEST = 200_000
LEFT_OUT = ("csrf_token", "password", "present", "again")


@dataclass(frozen=True)
class Waiting:
    """Where the form was going, and what it held."""

    path: str
    fields: list[tuple[str, str]]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_keys(current_app), salt="resume-form")


def keep() -> str | None:
    """The signed text of this request's form, or None when it cannot or must not be kept."""
    if request.blueprint == "auth":
        return None  # passwords and codes are typed anew
    if request.method != "POST" or request.files or (request.content_length or 0) > LARGEST:
        return None
    referred = urlsplit(request.headers.get("Referer", ""))
    if (
        referred.netloc != request.host
        or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    ):
        return None
    owner = sessions.owner_of(db.session(), request.cookies.get(cookie_name(), ""))
    if owner is None:
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in LEFT_OUT]
    return str(_serializer().dumps({"account": owner, "path": request.path, "fields": fields}))


def waiting(text: str, account_id: int) -> Waiting | None:
    """What waits in `text` for this account; None when it is not his, altered or too old."""
    try:
        found: dict[str, Any] = _serializer().loads(text, max_age=SECONDS)
    except BadData:
        return None
    path = own_path(found["path"])
    if found["account"] != account_id or path is None:
        return None
    return Waiting(path, [(str(name), str(value)) for name, value in found["fields"]])
