"""Bodies and signatures of webhooks and of the robots of WeCom and DingTalk (their own JSON forms)."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from core.outbox import fetching
from core.outbox.fetching import Reply
from core.outbox.transport import Transport


@dataclass(frozen=True)
class Letter:
    """A message with its words, ready to go. `id` is the same at every try, so that receivers know it again."""

    id: str
    code: str
    title: str
    text: str
    url: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    kind: str
    address: str
    secret: str


def call(letter: Letter, target: Target, stamp: int, transport: Transport) -> Reply:
    """Deliver to an endpoint at `stamp` (seconds). Raises OSError or fetching.Refused."""
    body = json.dumps(_body(letter, target.kind), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Lianzhao"}
    address = target.address
    if target.kind == "webhook":
        headers["X-Lianzhao-Event"] = letter.code
        headers["X-Lianzhao-Delivery"] = letter.id
        if target.secret:
            headers["X-Lianzhao-Signature"] = f"t={stamp},v1={signature(target.secret, stamp, body)}"
    elif target.kind == "dingtalk" and target.secret:
        address = f"{address}&timestamp={stamp * 1000}&sign={dingtalk_sign(target.secret, stamp * 1000)}"
    return fetching.post(address, body, headers, transport)


def accepted(kind: str, reply: Reply) -> bool:
    """Robots answer 200 with an `errcode` even when they refuse."""
    if not 200 <= reply.status < 300:
        return False
    if kind == "webhook":
        return True
    try:
        return bool(json.loads(reply.body).get("errcode") == 0)
    except (ValueError, AttributeError):
        return False


def signature(secret: str, stamp: int, body: bytes) -> str:
    """HMAC-SHA256 over `timestamp.body`: the receiver refuses an old timestamp, so nothing can be replayed."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def dingtalk_sign(secret: str, millis: int) -> str:
    digest = hmac.new(secret.encode(), f"{millis}\n{secret}".encode(), hashlib.sha256).digest()
    return quote(base64.b64encode(digest).decode(), safe="")


def _body(letter: Letter, kind: str) -> dict[str, Any]:
    if kind == "webhook":
        return {
            "id": letter.id, "event": letter.code, "text": letter.text, "url": letter.url, "params": letter.params,
        }  # fmt: skip
    words = f"{letter.text}\n{letter.url}" if letter.url else letter.text
    if kind == "wecom":
        return {"msgtype": "text", "text": {"content": words[:2000]}}
    shown = f"{letter.text}\n\n[{letter.title}]({letter.url})" if letter.url else letter.text
    return {"msgtype": "markdown", "markdown": {"title": letter.title, "text": shown[:5000]}}
