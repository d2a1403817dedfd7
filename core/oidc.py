"""Sign-in by a provider (OpenID Connect, authorization code with PKCE): the protocol, without HTTP of its own.

Whoever calls passes in how to fetch. What does not fit exactly is `Untrusted`; its reason goes to the log and
never to the page.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from core.lazy import lazy

_jwt: Any = lazy("joserfc.jwt")
_jwk: Any = lazy("joserfc.jwk")
_errors: Any = lazy("joserfc.errors")

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]
SCOPE = "openid"
LEEWAY_SECONDS = 60
LONGEST_TOKEN = 16_384
_FOREIGN_KEYS = ("jwk", "jku", "x5u", "x5c", "crit")


class Untrusted(Exception):
    """The provider's answer does not prove who somebody is; the text is a short reason for the log."""


@dataclass(frozen=True)
class Provider:
    """A city's provider, as the settings name it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    label: str = ""


@dataclass(frozen=True)
class Metadata:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(frozen=True)
class Intent:
    """What one browser keeps between leaving for the provider and coming back."""

    state: str
    nonce: str
    verifier: str = field(repr=False)


class Fetch(Protocol):
    """GET, or POST when `form` is given; returns the JSON object. Raises Untrusted."""

    def __call__(self, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]: ...


def begin() -> Intent:
    return Intent(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


def discover(provider: Provider, fetch: Fetch) -> Metadata:
    """The endpoints. The issuer that the document names must be exactly ours."""
    found = fetch(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise Untrusted("metadata_issuer")
    secure = urlsplit(provider.issuer).scheme == "https"
    ends = [str(found.get(name, "")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    for end in ends:
        if urlsplit(end).scheme not in (("https",) if secure else ("http", "https")):
            raise Untrusted("metadata_endpoint")
    return Metadata(*ends)


def leave_url(provider: Provider, metadata: Metadata, intent: Intent, back: str) -> str:
    """Where the browser goes to sign in."""
    challenge = (
        base64.urlsafe_b64encode(hashlib.sha256(intent.verifier.encode()).digest()).decode().rstrip("=")
    )
    parameters = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": SCOPE,
        "state": intent.state,
        "nonce": intent.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in metadata.authorization_endpoint else "?"
    return f"{metadata.authorization_endpoint}{joint}{urlencode(parameters)}"


def subject_of_answer(
    provider: Provider, answer: Mapping[str, str], intent: Intent, back: str, fetch: Fetch, now: datetime
) -> str:
    """The subject that the provider vouches for. Raises Untrusted."""
    if not hmac.compare_digest(answer.get("state", "").encode(), intent.state.encode()):
        raise Untrusted("state")
    if "iss" in answer and answer["iss"] != provider.issuer:
        raise Untrusted("answer_issuer")
    if answer.get("error") or not answer.get("code"):
        raise Untrusted("provider_said_no")
    metadata = discover(provider, fetch)
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": back,
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
        "code_verifier": intent.verifier,
    }
    token = fetch(metadata.token_endpoint, form).get("id_token")
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        raise Untrusted("no_id_token")
    return subject(token, provider, fetch(metadata.jwks_uri), intent.nonce, now)


def subject(token: str, provider: Provider, keys: dict[str, Any], nonce: str, now: datetime) -> str:
    """`sub` of an ID token that is signed by one of the provider's keys and means us, now, and this sign-in."""
    try:
        published = [key for key in keys.get("keys", []) if key.get("kty") in ("RSA", "EC")]
        opened = _jwt.decode(token, _jwk.KeySet.import_key_set({"keys": published}), algorithms=ALGORITHMS)
    except (_errors.JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Untrusted(f"signature_{type(error).__name__}") from None
    if any(name in opened.header for name in _FOREIGN_KEYS):
        raise Untrusted("foreign_key")
    claims = opened.claims
    if claims.get("iss") != provider.issuer:
        raise Untrusted("issuer")
    audience = claims.get("aud")
    if audience != provider.client_id and not (isinstance(audience, list) and provider.client_id in audience):
        raise Untrusted("audience")
    shared = (isinstance(audience, list) and len(audience) > 1) or "azp" in claims
    if shared and claims.get("azp") != provider.client_id:
        raise Untrusted("authorized_party")
    _check_times(claims, now)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Untrusted("nonce")
    found = claims.get("sub")
    if not isinstance(found, str) or not 0 < len(found) <= 255:
        raise Untrusted("subject")
    return found


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    present = now.timestamp()
    for name in ("exp", "iat"):
        if not isinstance(claims.get(name), int | float):
            raise Untrusted(f"no_{name}")
    if claims["exp"] <= present - LEEWAY_SECONDS:
        raise Untrusted("expired")
    if claims["iat"] > present + LEEWAY_SECONDS or claims.get("nbf", 0) > present + LEEWAY_SECONDS:
        raise Untrusted("from_the_future")
