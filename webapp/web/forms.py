"""The base of every form: token, version and key hidden inside; a refusal comes back at its field."""

import json
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

from flask import g
from flask_wtf import FlaskForm
from flask_wtf.i18n import Translations
from wtforms import (
    BooleanField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectMultipleField,
)
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from core.db import new_ulid
from core.errors import DomainError, Invalid, Refused
from core.i18n import _

HIDDEN = ("csrf_token", "version", "form_key", "base")


class Words(Translations):
    """WTForms' own sentences, except where the house says it shorter."""

    def gettext(self, string: str) -> str:
        return str(_("还没有填写。")) if string == "This field is required." else str(super().gettext(string))


class BaseForm(FlaskForm):
    """`version` is the record's as the form was opened, `form_key` makes a second submit harmless.

    `base` holds the values as the form was opened, so that a conflict can show three of them.
    """

    class Meta(FlaskForm.Meta):
        def get_translations(self, _form: Any) -> Translations:
            return Words()

    merges: ClassVar[bool] = True
    """Whether changes of different fields are merged unasked. Not where the form decides on what was seen."""

    beside: ClassVar[tuple[str, ...]] = ("reason",)
    """Fields that say something of the change and not of the record."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    form_key = HiddenField(default=new_ulid)
    base = HiddenField()

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        if self.is_submitted():
            g.submitted_form = self
        elif self.version.data is not None:
            self.base.data = json.dumps(self.texts(), ensure_ascii=False)

    def visible(self) -> list[Field]:
        """The fields that a person fills in."""
        return [field for field in self if field.short_name not in HIDDEN]

    def withhold(self, names: Collection[str]) -> None:
        """Take out the fields that this person may neither see nor write; what the form was opened with too."""
        for name in names:
            if name in self:
                del self[name]
        if self.base.data and not self.is_submitted():
            self.base.data = json.dumps(self.texts(), ensure_ascii=False)

    def apart(self, prefix: str) -> Self:
        """Among several forms of a page, most of them with a reason: each field gets an id of its own."""
        for field in self.visible():
            field.id = field.label.field_id = f"{prefix}-{field.short_name}"
        return self

    def texts(self) -> dict[str, str]:
        """The plain values by field name, as they would be submitted."""
        return {field.short_name: submitted_text(field) for field in self.visible() if comparable(field)}

    def stored(self, record: Any) -> dict[str, Any]:
        """The record's present values by field name, for the conflict page.

        Override where a field is not an attribute of the record (a choice of a unit by its public id).
        """
        names = [field.short_name for field in self.visible()]
        return {name: getattr(record, name) for name in names if is_plain(getattr(record, name, record))}

    def absorb(self, error: DomainError) -> None:
        """Put a refusal where it belongs: at its fields, or above the form."""
        found: list[tuple[str | None, Any]]
        if isinstance(error, Invalid):
            found = [(fault.field, fault.message) for fault in error.faults]
        elif isinstance(error, Refused):
            found = [(missing.field, missing.message) for missing in error.missing]
        else:
            found = [(error.field, error.message)]
        for name, message in found:
            if name is not None and name in self._fields:
                self[name].errors = [*self[name].errors, message]
            else:
                self.form_errors.append(message)


def is_plain(value: Any) -> bool:
    """Whether a value is one that a field can hold, not a related record."""
    return value is None or isinstance(value, (str, int, Decimal, date, datetime))


def comparable(field: Field) -> bool:
    """Whether a field's value is one text that can be shown and chosen in a conflict."""
    if isinstance(field, (FileField, PasswordField, SelectMultipleField)) or getattr(
        field, "concealed", False
    ):
        return False
    return hasattr(field, "_value") or hasattr(field, "choices")


def submitted_text(field: Field) -> str:
    """A field's value as the browser would send it."""
    if isinstance(field, BooleanField):
        return "y" if field.data else ""
    if hasattr(field, "choices"):
        return "" if field.data is None else str(field.data)
    read: Any = field
    value = read._value()
    return "" if value is None else str(value)
