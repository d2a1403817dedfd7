"""Two people edited one record: what it was, what the other made of it, what this one typed.

Where they changed different fields the two are merged and saved without asking; where they changed the
same one, a page shows all three values and keeps the text.
"""

import json
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, g, make_response, render_template, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.wrappers import Response
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


MOST_MERGES = 3
"""A record that others change faster than this is for the person to look at."""


def merged_answer(error: Conflict) -> Response | None:
    """The answer of the same view to the merged form; None when a person has to decide.

    The view runs again as for a new request: it judges permission and rules anew, on the fresh version.
    """
    merged = _merged(error)
    if merged is None:
        return None
    g.merges = g.get("merges", 0) + 1
    request.form = ImmutableMultiDict(merged)
    g.pop("submitted_form", None)
    try:
        answer = current_app.make_response(current_app.dispatch_request())
    except Exception as again:
        return make_response(current_app.handle_user_exception(again))
    if answer.status_code in (302, 303) and g.merges == 1:
        flash(_("别人刚改过这条记录的其他内容，两边的改动都已保存。"))
    return answer


def _merged(error: Conflict) -> MultiDict[str, str] | None:
    form: BaseForm | None = g.get("submitted_form")
    if form is None or error.present is None or not form.merges or g.get("merges", 0) >= MOST_MERGES:
        return None
    rows = _rows(form, error.present)
    undecided = [row for row in rows if row.decided is None or row.base is None]
    changed = [row for row in rows if row.base is not None and row.mine.value != row.base.value]
    named = {row.name for row in rows}
    aside = [
        field for field in form.visible() if field.short_name not in named and not _harmless(form, field)
    ]
    if undecided or not changed or aside:
        return None
    sent = MultiDict(request.form)
    for row in rows:
        sent.setlist(form[row.name].name, [row.decided] if row.decided else _blank(form[row.name]))
    sent[form.version.name] = str(error.present.version)
    sent[form.base.name] = json.dumps({row.name: row.theirs.value for row in rows}, ensure_ascii=False)
    return sent


def _blank(field: Field) -> list[str]:
    """An empty box is not sent at all, every other empty field as an empty text."""
    return [] if field.type == "BooleanField" else [""]


def _harmless(form: BaseForm, field: Field) -> bool:
    """What stands beside the record's own fields: the reason of the change, or nothing at all."""
    return field.short_name in form.beside or not any(
        text.strip() for text in request.form.getlist(field.name)
    )


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
    if choices:
        return next((str(choice.label) for choice in choices if str(choice.value) == value), value)
    if field.type == "BooleanField":
        return str(_("是") if value in ("y", "True", "1") else _("否"))
    return value
