"""Form fields over the value parsers of `core.fields`: what was typed stays, what it means becomes `data`."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import StringField
from wtforms.form import BaseForm as WtBaseForm
from wtforms.validators import StopValidation
from wtforms.widgets import DateInput, TextArea, TextInput

from core import masking
from core.fields import days, numbers, picks, texts, uscc
from core.fields.errors import FieldError
from core.fields.picks import Pick
from core.i18n import _
from core.types import quantize, to_mu

_PARTS = re.compile(r"[、,，;；\n]+")


class ParsedField(StringField):
    """A text field whose `data` is what its parser makes of the text; the typed text is shown again."""

    data: Any
    widget: Any = TextInput()
    inputmode = ""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        self.options = {
            name: options.pop(name) for name in ("minimum", "maximum", "places", "limit") if name in options
        }
        if self.inputmode:
            options.setdefault("render_kw", {}).setdefault("inputmode", self.inputmode)
        super().__init__(label, validators, **options)

    def parse(self, text: str) -> Any:
        raise NotImplementedError

    def shown(self, value: Any) -> str:
        return str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist:
            return
        self.data = None
        if not str(valuelist[0]).strip():
            self.raw_data = [""]  # white space alone is nothing: InputRequired looks at the raw text
        try:
            self.data = self.parse(str(valuelist[0]))
        except FieldError as error:
            raise ValueError(str(error)) from error

    def pre_validate(self, form: WtBaseForm) -> None:
        if self.process_errors:
            raise StopValidation

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.shown(self.data)


def _digits(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


class WanField(ParsedField):
    """Money in 万元 as an exact Decimal; “1.2亿元” is understood."""

    inputmode = "decimal"

    def parse(self, text: str) -> Decimal | None:
        return numbers.money_wan(text, minimum=self.options.get("minimum", 0))

    def shown(self, value: Any) -> str:
        return _digits(value)


class MuField(ParsedField):
    """Land typed in 亩, `data` in ㎡."""

    inputmode = "decimal"

    def parse(self, text: str) -> Decimal | None:
        return numbers.area_sqm(text)

    def shown(self, value: Any) -> str:
        return _digits(to_mu(value))


class SqmField(ParsedField):
    """Floor area in ㎡."""

    inputmode = "decimal"

    def parse(self, text: str) -> Decimal | None:
        return numbers.area_sqm(text, unit="平方米")

    def shown(self, value: Any) -> str:
        return _digits(value)


class DecimalText(ParsedField):
    """Any exact number; `places`, `minimum` and `maximum` as options."""

    inputmode = "decimal"

    def parse(self, text: str) -> Decimal | None:
        return numbers.decimal(text, **self.options)

    def shown(self, value: Any) -> str:
        places = self.options.get("places")
        return _digits(quantize(value, places) if places is not None else value)


class WholeNumber(ParsedField):
    """A whole number, not negative unless `minimum` says so."""

    inputmode = "numeric"

    def parse(self, text: str) -> int | None:
        return numbers.integer(text, **self.options)


class DayField(ParsedField):
    """A day; the browser's own picker where there is one, Chinese forms where it is typed."""

    widget = DateInput()

    def parse(self, text: str) -> date | None:
        return days.day(text)

    def shown(self, value: date) -> str:
        return value.isoformat()


class UsccField(ParsedField):
    """A unified social credit code with its check digit (GB 32100)."""

    def parse(self, text: str) -> str | None:
        return uscc.credit_code(text)


class PhoneField(ParsedField):
    """A telephone number: mobile, landline, service number or one from abroad."""

    inputmode = "tel"

    def parse(self, text: str) -> str | None:
        return texts.phone(text)


class KeptPhoneField(PhoneField):
    """A number that the page shows only in part. `data` is the new number, None to keep the stored one, "" to drop it.

    The stored number never reaches the page, nor the copy of the form's values that a conflict compares.
    """

    concealed = True

    def process_data(self, value: Any) -> None:
        self.data = None
        if value:
            shown = masking.phone(value)
            self.description = _("现在是 %(shown)s。留空不改，填新号码就换掉，填“无”就删去。", shown=shown)

    def parse(self, text: str) -> str | None:
        return "" if text.strip() and texts.is_blank(text) else super().parse(text)


class TextField(ParsedField):
    """Cleaned text: NFC, no invisible characters, trimmed; `limit` characters at most (200)."""

    def parse(self, text: str) -> str:
        return texts.text(text, limit=self.options.get("limit", 200)) or ""


class LinesField(ParsedField):
    """Cleaned text of several lines; `limit` characters at most (4,000)."""

    widget = TextArea()

    def parse(self, text: str) -> str:
        return texts.text(text, limit=self.options.get("limit", 4000), lines=True) or ""


class WordsField(ParsedField):
    """Several short texts parted by 、 or commas, `data` as a list; doubles once, `limit` characters each (80)."""

    def parse(self, text: str) -> list[str]:
        parts = _PARTS.split(texts.text(text, limit=2000, lines=True) or "")
        limit = self.options.get("limit", 80)
        return [part for part in dict.fromkeys(texts.text(each, limit=limit) or "" for each in parts) if part]

    def shown(self, value: Any) -> str:
        return "、".join(value)


class PickField(ParsedField):
    """A value that is picked from a few suggestions. The form's `picks` (field name → finder) tells what is meant.

    `picked` is what was picked, `data` its value.
    """

    picked: Pick | None = None

    def parse(self, text: str) -> str | None:
        return texts.text(text, limit=200)

    def pre_validate(self, form: WtBaseForm) -> None:
        super().pre_validate(form)
        if not self.data:
            return
        find: Callable[[str], Sequence[Pick]] = form.picks[self.short_name]  # type: ignore[attr-defined]  # the form's own
        self.picked, why = picks.meant(find(self.data), self.data)
        if self.picked is None:
            raise StopValidation(str(why))
        self.data = self.picked.value


__all__ = [
    "DayField", "DecimalText", "KeptPhoneField", "LinesField", "MuField", "ParsedField", "PhoneField",
    "PickField", "SqmField", "TextField", "UsccField", "WanField", "WholeNumber", "WordsField",
]  # fmt: skip
