"""POST to an address that somebody typed, without letting it reach into our own net.

The host must be on the list of the machine, its name is resolved once, every address of it must be public
(unless the settings permit private ones), and the connection goes to that very address: a second answer of
the name server cannot redirect it. Redirects are not followed.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urlsplit

from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.outbox.transport import Transport

LONGEST = 200
"""Characters of an address: what its sealed column holds."""
_MOST_BYTES = 65536


class Refused(Exception):
    """The address may not be called; the word says why."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes


def check_address(url: str, transport: Transport) -> SplitResult:
    """The parts of an address that may be called. Raises Invalid naming what is wrong with `address`."""
    try:
        return _permitted(url, transport)
    except Refused as error:
        raise Invalid(Fault("address", str(error), _WORDS[str(error)])) from error


_WORDS = {
    "scheme": _l("请填 https:// 开头的完整地址。"),
    "host": _l("这个网站不在允许的名单里。请系统管理员在服务器设置里加上。"),
}


def _permitted(url: str, transport: Transport) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("scheme") from None
    allowed = ("https", "http") if transport.private else ("https",)
    if parts.scheme not in allowed or not parts.hostname or "@" in parts.netloc or len(url) > LONGEST:
        raise Refused("scheme")
    host = parts.hostname.lower()
    names = (host, f"{host}:{port}") if port else (host,)
    plain = port in (None, 443)
    for pattern in transport.hosts:
        if (plain or ":" in pattern) and any(fnmatchcase(name, pattern.lower()) for name in names):
            return parts
    raise Refused("host")


def _resolve(host: str, port: int, *, private: bool) -> tuple[socket.AddressFamily, str]:
    """One address of a host; all of them must be public. Raises Refused or OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for _family, _kind, _proto, _name, where in found:
        address = ipaddress.ip_address(str(where[0]).partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        if not private and not mapped.is_global:
            raise Refused("private")
    return found[0][0], str(found[0][4][0])


def post(url: str, body: bytes, headers: Mapping[str, str], transport: Transport) -> Reply:
    """Send `body`; the answer, whatever its status. Raises Refused or OSError (also for a slow answer)."""
    parts = _permitted(url, transport)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    family, address = _resolve(host, port, private=transport.private)
    raw = socket.socket(family, socket.SOCK_STREAM)
    raw.settimeout(transport.timeout)
    held: list[socket.socket] = [raw]
    late = threading.Event()
    guard = threading.Timer(transport.timeout * 2, _cut, [held, late])
    guard.daemon = True
    guard.start()
    try:
        raw.connect((address, port))
        if parts.scheme == "https":
            held[0] = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
        connection = http.client.HTTPConnection(host, port, timeout=transport.timeout)
        connection.sock = held[0]
        target = parts.path or "/"
        connection.request("POST", f"{target}?{parts.query}" if parts.query else target, body, dict(headers))
        answer = connection.getresponse()
        reply = Reply(answer.status, answer.read(_MOST_BYTES))
        if late.is_set():
            raise TimeoutError
        return reply
    except http.client.HTTPException as error:
        raise OSError(type(error).__name__) from error
    finally:
        guard.cancel()
        held[0].close()


def _cut(held: list[socket.socket], late: threading.Event) -> None:
    """An answer that drips byte by byte is cut off."""
    late.set()
    try:
        held[0].shutdown(socket.SHUT_RDWR)
    except OSError:
        held[0].close()
