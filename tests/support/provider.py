"""A provider of identities on loopback, with real keys: serves good tokens and bad ones."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jws, jwt
from joserfc.jwk import RSAKey

CLIENT = "lianzhao"


class FakeProvider:
    """`bad` names what is wrong with the next token; `asked` holds the forms sent to the token endpoint."""

    def __init__(self) -> None:
        self.key, self.other = (
            RSAKey.generate_key(2048, {"kid": "one"}),
            RSAKey.generate_key(2048, {"kid": "two"}),
        )
        self.bad, self.subject, self.nonce, self.asked = "", "person-1", "", list[dict[str, str]]()
        self.announced = ""
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
                return

            def do_GET(self) -> None:
                self._say(owner.document(urlsplit(self.path).path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                owner.asked.append({name: values[0] for name, values in parse_qs(body).items()})
                self._say({"access_token": "x", "token_type": "Bearer", "id_token": owner.token()})

            def _say(self, answer: dict[str, Any]) -> None:
                text = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def document(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            return {"keys": [self.key.as_dict(private=False)]}
        return {
            "issuer": self.announced or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": self.subject, "nonce": self.nonce, "iat": now,
            "exp": now + 300, "email": "admin@example.cn", "email_verified": True,
        }  # fmt: skip
        claims |= {
            "audience": {"aud": "another"},
            "issuer": {"iss": f"{self.issuer}/"},
            "nonce": {"nonce": "another"},
            "expired": {"iat": now - 4000, "exp": now - 3600},
            "no subject": {"sub": ""},
            "party": {"aud": [CLIENT, "another"], "azp": "another"},
        }.get(self.bad, {})
        header = {"alg": "RS256", "kid": "one"}
        if self.bad == "none":
            return _unsigned(claims)
        if self.bad == "hs256 with the public key":
            pem = self.key.as_bytes(private=False)
            return _by_hand({"alg": "HS256", "kid": "one"}, claims, pem)
        if self.bad == "embedded key":
            return jwt.encode({**header, "jwk": self.other.as_dict(private=False)}, claims, self.other,
                              registry=_LAX)  # fmt: skip
        if self.bad == "unknown key":
            return jwt.encode(header, claims, self.other)
        return jwt.encode(header, claims, self.key)


_LAX = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)


def _part(value: dict[str, Any]) -> str:
    return _b64(json.dumps(value).encode())


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unsigned(claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def _by_hand(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{_b64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"
