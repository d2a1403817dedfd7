"""Panels that one area puts on another area's record page, so that pages need not know each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy.orm import Session

from core.db import db
from core.permissions import Actor
from webapp.web.acting import acting

Context = Callable[[Session, Any, Actor], dict[str, Any] | None]


@dataclass(frozen=True)
class _Panel:
    order: int
    name: str
    template: str
    permission: str
    context: Context


_panels: dict[str, dict[str, _Panel]] = {}


def panel(
    kind: str, name: str, *, template: str, permission: str, order: int = 50
) -> Callable[[Context], Context]:
    """Register `context(session, record, actor)` for the page of `kind`; None hides the panel.

    The template gets the context's names and `record`.
    """

    def register(context: Context) -> Context:
        _panels.setdefault(kind, {})[name] = _Panel(order, name, template, permission, context)
        return context

    return register


def rendered(kind: str, record: Any) -> list[Markup]:
    """The panels of a record page that the acting user may see, in order."""
    actor = acting()
    found: list[Markup] = []
    for item in sorted(_panels.get(kind, {}).values(), key=lambda panel: panel.order):
        if not actor.can(item.permission):
            continue
        context = item.context(db.session(), record, actor)
        if context is not None:
            found.append(Markup(render_template(item.template, record=record, **context)))  # noqa: S704 - our template
    return found
