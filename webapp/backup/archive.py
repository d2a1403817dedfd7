"""The archive: a plain tar whose last members are its manifest and the manifest's signature.

Every member's size and SHA-256 stand in the manifest; the manifest is signed with a key drawn from SECRET_KEY.
Nothing is ever extracted by the name that a tar header gives.
"""

import hashlib
import hmac
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any

FORMAT = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
_NAME = re.compile(
    r"^(database|tables|files|store|keys)/[A-Za-z0-9][A-Za-z0-9._-]{0,120}(/[A-Za-z0-9][A-Za-z0-9._-]{0,120}){0,3}$"
)
_CHUNK = 1 << 20


class BadArchive(Exception):
    """The archive cannot be trusted or understood; the text says why (English, for the terminal)."""


def signature(manifest: bytes, secret_key: str) -> str:
    key = hashlib.sha256(b"lianzhao backup\0" + secret_key.encode()).digest()
    return hmac.new(key, manifest, hashlib.sha256).hexdigest()


class _Summed:
    """A stream that sums up what is read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.digest, self.size = stream, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        self.size += len(data)
        return data


class Writer:
    """Writes beside the final name and takes it at the end, so that a half archive never looks whole."""

    def __init__(self, path: Path) -> None:
        self.path, self.partial = path, path.with_name(path.name + ".partial")
        self.members: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> "Writer":
        handle = os.open(self.partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)
        return self

    def add(self, name: str, stream: IO[bytes], size: int) -> None:
        """Add `size` bytes. A file that shrinks meanwhile is an error, never a short member."""
        assert _NAME.match(name), name
        summed = _Summed(stream)
        self._tar.addfile(_header(name, size), summed)
        self.members[name] = {"size": size, "sha256": summed.digest.hexdigest()}

    def finish(self, manifest: dict[str, Any], secret_key: str) -> None:
        body = json.dumps(
            {**manifest, "format": FORMAT, "members": self.members}, indent=1, sort_keys=True
        ).encode()
        for name, data in ((MANIFEST, body), (SIGNATURE, signature(body, secret_key).encode())):
            self._tar.addfile(_header(name, len(data)), io.BytesIO(data))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._tar.close()
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()
            if kind is not None:
                self.partial.unlink(missing_ok=True)
        if kind is None:
            self.partial.replace(self.path)


def _header(name: str, size: int) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size, made.mode = size, 0o600
    return made


class Reader:
    """Opens an archive and its manifest. Raises BadArchive for what is no whole archive of ours."""

    def __init__(self, path: Path) -> None:
        try:
            self._tar = tarfile.open(path, mode="r:")  # noqa: SIM115 - closed by close()
            self._infos = {info.name: info for info in self._tar.getmembers() if info.isfile()}
            self._body = self._bytes(MANIFEST)
            self.manifest: dict[str, Any] = json.loads(self._body)
        except (tarfile.TarError, OSError, KeyError, ValueError, EOFError) as error:
            raise BadArchive(f"{path} is no whole backup ({type(error).__name__}: {error}).") from error
        if self.manifest.get("format") != FORMAT:
            raise BadArchive(
                "The archive was written by a newer version of the program; use that version to restore."
            )
        self.members: dict[str, dict[str, Any]] = self.manifest["members"]
        if wrong := [name for name in self.members if not _NAME.match(name)]:
            raise BadArchive(f"The archive names a member that no backup has: {wrong[0]!r}.")

    def _bytes(self, name: str) -> bytes:
        stream = self._tar.extractfile(self._infos[name])
        assert stream is not None
        return stream.read()

    def signed_with(self, secret_key: str) -> bool:
        try:
            given = self._bytes(SIGNATURE).decode("ascii", "replace")
        except KeyError:
            return False
        return hmac.compare_digest(given.encode(), signature(self._body, secret_key).encode())

    def verify(self) -> None:
        """Read every member and compare it with the manifest. Raises BadArchive naming the first that differs."""
        surplus = self._infos.keys() - self.members.keys() - {MANIFEST, SIGNATURE}
        if surplus:
            raise BadArchive(
                f"The archive holds a member that its manifest does not name: {sorted(surplus)[0]!r}."
            )
        for name in self.members:
            with self.open(name) as stream:
                while stream.read(_CHUNK):
                    pass

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A member's bytes; on leaving, what was read must be what the manifest says (if read to its end)."""
        said = self.members[name]
        info = self._infos.get(name)
        if info is None or info.size != said["size"]:
            raise BadArchive(f"{name} is missing or of another size than the manifest says.")
        stream = self._tar.extractfile(info)
        assert stream is not None
        summed = _Summed(stream)
        yield summed  # type: ignore[misc]  # it only reads
        if summed.size == said["size"] and summed.digest.hexdigest() != said["sha256"]:
            raise BadArchive(f"{name} is not what the manifest says: the archive was altered or is damaged.")

    def names(self, folder: str) -> list[str]:
        return [name for name in self.members if name.startswith(f"{folder}/")]

    def close(self) -> None:
        self._tar.close()
