"""Fields to choose from: their choices are given as (value, label) pairs, in the declaration or by a form."""

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField as WtRadioField
from wtforms import SelectField as WtSelectField
from wtforms import SelectMultipleField as WtSelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.widgets import CheckboxInput, ListWidget

Pairs = Iterable[tuple[Any, Any]]


def shaped(pairs: Pairs | None) -> list[SelectChoice] | None:
    """The pairs as WTForms keeps them."""
    return None if pairs is None else [SelectChoice(value, label) for value, label in pairs]


class _Choosing(WtSelectField):
    """What both kinds share: pairs in, choices of WTForms kept."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, choices: Pairs | None = None, **options: Any
    ):
        super().__init__(label, validators, choices=shaped(choices), **options)

    @property
    def choices(self) -> Any:
        return self._choices

    @choices.setter  # type: ignore[override]  # any pairs, not only lists
    def choices(self, pairs: Pairs | None) -> None:
        self._choices = shaped(pairs)


class SelectField(_Choosing):
    """One of several, from a list."""


class RadioField(WtRadioField, _Choosing):
    """One of several, all in sight."""


class SelectMultipleField(WtSelectMultipleField, _Choosing):
    """Several of them."""


class BoxesField(SelectMultipleField):
    """Several of them, each with a box: for what is few enough to stand in sight."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
