"""Every declared list as a call: the fields, conditions, sorts and pages of its page, its columns as values."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response, jsonify, request, url_for
from pydantic import BaseModel, ConfigDict, Field, create_model

from core.db import db
from core.errors import Fault, Invalid
from core.i18n import _
from core.lists import conditions as grammar
from core.lists import reading
from core.lists.conditions import Condition
from core.lists.fields import Asking
from core.lists.query import SIZES
from core.lists.spec import Column, ListSpec
from webapp.api.v1.door import bp, described
from webapp.api.v1.shapes import Links, day, exact, instant
from webapp.api.v1.wording import camel
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.list_state import State

LOOK = ("sort", "page", "size", "after", "before", "w")
OFFERED: dict[str, ListSpec] = {}
"""The lists that are answered, by their path."""

_TYPES: dict[str, Any] = {"yesno": bool, "many": list[str]}


def offer(spec: ListSpec, path: str, tag: str) -> None:
    """Make `GET /api/v1/<path>` answer this list."""

    def listed() -> Response:
        return _answer(spec, path)

    OFFERED[path] = spec
    listed.__doc__ = f"List: {path}. Conditions, sorts and pages as on the page of the same name."
    view: Callable[..., Any] = described(tag=tag, query=_query(spec, path), answer=_page(spec, path))(listed)
    bp.add_url_rule(f"/{path}", f"list_{path}", requires(spec.permission)(view))


def _query(spec: ListSpec, path: str) -> type[BaseModel]:
    """The parameters: one for each field, and the list's own."""
    own: dict[str, Any] = {
        each.name: (list[str], Field(default=[], max_length=50, description=f"operator: {each.ops[0]}"))
        for each in spec.fields
    }
    look: dict[str, Any] = {
        "w": (list[str], Field(default=[], max_length=20, description="groups of conditions")),
        "sort": (
            str,
            Field(default="", description=f"one of {', '.join(spec.sorts)}; a minus turns it round"),
        ),
        "page": (int, Field(default=1, ge=1, le=1_000_000)),
        "size": (int, Field(default=spec.default_size, description=f"one of {', '.join(map(str, SIZES))}")),
        "after": (str, Field(default="", max_length=400)),
        "before": (str, Field(default="", max_length=400)),
    }
    made: type[BaseModel] = create_model(
        f"{camel(path)}Query", __config__=ConfigDict(extra="forbid"), **{**own, **look}
    )
    return made


def _page(spec: ListSpec, path: str) -> type[BaseModel]:
    columns: dict[str, Any] = {
        column.name: (_TYPES.get(column.kind, str) | None, Field(default=None, description=column.kind))
        for column in spec.columns
    }
    row = create_model(f"{camel(path)}Row", id=(str, ...), url=(str, ...), **columns)
    return create_model(
        f"{camel(path)}Page",
        data=(list[row], ...),  # type: ignore[valid-type]  # a model made at run time
        total=(int, ...),
        total_is_lower_bound=(bool, ...),
        links=(Links, ...),
    )


def _answer(spec: ListSpec, path: str) -> Response:
    asking = Asking(db.session(), acting())
    state = State(spec, request.args, asking, path=request.path)
    _refuse_what_is_not_understood(spec, state, asking)
    page = reading.page(asking.session, spec, state.query, actor=asking.actor)
    rows = [_row(spec, path, row) for row in page.rows]
    return jsonify(
        data=rows,
        total=page.total,
        total_is_lower_bound=page.capped,
        links={"next": _next(state, page)},
    )


def _next(state: State, page: reading.Listed) -> str | None:
    if page.after:
        return state.url(after=page.after, before="", page="")
    return state.url(page=page.page + 1) if not page.keyed and page.has_next else None


def _row(spec: ListSpec, path: str, row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"id": row.public_id, "url": record_url(path, row.public_id)}
    for column in spec.columns:
        found[column.name] = _value(column, row)
    return found


def record_url(path: str, pid: str) -> str:
    """Where one record of a list is answered."""
    return f"{url_for('api.document')[: -len('openapi.json')]}{path}/{pid}"


def _value(column: Column, row: Any) -> Any:
    """A cell as JSON has it: exact decimals and days as text, words in the caller's language."""
    value = column.of(row)
    if column.kind == "yesno":
        return None if value is None else bool(value)
    if column.kind == "many":
        return [str(each) for each in value or ()]
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return exact(value)
    return str(value)


def _refuse_what_is_not_understood(spec: ListSpec, state: State, asking: Asking) -> None:
    """A page leaves out what it does not know, so that old links live; a program is told."""
    faults = [
        Fault(field.name, "unknown_value", _("%(name)s 里有不认识的值。", name=field.name))
        for field in spec.fields
        if (given := _given(field.name)) and not _settles(state, Condition(field.name, field.ops[0], given))
    ]
    for text in request.args.getlist("w"):
        group = grammar.parse_group(text)
        if not group or not all(_settles(state, condition) for condition in group):
            faults.append(Fault("w", "unknown_condition", _("看不懂这组条件：%(text)s", text=text[:200])))
    sort = request.args.get("sort", "")
    if sort and sort.removeprefix("-") not in state.spec.sorts:
        faults.append(Fault("sort", "unknown_value", _("不能按 %(name)s 排序。", name=sort[:60])))
    if request.args.get("size", str(spec.default_size)) not in {str(spec.default_size), *map(str, SIZES)}:
        sizes = "、".join(map(str, SIZES))
        faults.append(Fault("size", "unknown_value", _("每页可以是 %(sizes)s 条。", sizes=sizes)))
    if faults:
        raise Invalid(faults)


def _given(name: str) -> tuple[str, ...]:
    values: Sequence[str] = [text.strip() for text in request.args.getlist(name)]
    return tuple(dict.fromkeys(value for value in values if value))


def _settles(state: State, condition: Condition) -> bool:
    settled = state.settled(condition)
    return settled is not None and len(settled.values) == len(condition.values)
