"""Forms of the enterprise: few fields, plain words."""

from wtforms.validators import InputRequired, Length, Optional

from core.files import Received
from core.i18n import lazy as _l
from crm.service_requests import rules
from webapp.web.choices import RadioField, SelectField
from webapp.web.fields import LinesField, PhoneField, TextField
from webapp.web.forms import BaseForm
from webapp.web.uploads import UploadsField

FILES_HINT = _l("照片、PDF、Excel 都行，单个不超过 50 MB。请不要传涉密材料。")


class _WithFiles(BaseForm):
    files = UploadsField(_l("附件"), validators=[Optional()], description=FILES_HINT)

    def uploads(self) -> list[Received]:
        return list(self.files.received)


class SubmitForm(_WithFiles):
    """A new request."""

    title = TextField(_l("一句话说明"), validators=[InputRequired(), Length(2, 120)], limit=120)
    category = SelectField(_l("类别"), choices=list(rules.CATEGORIES.items()), default="approval")
    nature = SelectField(
        _l("您希望"),
        choices=[
            (code, rules.NATURES[code]) for code in ("help", "consult", "advice", "complaint", "resource")
        ],
    )
    content = LinesField(
        _l("说说情况"),
        validators=[InputRequired()],
        description=_l("请写清时间、地点和想要的结果，至少 10 个字。"),
    )
    contact_person = TextField(_l("联系人"), validators=[Optional()], limit=80)
    contact_phone = PhoneField(_l("联系电话"), validators=[Optional()])


class SupplementForm(_WithFiles):
    text = LinesField(_l("补充说明"), validators=[InputRequired()])


class RateForm(BaseForm):
    merges = False

    solved = RadioField(
        _l("问题解决了吗"), choices=list(rules.SOLVED.items()), validators=[InputRequired(_l("请选一项。"))]
    )
    satisfaction = RadioField(
        _l("您满意吗"),
        choices=list(rules.SATISFACTION.items()),
        coerce=int,
        validators=[InputRequired(_l("请选一项。"))],
    )
    text = LinesField(_l("还想说的"), validators=[Optional()], limit=1000)


class WithdrawForm(BaseForm):
    reason = TextField(_l("撤回原因"), validators=[InputRequired()])
