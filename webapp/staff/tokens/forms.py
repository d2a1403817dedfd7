"""The form of a new token."""

from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from core.accounts.tokens import LONGEST_DAYS
from core.i18n import lazy as _l
from webapp.web.choices import BoxesField, SelectField
from webapp.web.forms import BaseForm

AREAS = (
    ("enterprises", _l("企业")),
    ("chains", _l("图谱")),
    ("targets", _l("目标")),
    ("leads", _l("线索")),
    ("projects", _l("项目")),
    ("greencards", _l("绿卡和专班")),
    ("requests", _l("诉求")),
    ("cultivation", _l("培优")),
)


class TokenForm(BaseForm):
    """A token does what its owner may do, less what is left out here."""

    name = StringField(_l("给什么程序用"), validators=[InputRequired(), Length(max=80)])
    scope = SelectField(_l("能做什么"), choices=[("read", _l("只读")), ("write", _l("读和写"))])
    areas = BoxesField(_l("能到哪些业务（不选是全部）"), choices=list(AREAS))
    days = IntegerField(
        _l("有效天数"), default=90, validators=[InputRequired(), NumberRange(1, LONGEST_DAYS)]
    )
