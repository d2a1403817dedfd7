"""Logs: one event a line, constant English words and fields, never a person's data or a secret.

JSON for machines, short lines for people at the demonstration. What runs knows its request or job through
`bound`, so that every line below carries the id. Values are scrubbed here, in one place, because a library's
message (a refused row, a broken number) may quote what somebody typed.
"""

import contextlib
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

_QUIET = (
    "celery",
    "kombu",
    "alembic",
    "waitress.queue",
    "amqp",
    "elastic_transport",
    "botocore",
    "fontTools",
)
_OWN_HANDLERS = ("gunicorn.error", "gunicorn.access", "waitress", "celery", "py.warnings")
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
_SECRET_NAME = re.compile(r"pass(word|wd)|secret|token|cookie|authorization|api_?key|recovery|otp|pin$", re.I)
_URL_LOGIN = re.compile(r"(?<=://)[^/@\s]*:[^/@\s]*(?=@)")
_ASSIGNED = re.compile(
    r"(?i)\b(password|passwd|secret|token|api_?key|sid|authorization)(['\"]?\s*[=:]\s*)\S+"
)
_WORDS = re.compile(r"[^\x00-\x7f]+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z-])\+?\d(?:[ -]?\d){6,}[Xx]?(?![0-9A-Za-z])")
_LONGEST = 500

_bound: ContextVar[Mapping[str, object] | None] = ContextVar("log_fields", default=None)


@contextlib.contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Every line logged inside carries these fields, e.g. `job_id`."""
    token = _bound.set({**(_bound.get() or {}), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def bind(**fields: object) -> None:
    """As `bound`, until the next `bind` of this thread: for frameworks that offer no block to stand in."""
    _bound.set(fields)


def scrub(text: str) -> str:
    """The text without names and sentences that people typed, long numbers, mail addresses and secrets."""
    text = _URL_LOGIN.sub("***", text)
    text = _ASSIGNED.sub(r"\1\2***", text)
    text = _MAIL.sub("[mail]", text)
    text = _LONG_NUMBER.sub("[number]", text)
    return _WORDS.sub("[text]", text)[:_LONGEST]


def _plain(name: str, value: object) -> object:
    if _SECRET_NAME.search(name):
        return "***"
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return scrub(str(value))


def _error(error: BaseException) -> dict[str, object]:
    """Kinds, places and scrubbed first lines: a database driver's second line quotes the row."""
    chain: list[str] = []
    found: BaseException | None = error
    while found is not None and len(chain) < 4:
        first = next(iter(str(found).splitlines()), "")
        # SQLAlchemy's words hold the statement, and the driver's own error stands next in the chain.
        said = "" if hasattr(found, "orig") or hasattr(found, "statement") else scrub(first)
        code = getattr(found, "sqlstate", None)
        chain.append(": ".join(str(part) for part in (type(found).__name__, code, said) if part))
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    places = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": chain, "trace": places}


def _short(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-3:])


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """What a line says, in order: when, how bad, what, and its fields."""
    found: dict[str, object] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "event": scrub(record.getMessage()),
        "logger": record.name,
    }
    for name, value in (_bound.get() or {}).items():
        found[name] = _plain(name, value)
    for name, value in vars(record).items():
        if name not in _STANDARD:
            found[name] = _plain(name, value)
    if record.exc_info and record.exc_info[1] is not None:
        found |= _error(record.exc_info[1])
    return found


class JsonLines(logging.Formatter):
    """For log collectors. A value can hold no line break: JSON writes it as backslash and n."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(fields_of(record), ensure_ascii=True, separators=(",", ":"))


class ForPeople(logging.Formatter):
    """One short line, and below it where an error arose."""

    def format(self, record: logging.LogRecord) -> str:
        fields = fields_of(record)
        when = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")  # noqa: DTZ006 - the reader's own clock
        chain, places = fields.pop("error", None), fields.pop("trace", None)
        event = json.dumps(fields.pop("event"))[1:-1]
        rest = " ".join(
            f"{name}={json.dumps(value)}"
            for name, value in fields.items()
            if name not in ("at", "level", "logger")
        )
        line = f"{when} {record.levelname:<7} {event} {rest}".rstrip()
        for said in (chain, places):
            if isinstance(said, list):
                line += "".join(f"\n         {json.dumps(part)[1:-1]}" for part in said)
        return line


def set_up(*, for_people: bool, level: str = "INFO", stream: TextIO | None = None) -> None:
    """One handler for everything that this process logs, libraries included."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(ForPeople() if for_people else JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name in _OWN_HANDLERS:
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
