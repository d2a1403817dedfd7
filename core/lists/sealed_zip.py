"""One file in an encrypted zip that WinZip, 7-Zip, Bandizip and macOS tools open with a password (AES-256, AE-2).

The shape is APPNOTE 6.3 with WinZip's AES extension: PBKDF2-HMAC-SHA1 (1,000 rounds, as the extension fixes it),
AES-256 in counter mode, HMAC-SHA1 over the ciphertext. The rounds are few, so a password must be drawn, not chosen:
`draw_password` gives 79 bits.
"""

import hashlib
import hmac
import secrets
import struct
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CHUNK = 1 << 16
_SALT, _KEY, _CHECK, _TAG = 16, 32, 2, 10
_ROUNDS = 1000
_METHOD_AES, _DEFLATE = 99, 8
_UTF8_ENCRYPTED = 0x0801
_EXTRA = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, _DEFLATE)


def draw_password() -> str:
    """Sixteen letters and digits that cannot be mistaken for each other, in groups of four."""
    drawn = "".join(secrets.choice(_LETTERS) for _at in range(16))
    return "-".join(drawn[at : at + 4] for at in range(0, 16, 4))


def seal(source: Path, target: Path, name: str, password: str, at: datetime) -> None:
    """Write `target`: a zip that holds the bytes of `source` as `name`. Raises ValueError beyond 4 GiB."""
    size = source.stat().st_size
    if size >= 1 << 32:
        raise ValueError("too large for a zip without extensions")
    with source.open("rb") as plain, target.open("wb") as out:
        out.write(_local(name, at, 0, size))
        begin = out.tell()
        for part in _sealed(_deflated(plain), password):
            out.write(part)
        packed, end = out.tell() - begin, out.tell()
        out.write(_central(name, at, packed, size))
        length = out.tell() - end
        out.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, length, end, 0))
        out.seek(0)
        out.write(_local(name, at, packed, size))


def _deflated(plain: BinaryIO) -> Iterator[bytes]:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    while chunk := plain.read(_CHUNK):
        yield packer.compress(chunk)
    yield packer.flush()


def _sealed(parts: Iterator[bytes], password: str) -> Iterator[bytes]:
    """Salt, password check, ciphertext, tag."""
    salt = secrets.token_bytes(_SALT)
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, _ROUNDS, 2 * _KEY + _CHECK)
    yield salt + keys[2 * _KEY :]
    tag = hmac.new(keys[_KEY : 2 * _KEY], digestmod=hashlib.sha1)
    for part in _counted(parts, keys[:_KEY]):
        tag.update(part)
        yield part
    yield tag.digest()[:_TAG]


def _counted(parts: Iterator[bytes], key: bytes) -> Iterator[bytes]:
    """Counter mode as the extension wants it: a little-endian counter from 1, which no ready mode offers."""
    block = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - the blocks are counters
    waiting, counter = bytearray(), 1
    for part in chain(parts, (None,)):
        waiting += part or b""
        take = len(waiting) if part is None else len(waiting) // 16 * 16
        if not take:
            continue
        blocks = -(-take // 16)
        stream = block.update(b"".join(struct.pack("<QQ", counter + at, 0) for at in range(blocks)))[:take]
        counter += blocks
        mixed = int.from_bytes(waiting[:take]) ^ int.from_bytes(stream)
        yield mixed.to_bytes(take)
        del waiting[:take]


def _moment(at: datetime) -> tuple[int, int]:
    """DOS time and day."""
    return (at.hour << 11 | at.minute << 5 | at.second // 2), ((at.year - 1980) << 9 | at.month << 5 | at.day)


def _local(name: str, at: datetime, packed: int, size: int) -> bytes:
    raw = name.encode()
    head = struct.pack(
        "<4s5H3L2H", b"PK\x03\x04", 51, _UTF8_ENCRYPTED, _METHOD_AES, *_moment(at), 0, packed, size,
        len(raw), len(_EXTRA),
    )  # fmt: skip
    return head + raw + _EXTRA


def _central(name: str, at: datetime, packed: int, size: int) -> bytes:
    raw = name.encode()
    head = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 51, 51, _UTF8_ENCRYPTED, _METHOD_AES, *_moment(at), 0, packed, size,
        len(raw), len(_EXTRA), 0, 0, 0, 0, 0,
    )  # fmt: skip
    return head + raw + _EXTRA
