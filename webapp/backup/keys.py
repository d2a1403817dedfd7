"""Key files: always named in the manifest, taken along only encrypted with a passphrase."""

import io
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from webapp.backup.archive import BadArchive, Reader, Writer

PATTERNS = ("secret_key", "data_keys*.json", "*_key", "*.key", "keys/*")
SHORTEST_PASSPHRASE = 12
_MAGIC = b"LZK1"


def found(data_dir: Path) -> list[str]:
    """Names of key files below the data folder."""
    names = {
        path.relative_to(data_dir).as_posix()
        for one in PATTERNS
        for path in data_dir.glob(one)
        if path.is_file()
    }
    return sorted(names)


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))


def add(writer: Writer, data_dir: Path, passphrase: str | None) -> dict[str, Any]:
    """Put the key files into the archive where a passphrase is given; what the manifest says of them."""
    names = found(data_dir)
    for name in names if passphrase else ():
        salt, nonce = os.urandom(16), os.urandom(12)
        sealed = _cipher(passphrase or "", salt).encrypt(nonce, (data_dir / name).read_bytes(), name.encode())
        body = _MAGIC + salt + nonce + sealed
        writer.add(f"keys/{name}", io.BytesIO(body), len(body))
    return {"names": names, "included": bool(passphrase), "from_environment": "SECRET_KEY" in os.environ}


def restore(reader: Reader, data_dir: Path, passphrase: str) -> list[str]:
    """Write the key files of an archive. Refuses to replace a different one. Raises BadArchive."""
    written = []
    for member in reader.names("keys"):
        with reader.open(member) as stream:
            body = stream.read()
        name = member.removeprefix("keys/")
        salt, nonce, sealed = body[4:20], body[20:32], body[32:]
        try:
            plain = _cipher(passphrase, salt).decrypt(nonce, sealed, name.encode())
        except InvalidTag:
            raise BadArchive("The passphrase does not open the keys of this archive.") from None
        path = data_dir / name
        if path.exists() and path.read_bytes() != plain:
            raise BadArchive(f"{path} exists and is another key. Move it away first.")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as target:
            target.write(plain)
        written.append(name)
    return written
