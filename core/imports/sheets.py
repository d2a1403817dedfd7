"""Sheets as rows of plain cells, read by a child process so that a hostile file can only hurt that."""

import contextlib
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import orjson

from core.errors import Invalid
from core.i18n import lazy as _l
from core.imports.precheck import damaged, refused

Cell = str | int | float | bool | None
Row = tuple[int, list[Cell]]
"""The row's number as a person sees it in the sheet, and its cells from column A on."""

_CHILD: Final = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r}); "
    "from core.imports import child; sys.exit(child.main(sys.argv[1:]))"
)
"""Isolated (`-I`): neither the environment nor the working directory says what is loaded."""
_SILENCE_SECONDS: Final = 120.0


@dataclass(frozen=True)
class Head:
    """The first rows of one visible sheet; `encoding` only for CSV."""

    sheet: str
    height: int
    hidden_rows: int
    rows: list[Row]
    encoding: str = ""


@dataclass
class _Messages:
    """The lines of a child, decoded; knows whether it came to a proper end."""

    stream: IO[bytes]
    ended: bool = field(default=False)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for line in self._lines():
            message: dict[str, Any] = orjson.loads(line)
            if "error" in message:
                raise _refusal(message["error"], message.get("line", 0))
            self.ended = "end" in message
            yield message

    def _lines(self) -> Iterator[bytes]:
        """Whole lines; a child that says nothing for two minutes counts as stuck."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.stream, selectors.EVENT_READ)
            rest = b""
            while True:
                if not waiting.select(_SILENCE_SECONDS):
                    raise _refusal("too_big")
                chunk = self.stream.read(1 << 20)
                if not chunk:
                    return
                *lines, rest = (rest + chunk).split(b"\n")
                yield from lines


def peek(path: Path, kind: str) -> list[Head]:
    """The first rows of every visible sheet. Raises Invalid for a file that cannot be read."""
    heads: list[Head] = []
    said: dict[str, Any] = {}
    with _reading(path, kind, "peek", "", ()) as messages:
        for message in messages:
            said = message.get("sheet", said)
            if "rows" in message:
                heads.append(
                    Head(
                        said["name"],
                        said["height"],
                        said["hidden_rows"],
                        [(number, cells) for number, cells in message["rows"]],
                        said.get("encoding", ""),
                    )
                )
    return heads


def stream(path: Path, kind: str, sheet: str, columns: Sequence[int]) -> Iterator[list[Row]]:
    """Batches of rows that are not blank, each row cut down to `columns` in that order."""
    with _reading(path, kind, "all", sheet, columns) as messages:
        for message in messages:
            if "rows" in message:
                yield [(number, cells) for number, cells in message["rows"]]


@contextlib.contextmanager
def _reading(path: Path, kind: str, mode: str, sheet: str, columns: Sequence[int]) -> Iterator[_Messages]:
    seconds = 20 + 4 * path.stat().st_size // (1 << 20)
    wanted = ",".join(str(number) for number in columns)
    command = [sys.executable, "-I", "-c", _CHILD, str(path), kind, mode, sheet, str(seconds), wanted]
    process = subprocess.Popen(  # noqa: S603 - our own module, arguments are never a shell's
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8"},
        bufsize=0,
    )
    assert process.stdout is not None
    messages = _Messages(process.stdout)
    try:
        yield messages
        if not messages.ended:
            raise _died(process)
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _died(process: "subprocess.Popen[bytes]") -> Invalid:
    """Out of memory or time under its own limits, or killed: the file asks for too much."""
    deadline = time.monotonic() + 5
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return damaged() if process.returncode == 0 else _refusal("too_big")


def _refusal(code: str, line: int = 0) -> Invalid:
    if code == "encrypted":
        return refused(code, _l("文件加了密码，请取消密码后再传。"))
    if code == "no_sheet":
        return refused(code, _l("工作簿里没有可见的工作表。"))
    if code == "too_big":
        return refused(code, _l("表格过大，读不完。请删去空白的行列，或拆开、另存为 csv 再传。"))
    if code == "encoding":
        return refused(code, _l("第 %(line)s 行的文字编码认不出。请另存为“CSV UTF-8”再传。", line=line))
    if code == "mixed_encoding":
        return refused(
            code, _l("文件里混有两种文字编码，从第 %(line)s 行起不同。请统一另存为“CSV UTF-8”。", line=line)
        )
    if code == "quotes":
        return refused(code, _l("从第 %(line)s 行起引号没有成对，后面的行分不开。请改好再传。", line=line))
    if code == "cell_too_long":
        return refused(code, _l("第 %(line)s 行有一格超过 13 万字，请删减。", line=line))
    return damaged()
