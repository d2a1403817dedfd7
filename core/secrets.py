"""Encryption at rest: a key ring outside the database, sealed values that name their key, blind indexes.

A sealed value reads `<key id>.<base64 of nonce, ciphertext and tag>`. The column's name is bound into it, so that
it cannot be moved to another column. An altered value or a missing key gives `Unreadable`, which a page can show
and which no form can write back.
"""

import base64
import hashlib
import json
import logging
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, String
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.orm import MappedColumn, mapped_column
from sqlalchemy.types import TypeDecorator

from core.errors import Fault, Invalid
from core.i18n import lazy as _l

log = logging.getLogger(__name__)

ALGORITHMS = {"AES-256-GCM": 32, "SM4-GCM": 16}
DIGESTS: dict[str, Any] = {"SHA-256": hashes.SHA256, "SM3": hashes.SM3}
FILE = "data_keys.json"
_NONCE = 12
_TAG = 16


class NoKeys(RuntimeError):
    """The key ring is missing, damaged or readable by others; the message says what to do."""


class Unreadable(str):
    """Stands for a value that cannot be opened: altered, or sealed with a key that is not there."""

    __slots__ = ()

    def __new__(cls) -> "Unreadable":
        return super().__new__(cls, "\ufffd")


class UnreadableKept(Invalid, DontWrapMixin):
    """Somebody tries to save what could not be read: nothing is written over the sealed value."""

    def __init__(self, column: str) -> None:
        super().__init__(
            Fault(
                column.rpartition(".")[2], "unreadable", _l("原来的内容读不出来，请报管理员。要改请填新的。")
            )
        )


@dataclass(frozen=True)
class Key:
    """One key of the ring: its id stands in every value that it sealed."""

    id: str
    algorithm: str
    material: bytes = field(repr=False)

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        if self.algorithm == "AES-256-GCM":
            return nonce + AESGCM(self.material).encrypt(nonce, plain, bound)
        sealer = Cipher(algorithms.SM4(self.material), modes.GCM(nonce)).encryptor()
        sealer.authenticate_additional_data(bound)
        return nonce + sealer.update(plain) + sealer.finalize() + sealer.tag

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Raises InvalidTag when a byte was altered."""
        nonce, body, tag = sealed[:_NONCE], sealed[_NONCE:-_TAG], sealed[-_TAG:]
        if len(tag) < _TAG:
            raise InvalidTag
        if self.algorithm == "AES-256-GCM":
            return AESGCM(self.material).decrypt(nonce, body + tag, bound)
        opener = Cipher(algorithms.SM4(self.material), modes.GCM(nonce, tag)).decryptor()
        opener.authenticate_additional_data(bound)
        return opener.update(body) + opener.finalize()


@dataclass(frozen=True)
class KeyRing:
    """The present key, the earlier ones that still open, and the key of the blind indexes."""

    current: str
    keys: dict[str, Key]
    index: bytes = field(repr=False)
    digest: str = "SHA-256"

    @classmethod
    def new(cls, algorithm: str = "AES-256-GCM") -> "KeyRing":
        key = _new_key(algorithm)
        digest = "SM3" if algorithm == "SM4-GCM" else "SHA-256"
        return cls(key.id, {key.id: key}, secrets.token_bytes(32), digest)

    def rotated(self, algorithm: str) -> "KeyRing":
        """The same ring with a new present key; the earlier ones stay to open what they sealed."""
        key = _new_key(algorithm)
        return KeyRing(key.id, {**self.keys, key.id: key}, self.index, self.digest)

    def only_current(self) -> "KeyRing":
        """Without the earlier keys, once everything is sealed with the present one."""
        return KeyRing(self.current, {self.current: self.keys[self.current]}, self.index, self.digest)

    def seal(self, plain: str, column: str) -> str:
        body = self.keys[self.current].seal(plain.encode(), column.encode())
        return f"{self.current}.{base64.urlsafe_b64encode(body).decode()}"

    def open(self, sealed: str, column: str) -> str:
        """The value in clear, or `Unreadable`; the reason goes to the log, without the value."""
        key_id, _dot, body = sealed.partition(".")
        key = self.keys.get(key_id)
        if key is None:
            log.error("secret_unreadable column=%s reason=unknown_key", column)
            return Unreadable()
        try:
            return key.open(base64.urlsafe_b64decode(body), column.encode()).decode()
        except (InvalidTag, ValueError):
            log.error("secret_unreadable column=%s key=%s reason=altered", column, key_id)
            return Unreadable()

    def blind(self, plain: str, column: str) -> str:
        """A keyed digest for exact search: 32 hexadecimal characters; nothing of the value can be read from it."""
        maker = hmac.HMAC(self.index, DIGESTS[self.digest]())
        maker.update(f"{column}\0{plain}".encode())
        return maker.finalize().hex()[:32]

    def text(self) -> str:
        """The ring as its file holds it."""
        keys = {
            key.id: {"algorithm": key.algorithm, "key": base64.b64encode(key.material).decode()}
            for key in self.keys.values()
        }
        index = {"digest": self.digest, "key": base64.b64encode(self.index).decode()}
        return json.dumps({"current": self.current, "keys": keys, "index": index}, indent=1)


def parse(text: str) -> KeyRing:
    """Raises NoKeys when the text is no key ring."""
    try:
        read = json.loads(text)
        keys = {
            key_id: Key(key_id, one["algorithm"], base64.b64decode(one["key"], validate=True))
            for key_id, one in read["keys"].items()
        }
        ring = KeyRing(read["current"], keys, base64.b64decode(read["index"]["key"]), read["index"]["digest"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NoKeys(
            "The key ring is damaged. Restore it from the backup; without it nothing opens."
        ) from None
    sound = all(len(key.material) == ALGORITHMS.get(key.algorithm) for key in keys.values())
    if ring.current not in keys or not sound or ring.digest not in DIGESTS or len(ring.index) < 16:
        raise NoKeys("The key ring is damaged. Restore it from the backup; without it nothing opens.")
    return ring


def load_or_make(path: Path, algorithm: str = "AES-256-GCM") -> KeyRing:
    """The ring in `path`, made there with mode 0600 when there is none. Raises NoKeys."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise NoKeys(f"{path} can be read by others; run: chmod 600 {path}") from None
        return parse(path.read_text("utf-8"))
    ring = KeyRing.new(algorithm)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(ring.text())
    return ring


def save(path: Path, ring: KeyRing) -> None:
    """Replace the file in one step; a crash leaves the old ring or the new one."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(ring.text())
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(fresh, path)


def _new_key(algorithm: str) -> Key:
    material = secrets.token_bytes(ALGORITHMS[algorithm])
    return Key(f"k{hashlib.sha256(material).hexdigest()[:8]}", algorithm, material)


_ring: KeyRing | None = None


def use(ring: KeyRing) -> None:
    """Set this process's key ring; done once by the application."""
    global _ring
    _ring = ring


def ring() -> KeyRing:
    if _ring is None:
        raise NoKeys("The key ring has not been loaded.")
    return _ring


class Sealed(TypeDecorator[str]):
    """A text that the database holds sealed. Cannot be searched or sorted; see `blind`. "" stays ""."""

    impl = String(400)
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if isinstance(value, Unreadable) or value == Unreadable():
            raise UnreadableKept(self.column)
        return ring().seal(value, self.column) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return ring().open(value, self.column) if value else value


def sealed(column: str, **options: Any) -> MappedColumn[Any]:
    """A sealed text column; `column` is `table.column`, bound into every value. Up to about 200 bytes of text."""
    return mapped_column(Sealed(column), **options)


def blind(plain: str, column: str) -> str:
    return ring().blind(plain, column) if plain else ""
