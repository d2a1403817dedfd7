"""The virus scanner: clamd by its own protocol, over a socket or TCP. Off unless the machine names one."""

import socket
import struct
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

_CHUNK = 1 << 16


class ScanFailed(OSError):
    """The scanner did not answer, or not in its language: the file stays unscanned."""


@dataclass(frozen=True)
class Verdict:
    """`found` is the name of what was found; empty for a clean file."""

    found: str = ""

    @property
    def clean(self) -> bool:
        return not self.found


_address = ""


def use(address: str) -> None:
    """tcp://host:3310, unix:///path, or "" for none."""
    global _address
    _address = address


def enabled() -> bool:
    return bool(_address)


def scan(stream: IO[bytes], *, timeout: float = 60.0) -> Verdict:
    """Send a file to clamd (INSTREAM). Raises ScanFailed."""
    try:
        with _connect(timeout) as there:
            there.sendall(b"zINSTREAM\0")
            while chunk := stream.read(_CHUNK):
                there.sendall(struct.pack("!L", len(chunk)) + chunk)
            there.sendall(struct.pack("!L", 0))
            answer = b""
            while not answer.endswith(b"\0") and (more := there.recv(4096)):
                answer += more
    except OSError as error:
        raise ScanFailed(type(error).__name__) from error
    words = answer.rstrip(b"\0").decode("utf-8", "replace").removeprefix("stream: ")
    if words == "OK":
        return Verdict()
    if words.endswith(" FOUND"):
        return Verdict(words.removesuffix(" FOUND")[:120] or "unknown")
    raise ScanFailed("unexpected answer")


def _connect(timeout: float) -> socket.socket:
    parts = urlsplit(_address)
    if parts.scheme == "unix":
        there = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        there.settimeout(timeout)
        there.connect(parts.path)
        return there
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout)
