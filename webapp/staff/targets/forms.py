"""Forms of targets: adding candidates, assigning, contact, steps."""

from collections.abc import Sequence
from typing import Any

from wtforms.validators import InputRequired, Optional

from core.i18n import lazy as _l
from crm.targets.words import CATEGORIES, MATURITIES, PARTS
from webapp.web.choices import SelectField
from webapp.web.fields import DecimalText, LinesField, TextField
from webapp.web.forms import BaseForm

Choices = Sequence[tuple[int, str]]


class AddForm(BaseForm):
    """Where chosen candidates go: a list that is there or a new one, the owning unit, a specialist."""

    list_pid = SelectField(_l("目标名单"), validators=[Optional()])
    new_list = TextField(_l("新名单名称"), validators=[Optional()], limit=120)
    unit_id = SelectField(_l("责任单位"), coerce=int)
    specialist_id = SelectField(_l("专员"), coerce=int)

    def __init__(
        self, *args: Any, lists: Sequence[tuple[str, str]], units: Choices, people: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.list_pid.choices = [*lists, ("", _l("新建一份名单"))]
        self.unit_id.choices = list(units)
        self.specialist_id.choices = [(0, _l("先不定专员")), *people]


class ListForm(BaseForm):
    """A target list: its name, the chain or the campaign it is for, the unit that keeps it."""

    name = TextField(_l("名单名称"), validators=[InputRequired()], limit=120)
    chain_id = SelectField(_l("产业链"), coerce=int, default=0)
    campaign = TextField(_l("专题"), validators=[Optional()], limit=120)
    unit_id = SelectField(_l("归口单位"), coerce=int)

    def __init__(self, *args: Any, chains: Choices, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chain_id.choices = [(0, _l("不限产业链")), *chains]
        self.unit_id.choices = list(units)


class TurnForm(BaseForm):
    """Closing and reopening a list: the version that was seen."""

    merges = False


class AssignForm(BaseForm):
    """A new owner."""

    unit_id = SelectField(_l("责任单位"), coerce=int)
    specialist_id = SelectField(_l("专员"), coerce=int)

    def __init__(self, *args: Any, units: Choices, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit_id.choices = list(units)
        self.specialist_id.choices = [(0, _l("先不定专员")), *people]


class StepForm(BaseForm):
    """A step of the contact states; some ask for a reason."""

    merges = False

    reason = TextField(_l("原因"), validators=[Optional()], limit=300, id="step-reason")


class PartForm(BaseForm):
    """A part of the fit score that a person knows better than the data."""

    merges = False

    part = SelectField(_l("哪一部分"), choices=list(PARTS.items()), id="fit-part")
    points = DecimalText(_l("得分"), validators=[InputRequired()], id="fit-points")
    reason = TextField(_l("依据"), validators=[InputRequired()], limit=200, id="fit-reason")


class EditForm(BaseForm):
    """What is known of a target."""

    product = TextField(_l("主营产品"), validators=[Optional()])
    category = SelectField(_l("企业类别"), choices=[("", _l("未定")), *CATEGORIES.items()])
    leader_id = SelectField(_l("牵头领导"), coerce=int)
    maturity = SelectField(_l("成熟度"), choices=[("", _l("未定")), *MATURITIES.items()])
    layout = LinesField(_l("在外布局与扩张动态"), validators=[Optional()], limit=1000)
    reason = LinesField(_l("与本地契合点"), validators=[Optional()], limit=1000)

    def __init__(self, *args: Any, leaders: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leader_id.choices = [(0, _l("未定")), *leaders]

    def stored(self, record: Any) -> dict[str, Any]:
        return {**super().stored(record), "leader_id": record.leader_id or 0}

    def values(self) -> dict[str, Any]:
        return {
            "product": self.product.data or "",
            "category": self.category.data,
            "leader_id": self.leader_id.data or None,
            "maturity": self.maturity.data or None,
            "layout": self.layout.data or "",
            "reason": self.reason.data or "",
        }
