"""Words that a person sees: Chinese in the source, English in the catalogue."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from flask_babel import lazy_pgettext, ngettext, pgettext

__all__ = ["_", "lazy", "lazy_pgettext", "ngettext", "pgettext"]
