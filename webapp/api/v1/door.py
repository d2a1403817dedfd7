"""The blueprint of version 1 and what every call passes: token, sane JSON, rate, description."""

import math
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel
from werkzeug.exceptions import BadRequest, Unauthorized, UnsupportedMediaType

from core.errors import Fault, Invalid
from core.i18n import _
from webapp.api.v1.describing import Answers, SecureType, SecurityScheme, SecuritySchemeData, SpecTree
from webapp.api.v1.shapes import Problem
from webapp.web import rates
from webapp.web.acting import bearer
from webapp.web.limits import broken

bp = Blueprint("api", __name__, url_prefix="/api/v1")
DEEPEST = 20
CHANGES = ("POST", "PUT", "PATCH", "DELETE")

TITLE = "Lianzhao API"
DESCRIPTION = """Lists take the conditions of the pages: `name=value` for each field, `w=field:op:value|field:op:value`
for groups (conditions in a group are joined by or, groups by and), `sort`, `page`, `size`; beyond 10,000 rows
`after` with the key that the answer gives. Money is text in ten thousand yuan (`…_wan`), areas are text in square
metres, days are ISO 8601, instants are in UTC. A change names the `version` that it was made from; a stale one
gives 409. A POST that creates carries an `Idempotency-Key`: sent again within 24 hours it gives the first answer
and does nothing twice."""


def _as_faults(_request: Any, _response: Any, error: Any, _instance: Any, _adapter: Any = None) -> None:
    """What a description refuses is refused like everything else, by field."""
    if error is not None:
        raise Invalid([_fault(each) for each in error.errors(include_url=False, include_context=False)])


def _fault(error: dict[str, Any]) -> Fault:
    place = ".".join(str(part) for part in error["loc"]) or None
    if error["type"] == "extra_forbidden":
        return Fault(place, "unknown", _("没有这个参数：%(name)s。", name=place))
    if error["type"] == "missing":
        return Fault(place, "required", _("缺少 %(name)s。", name=place))
    return Fault(
        place, str(error["type"]), _("%(name)s 的值不对：%(reason)s", name=place, reason=error["msg"])
    )


spec = SpecTree(
    "flask",
    title=TITLE,
    version="1.0",
    description=DESCRIPTION,
    mode="strict",
    annotations=False,
    before=_as_faults,
    security_schemes=[
        SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))
    ],
    security={"token": []},
)

REFUSALS: dict[str, type[BaseModel]] = {
    f"HTTP_{status}": Problem for status in (400, 401, 403, 404, 409, 415, 422, 429, 503)
}


def described(
    *, tag: str, query: Any = None, body: Any = None, status: int = 200, answer: Any, headers: Any = None
) -> Callable[[Any], Any]:
    """Check a call against its description, and put it into the OpenAPI document."""
    answers = Answers(**{f"HTTP_{status}": answer}, **REFUSALS)
    validate: Callable[[Any], Any] = spec.validate(
        query=query, json=body, headers=headers, resp=answers, tags=[tag], skip_validation=False
    )
    return validate


@bp.before_request
def sane_call() -> None:
    """Changes come by token only, as JSON that can be stored."""
    if request.method not in CHANGES:
        return
    if bearer() is None:
        raise Unauthorized()
    if request.mimetype != "application/json":
        raise UnsupportedMediaType()
    try:
        content = request.get_json()
    except RecursionError:
        raise BadRequest() from None
    if not isinstance(content, dict) or not _storable(content):
        raise BadRequest()


def _storable(content: Any) -> bool:
    """No NUL, no lone surrogate, no number without an end, no nesting that nobody writes by hand."""
    waiting = [(content, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            return False
        if isinstance(value, dict):
            waiting += [(each, depth + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            waiting += [(each, depth + 1) for each in value]
        elif (isinstance(value, str) and broken(value)) or (
            isinstance(value, float) and not math.isfinite(value)
        ):
            return False
    return True


@bp.after_request
def plain(response: Response) -> Response:
    """A refusal for want of a token says which door there is."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="lianzhao"'
    return response


rates.limiter.limit(rates.CALLS)(bp)
