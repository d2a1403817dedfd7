"""Forms of parks. What needs other records belongs to the service and comes back at its field."""

from typing import Any

from wtforms.validators import InputRequired, Optional

from core.i18n import lazy as _l
from crm.parks.service import ParkValues
from webapp.web.choices import SelectField
from webapp.web.fields import DayField, TextField, WordsField
from webapp.web.forms import BaseForm

Choices = list[tuple[int, Any]]


class ParkForm(BaseForm):
    """What a park is called, where it lies, who runs it, and from when until when."""

    name = TextField(_l("名称"), [InputRequired(_l("请填名称。"))], limit=120)
    short_name = TextField(_l("简称"), limit=40, description=_l("表格和卡片里用。"))
    level = TextField(_l("级别"), limit=20, description=_l("如国家级、省级、市级。"))
    focus = TextField(_l("主导产业"), limit=200, description=_l("几个用顿号分开。"))
    parent_id = SelectField(_l("所属园区"), coerce=int, validators=[Optional()])
    unit_id = SelectField(_l("管理单位"), coerce=int, validators=[Optional()])
    regions = WordsField(
        _l("行政区"), [Optional()], limit=120,
        description=_l("区划代码或全称；跨几个区的用顿号分开，主要的写在前面。"),
    )  # fmt: skip
    valid_from = DayField(_l("第一天"), [Optional()], description=_l("不知道就空着。"))
    valid_to = DayField(
        _l("最后一天"), [Optional()],
        description=_l("不再用的填；过了这天不能再选，名下的企业和项目不变。"),
    )  # fmt: skip

    def __init__(self, *args: Any, zones: Choices, units: Choices, **values: Any) -> None:
        super().__init__(*args, **values)
        self.parent_id.choices = [(0, _l("没有，是一级园区")), *zones]
        self.unit_id.choices = [(0, _l("没有，随所属园区")), *units]

    def stored(self, record: Any) -> dict[str, Any]:
        chosen = {"parent_id": record.parent_id or 0, "unit_id": record.unit_id or 0}
        return {
            **super().stored(record), **chosen, "regions": [each.region.full_name for each in record.regions]
        }  # fmt: skip

    def values(self) -> ParkValues:
        return ParkValues(
            self.name.data, self.short_name.data or "", self.level.data or "", self.focus.data or "",
            self.parent_id.data or None, self.unit_id.data or None, self.regions.data or (),
            self.valid_from.data, self.valid_to.data,
        )  # fmt: skip


class NewParkForm(ParkForm):
    """A new park, with the code that it keeps."""

    code = TextField(
        _l("园区代码"), [InputRequired(_l("请填园区代码。"))], limit=20,
        description=_l("进编号，也是导入表格认园区的依据，定了不改。"),
    )  # fmt: skip
