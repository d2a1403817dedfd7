"""Forms of the search pages."""

from wtforms import BooleanField, HiddenField

from core.i18n import lazy as _l
from webapp.web.fields import TextField
from webapp.web.forms import BaseForm


class SaveForm(BaseForm):
    """A name for the search on this page. Its words and conditions stand beside it as hidden fields."""

    name = TextField(_l("名称"), limit=80)
    tell = BooleanField(_l("有新结果告诉我"))


class WatchForm(BaseForm):
    """Begin (`tell` is 1) or stop telling of a saved search."""

    tell = HiddenField()


class KeyForm(BaseForm):
    """One refused document by its key; empty for all of them."""

    key = HiddenField()
