"""Whose number is this: a contact by the whole number, by POST so that no number stands in an address or a log."""

from flask import url_for
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from core.db import unit_of_work
from core.errors import Invalid
from core.i18n import lazy as _l
from crm.enterprises import access, contacts
from webapp.staff.enterprises.views import Answer, bp
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.forms import BaseForm
from webapp.web.rendering import render


class NumberForm(BaseForm):
    number = StringField(_l("完整的电话号码"), validators=[InputRequired(), Length(max=30)])


@bp.route("/contacts/lookup", methods=["GET", "POST"])
@requires(access.VIEW_CONTACT)
def lookup() -> Answer:
    form, found = NumberForm(), None
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                people = contacts.of_number(session, form.number.data or "", actor=acting())
                found = [
                    (each.person, each.title, each.enterprise.name, each.active,
                     url_for(".show", pid=each.enterprise.public_id, _anchor="contacts"))
                    for each in people
                ]  # fmt: skip
        except Invalid as error:
            form.absorb(error)
    page = render("staff/enterprises/lookup.html", form=form, found=found)
    return page, 422 if form.errors or form.form_errors else 200
