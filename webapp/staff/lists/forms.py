"""Forms of lists: a saved view."""

from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from core.i18n import lazy as _l
from core.lists.views import PUBLISH, SHARE
from core.permissions import Actor
from webapp.web.fields import WholeNumber
from webapp.web.forms import BaseForm


class ViewForm(BaseForm):
    """Name, who may use it, its place among the tabs."""

    name = StringField(_l("视图名称"), validators=[InputRequired(), Length(max=60)])
    scope = SelectField(_l("谁能用"), validators=[InputRequired()])
    position = WholeNumber(_l("排在第几"), maximum=99)
    opens = BooleanField(_l("我打开这张列表时先看它"))
    q = HiddenField()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("own", _l("只有我"))]
        if actor.can(SHARE) or self.scope.data == "unit":
            choices.append(("unit", _l("本单位的人")))
        if actor.can(PUBLISH) or self.scope.data == "public":
            choices.append(("public", _l("所有工作人员")))
        self.scope.choices = choices


class TakePresentForm(ViewForm):
    """An existing view may also take the conditions and columns that the list has now."""

    take = BooleanField(_l("改存现在的条件和列"))
