"""Where the bytes of attachments lie: a folder, or a bucket that speaks S3. Names are random and say nothing."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol, cast

from core.errors import DomainError
from core.i18n import lazy as _l
from core.lazy import lazy

_boto3: Any = lazy("boto3")
_botocore: Any = lazy("botocore")

_IN_MEMORY = 8 * 1024 * 1024


class NoSpace(DomainError):
    """The disk is full: nothing of the file stays, and no row says that it does."""

    code = "disk_full"
    status = 507

    def __init__(self) -> None:
        super().__init__(
            _l("服务器的磁盘满了，这个文件没有保存。请告诉管理员，腾出空间后再传。"), field="file"
        )


class Away(DomainError):
    """The object store does not answer."""

    code = "files_away"
    status = 503

    def __init__(self) -> None:
        super().__init__(_l("存文件的地方暂时连不上，这次没有保存。请稍后再试。"), field="file")


class Store(Protocol):
    """`put` takes a finished local file over; `names` yields what lies there and since when."""

    def put(self, name: str, path: Path) -> None: ...
    def open(self, name: str) -> IO[bytes]: ...
    def delete(self, name: str) -> None: ...
    def names(self) -> Iterator[tuple[str, datetime]]: ...


@dataclass(frozen=True)
class Folder:
    """Files in one folder; a crash leaves a `.part` or a whole file, never half of one."""

    root: Path

    def put(self, name: str, path: Path) -> None:
        with guarded(), path.open("rb") as written:
            os.fsync(written.fileno())
            os.replace(path, self.root / name)
            handle = os.open(self.root, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def open(self, name: str) -> IO[bytes]:
        return (self.root / name).open("rb")

    def delete(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, datetime]]:
        with os.scandir(self.root) as entries:
            for entry in entries:
                if entry.is_file():
                    yield entry.name, datetime.fromtimestamp(entry.stat().st_mtime, UTC)


@dataclass(frozen=True)
class Bucket:
    """Files in a bucket of a store that speaks S3."""

    client: Any
    bucket: str
    prefix: str = ""

    @classmethod
    def connect(cls, bucket: str, prefix: str, endpoint: str | None, key: str, secret: str) -> "Bucket":
        config = _botocore.config.Config(
            connect_timeout=3, read_timeout=20, retries={"max_attempts": 2}, signature_version="s3v4"
        )
        client = _boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id=key or None,
            aws_secret_access_key=secret or None,
            region_name="us-east-1",
            config=config,
        )
        return cls(client, bucket, prefix)

    def put(self, name: str, path: Path) -> None:
        with _answering(name):
            self.client.upload_file(str(path), self.bucket, self.prefix + name)
        path.unlink(missing_ok=True)

    def open(self, name: str) -> IO[bytes]:
        target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed on to the caller
        with _answering(name):
            self.client.download_fileobj(self.bucket, self.prefix + name, target)
        target.seek(0)
        return cast("IO[bytes]", target)

    def delete(self, name: str) -> None:
        with _answering(name):
            self.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)

    def names(self) -> Iterator[tuple[str, datetime]]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        with _answering(self.prefix):
            for page in pages:
                for item in page.get("Contents", ()):
                    yield str(item["Key"])[len(self.prefix) :], item["LastModified"]


@contextlib.contextmanager
def _answering(name: str) -> Iterator[None]:
    """Raises FileNotFoundError for what the store does not have, and Away for everything else it says no to."""
    try:
        yield
    except _botocore.exceptions.ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey"):
            raise FileNotFoundError(name) from error
        raise Away() from error
    except (_botocore.exceptions.BotoCoreError, _boto3.exceptions.Boto3Error) as error:
        raise Away() from error


class guarded:  # noqa: N801 - reads as a statement: with guarded():
    """Turns "no space left" into the refusal that a person understands."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise NoSpace() from error
