"""One verb from one form: done once, or the page again with everything that is wrong."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.db import unit_of_work
from core.errors import Invalid, Refused
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle

Answer = Response | str | tuple[str, int]
Act = Callable[[Session], Any]


def carry(form: BaseForm, act: Act, url: str, said: Any, again: Callable[[], str]) -> Answer:
    """`act` runs in a unit of work; afterwards `url` with the sentence `said`, or `again()` with status 422."""
    if not form.validate_on_submit():
        return again(), 422
    try:
        with unit_of_work() as session:
            if not once(session, form.form_key.data):
                act(session)
                settle(session, form.form_key.data, url)
    except (Invalid, Refused) as error:
        form.absorb(error)
        return again(), 422
    flash(said)
    return redirect(url, 303)
