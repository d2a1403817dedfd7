"""The city's provider of identities: its settings, and fetching from it (bounded, without redirects)."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import urlencode

from flask import current_app

from core import oidc

TIMEOUT = 5.0
LARGEST = 256 * 1024


def settings() -> oidc.Provider | None:
    """The provider, or None where none is set."""
    given = current_app.config["SETTINGS"]
    if not given.oidc_issuer:
        return None
    return oidc.Provider(given.oidc_issuer, given.oidc_client_id, given.oidc_client_secret, given.oidc_label)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def fetch(url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON object at one of the provider's addresses. Raises Untrusted when there is none in 5 s."""
    if not url.startswith(("https://", "http://")):
        raise oidc.Untrusted("address")
    body = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, data=body, headers={"Accept": "application/json"})  # noqa: S310 - scheme checked
    try:
        with _opener.open(request, timeout=TIMEOUT) as answer:
            text = answer.read(LARGEST + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise oidc.Untrusted(f"unreachable_{type(error).__name__}") from None
    if len(text) > LARGEST:
        raise oidc.Untrusted("too_large")
    try:
        found = json.loads(text)
    except ValueError:
        raise oidc.Untrusted("not_json") from None
    if not isinstance(found, dict):
        raise oidc.Untrusted("not_an_object")
    return found
