"""Words that a person sees: Chinese in the source, English in the catalogue.

The source language needs no catalogue: its words are returned as they stand. A page has hundreds of them,
and asking the catalogue for each costs more than the page's queries.
"""

from typing import Any

from flask_babel import force_locale, get_locale, lazy_pgettext, ngettext, pgettext
from flask_babel import gettext as _from_catalogue
from flask_babel.speaklater import LazyString

__all__ = ["_", "in_each_language", "in_source_language", "lazy", "lazy_pgettext", "ngettext", "pgettext"]

SOURCE = "zh"
SPOKEN = (SOURCE, "en")


def in_source_language() -> bool:
    """Whether the words of this moment are those of the source (also for jobs, which have no request)."""
    locale = get_locale()
    return locale is None or locale.language == SOURCE


def _(text: str, /, **variables: Any) -> str:
    """`text` in the reader's language, its %(name)s places filled."""
    if in_source_language():
        return text % variables if variables else text
    found: str = _from_catalogue(text, **variables)
    return found


def lazy(text: str, /, **variables: Any) -> Any:
    """Like `_`, but looked up when it is read: for words that stand at the top of a module."""
    return LazyString(_, text, **variables)


def in_each_language(text: Any) -> set[str]:
    """The same words in every language of the platform: for what others wrote, whatever the reader speaks."""
    found = set()
    for language in SPOKEN:
        with force_locale(language):
            found.add(str(text))
    return found
