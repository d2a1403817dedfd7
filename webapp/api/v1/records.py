"""One record as a call: declared by its shape, read through the area's own query."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from flask import Response, jsonify, request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.guarded import Guard
from core.permissions import Actor
from webapp.api.v1.door import bp, described
from webapp.api.v1.lists import record_url
from webapp.api.v1.shapes import Shape, day, exact, instant
from webapp.web.access import requires
from webapp.web.acting import acting

Get = Callable[[Session, str, Actor], Any]
Act = Callable[[Session, str, Any, Actor], object]


@dataclass(frozen=True)
class At:
    """Where a value of an answer stands in the record, when it is not an attribute of the same name."""

    path: str


class RecordShape(BaseModel):
    """What every record answers."""

    id: str
    url: str
    version: int | None


class Versioned(Shape):
    """A deed on a record names the version that its caller has seen; a stale one is a conflict."""

    version: int = Field(ge=1, le=2**31 - 1)


@dataclass(frozen=True)
class Resource:
    """Records below `path`: how one is read, and in which shape it is answered."""

    path: str
    permission: str
    get: Get
    shape: type[RecordShape]
    guard: Guard | None = None
    """Whose right some of the fields need; they are null without it."""

    def answer(self, pid: str) -> Response:
        return jsonify(self.values(self.get(db.session(), pid, acting())))

    def values(self, record: Any) -> dict[str, Any]:
        if self.guard is not None:
            record = self.guard.seen(acting(), record)
        found = {name: _read(record, name, info) for name, info in self.shape.model_fields.items()}
        found["id"] = record.public_id
        found["url"] = record_url(self.path, record.public_id)
        return found


def _read(record: Any, name: str, info: Any) -> Any:
    path = next((mark.path for mark in info.metadata if isinstance(mark, At)), name)
    return plain(reduce(lambda part, step: getattr(part, step, None), path.split("."), record))


def plain(value: Any) -> Any:
    """A value as JSON has it; an empty text is no value."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        return exact(value)
    return None if value == "" else value


def offer_record(resource: Resource) -> None:
    """Make `GET /api/v1/<path>/<id>` answer one record."""

    def one(pid: str) -> Response:
        return resource.answer(pid)

    one.__doc__ = f"One record of {resource.path}, as far as the caller may see it."
    view = described(tag=resource.path, answer=resource.shape)(one)
    name = f"record_{resource.path.replace('-', '_')}"
    bp.add_url_rule(f"/{resource.path}/<pid>", name, requires(resource.permission)(view))


def offer_deed(
    resource: Resource, name: str, permission: str, body: type[Shape], act: Act, says: str
) -> None:
    """Make `POST /api/v1/<path>/<id>/<name>` do a verb of the area and answer the record after it.

    A deed needs no key: the version that it names lets it happen once.
    """

    def done(pid: str) -> Response:
        given = request.context.json  # type: ignore[attr-defined]  # SpecTree's place
        with unit_of_work() as session:
            act(session, pid, given, acting())
        return resource.answer(pid)

    done.__doc__ = says
    view = described(tag=resource.path, body=body, answer=resource.shape)(done)
    endpoint = f"{resource.path}_{name}".replace("-", "_")
    bp.add_url_rule(f"/{resource.path}/<pid>/{name}", endpoint, requires(permission)(view), methods=["POST"])
