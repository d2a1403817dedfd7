"""Two people edited one record: what it was, what the other made of it, what this one typed."""

import json
from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request
from wtforms import Field

from core.db import new_ulid
from core.errors import Conflict
from core.i18n import _
from webapp.web.forms import BaseForm, comparable, submitted_text


@dataclass(frozen=True)
class Choice:
    """One value of a field: as it is sent, and as a person reads it."""

    value: str
    shown: str


@dataclass(frozen=True)
class Row:
    """A field of the form that somebody changed. `decided` is what both sides can live with, else None."""

    name: str
    label: str
    base: Choice | None
    theirs: Choice
    mine: Choice
    decided: str | None


def conflict_page(error: Conflict) -> str | None:
    """The page that shows both versions and keeps the text; None when there is no form to compare."""
    form: BaseForm | None = g.get("submitted_form")
    if form is None or error.present is None:
        return None
    rows = _rows(form, error.present)
    theirs = {row.name: row.theirs.value for row in rows}
    kept = [field for field in form.visible() if field.short_name not in theirs]
    return render_template(
        "errors/conflict.html",
        open_rows=[row for row in rows if row.decided is None],
        settled=[row for row in rows if row.decided is not None],
        kept=[(field, request.form.getlist(field.name)) for field in kept],
        prefix=form._prefix,
        version=error.present.version,
        form_key=new_ulid(),
        base=json.dumps(theirs, ensure_ascii=False),
        back=request.full_path.rstrip("?"),
        saved_at=getattr(error.present, "updated_at", None),
    )


def _rows(form: BaseForm, present: Any) -> list[Row]:
    base, stored = _base(form), form.stored(present)
    rows = []
    for field in form.visible():
        if not comparable(field) or field.short_name not in stored:
            continue
        theirs, mine = _their_text(field, stored[field.short_name]), submitted_text(field)
        was = base.get(field.short_name)
        rows.append(
            Row(
                name=field.short_name,
                label=str(field.label.text),
                base=None if was is None else Choice(was, _shown(field, was)),
                theirs=Choice(theirs, _shown(field, theirs)),
                mine=Choice(mine, _shown(field, mine)),
                decided=_decided(was, theirs, mine),
            )
        )
    return rows


def _decided(was: str | None, theirs: str, mine: str) -> str | None:
    if theirs == mine or was == mine:
        return theirs
    return mine if was == theirs else None


def _base(form: BaseForm) -> dict[str, str]:
    """What the form held when it was opened; it came through the browser, so it is only ever shown."""
    try:
        found = json.loads(form.base.data or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _their_text(field: Field, value: Any) -> str:
    twin = object.__new__(type(field))  # copy.copy would call WTForms' own __new__, which makes no field
    twin.__dict__.update(field.__dict__)
    twin.raw_data = None
    twin.process_data(value)
    return submitted_text(twin)


def _shown(field: Field, value: str) -> str:
    if not value:
        return "—"
    choices = getattr(field, "choices", None)
    if choices and not isinstance(choices, dict):
        return next((str(choice[1]) for choice in choices if str(choice[0]) == value), value)
    if field.type == "BooleanField":
        return str(_("是") if value in ("y", "True", "1") else _("否"))
    return value
