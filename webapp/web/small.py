"""A page of one small form: shown, sent once, and back to the record that it belongs to."""

from dataclasses import dataclass
from typing import Any

from flask import request
from wtforms import FileField

from webapp.web.carrying import Act, Answer, carry
from webapp.web.forms import BaseForm
from webapp.web.rendering import render


@dataclass(frozen=True)
class Around:
    """Where a small form stands: its list and its record, each with address and name."""

    list_url: str
    list_name: Any
    record_url: str
    record_name: str


def small(
    form: BaseForm,
    act: Act,
    said: Any,
    around: Around,
    *,
    title: Any,
    button: Any,
    anchor: str = "",
    note: Any = "",
    danger: bool = False,
) -> Answer:
    """Show the form, or do `act`, say `said` and return to `anchor` of the record. `danger`: it takes away."""
    files = any(isinstance(field, FileField) for field in form.visible())

    def again() -> str:
        words = {"title": title, "button": button, "note": note, "danger": danger}
        return render("ui/small.html", form=form, around=around, files=files, **words)

    if request.method == "GET":
        return again()
    url = f"{around.record_url}#{anchor}" if anchor else around.record_url
    return carry(form, act, url, said, again)
