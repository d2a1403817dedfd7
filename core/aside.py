"""A second process for work that needs neither database nor settings, so that it takes no time under a lock.

It is a plain child that loads one pure module: no copy of this process, which has threads and connections, and a
tenth of its memory. What it does not answer is worked out here.
"""

import contextlib
import importlib
import marshal
import struct
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Final, Protocol, cast

_ROOT: Final = Path(__file__).resolve().parent.parent
_SIZE: Final = struct.Struct(">I")


class Worker(Protocol):
    """A module that does the work: plain values (numbers, texts, lists, tuples, dicts) in and out."""

    def work(self, question: Any) -> Any: ...


def _child(module: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", __name__, module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        env={"LC_ALL": "C.UTF-8"},
    )


class Aside:
    """One child that works for one user; close it. Not `apart`, the work is done here, when it is asked for."""

    def __init__(self, module: str, *, apart: bool = True) -> None:
        self._worker = cast(Worker, importlib.import_module(module))
        self._process = _child(module) if apart else None
        self._talking = ThreadPoolExecutor(1, "aside") if apart else None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def ask(self, question: Any) -> "Future[Any]":
        """Answers come in the order of the questions; the future raises an error of the work itself."""
        if self._talking is not None:
            return self._talking.submit(self._answer, question)
        done: Future[Any] = Future()
        done.set_result(self._worker.work(question))
        return done

    def close(self) -> None:
        if self._talking is None or self._process is None:
            return
        self._talking.shutdown(wait=False, cancel_futures=True)
        self._process.kill()
        self._talking.shutdown()
        with contextlib.suppress(BrokenPipeError), self._process:
            pass

    def _answer(self, question: Any) -> Any:
        process = cast("subprocess.Popen[bytes]", self._process)
        try:
            _write(cast(IO[bytes], process.stdin), question)
            return _read(cast(IO[bytes], process.stdout))
        except (OSError, EOFError):
            return self._worker.work(question)


def _write(stream: IO[bytes], value: Any) -> None:
    data = marshal.dumps(value)
    stream.write(_SIZE.pack(len(data)) + data)
    stream.flush()


def _read(stream: IO[bytes]) -> Any:
    """Raises EOFError at the end."""
    head = stream.read(_SIZE.size)
    if len(head) < _SIZE.size:
        raise EOFError
    (size,) = _SIZE.unpack(head)
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return marshal.loads(data)  # noqa: S302 - our own child


def main(module: str) -> None:
    """The child: answers until nobody asks any more."""
    worker = cast(Worker, importlib.import_module(module))
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    while True:
        try:
            question = _read(sys.stdin.buffer)
        except EOFError:
            return
        _write(answers, worker.work(question))


if __name__ == "__main__":
    main(sys.argv[1])
