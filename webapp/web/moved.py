"""Addresses of records that were merged: areas say where such a record is found now."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from core.db import db
from core.permissions import Actor
from webapp.web.acting import acting, is_signed_in

Finder = Callable[[Session, str, Actor], str | None]
_finders: list[Finder] = []
_LENGTH = 26


def known(finder: Finder) -> Finder:
    """Register `finder(session, public id, actor)`: the id that has taken its place, None where there is none."""
    _finders.append(finder)
    return finder


def address() -> str | None:
    """Where this request's page stands now; None when nothing was moved, or when something is to be written."""
    if request.method not in ("GET", "HEAD") or request.endpoint is None or not is_signed_in():
        return None
    given: dict[str, Any] = dict(request.view_args or {})
    found = {name: beyond for name, value in given.items() if (beyond := _beyond(value)) is not None}
    if not found:
        return None
    return url_for(request.endpoint, **{**request.args.to_dict(flat=False), **given, **found})


def _beyond(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) != _LENGTH:
        return None
    for finder in _finders:
        if (beyond := finder(db.session(), value, acting())) is not None:
            return beyond
    return None
