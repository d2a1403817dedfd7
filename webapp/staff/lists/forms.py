"""Forms of lists: a saved view."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from core import clock
from core.i18n import lazy as _l
from core.lists.views import PUBLISH, SHARE
from core.permissions import Actor
from webapp.web.choices import RadioField, SelectField
from webapp.web.fields import DayField, WholeNumber
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


class ExportForm(BaseForm):
    """What stands in the file's heading, and why it is taken out."""

    purpose = StringField(_l("用途"), validators=[InputRequired(), Length(max=300)])
    file_type = RadioField(
        _l("格式"),
        choices=[("xlsx", _l("Excel（xlsx）")), ("csv", _l("CSV"))],
        default="xlsx",
        validators=[InputRequired()],
    )
    sealed = BooleanField(_l("加密压缩（zip，AES-256）"))
    title = StringField(_l("表头标题"), validators=[InputRequired(), Length(max=120)])
    unit_name = StringField(_l("填报单位"), validators=[InputRequired(), Length(max=120)])
    table_no = StringField(_l("表号"), validators=[Length(max=40)])
    maker = StringField(_l("填表人"), validators=[Length(max=40)])
    reviewer = StringField(_l("审核人"), validators=[Length(max=40)])
    issuer = StringField(_l("签发人"), validators=[Length(max=40)])
    phone = StringField(_l("联系电话"), validators=[Length(max=40)])
    q = HiddenField()

    def heading(self) -> dict[str, str]:
        names = ("title", "unit_name", "table_no", "maker", "reviewer", "issuer", "phone")
        return {name: str(self[name].data or "").strip() for name in names}


class DecisionForm(BaseForm):
    """A second person agrees, or says why not."""

    note = StringField(_l("意见"), validators=[Length(max=300)])
    agreed = RadioField(
        _l("决定"), choices=[("yes", _l("同意")), ("no", _l("不同意"))], validators=[InputRequired()]
    )


class SelectionForm(BaseForm):
    """Which rows: some by their ids, or all that meet the conditions."""

    do = HiddenField()
    q = HiddenField()
    all = HiddenField()

    def values(self) -> dict[str, Any]:
        """What the deed needs besides the records, as plain JSON."""
        return {}


class AssignForm(SelectionForm):
    unit_id = SelectField(_l("单位"), coerce=int, validators=[InputRequired()])

    def __init__(self, *args: Any, units: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit_id.choices = list(units)

    def values(self) -> dict[str, Any]:
        return {"unit_id": self.unit_id.data}


class HandForm(SelectionForm):
    """A unit and one of its people."""

    unit_id = SelectField(_l("责任单位"), coerce=int, validators=[InputRequired()])
    specialist_id = SelectField(_l("专员"), coerce=int)

    def __init__(
        self,
        *args: Any,
        units: Sequence[tuple[int, str]],
        people: Sequence[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unit_id.choices = list(units)
        self.specialist_id.choices = [(0, _l("先不定专员")), *people]

    def values(self) -> dict[str, Any]:
        return {"unit_id": self.unit_id.data, "specialist_id": self.specialist_id.data or None}


class ShareForm(SelectionForm):
    """A unit, and the rule by which its people are chosen."""

    unit_id = SelectField(_l("责任单位"), coerce=int, validators=[InputRequired()])
    rule = SelectField(_l("规则"), validators=[InputRequired()])

    def __init__(
        self, *args: Any, units: Sequence[tuple[int, str]], rules: Sequence[tuple[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unit_id.choices = list(units)
        self.rule.choices = list(rules)

    def values(self) -> dict[str, Any]:
        return {"unit_id": self.unit_id.data, "rule": self.rule.data}


class StepForm(SelectionForm):
    """One step of a lifecycle, with the reason where it asks for one."""

    verb = SelectField(_l("改为"), validators=[InputRequired()])
    reason = StringField(
        _l("原因"), description=_l("搁置、放弃或重新跟进时必填。"), validators=[Length(max=300)]
    )

    def __init__(self, *args: Any, steps: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verb.choices = list(steps)

    def values(self) -> dict[str, Any]:
        return {"verb": self.verb.data, "reason": str(self.reason.data or "").strip()}


class MoveListForm(SelectionForm):
    list_pid = SelectField(_l("目标名单"), validators=[InputRequired()])

    def __init__(self, *args: Any, lists: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.list_pid.choices = list(lists)

    def values(self) -> dict[str, Any]:
        return {"list_pid": self.list_pid.data}


class EnlistForm(HandForm):
    """Which list, which node, and whose they are from now on."""

    list_pid = SelectField(_l("目标名单"), validators=[InputRequired()])
    node_id = SelectField(_l("环节"), coerce=int, default=0)

    def __init__(
        self, *args: Any, lists: Sequence[tuple[str, str]], nodes: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.list_pid.choices = list(lists)
        self.node_id.choices = [(0, _l("按挂点和主要产品自动对应")), *nodes]

    def values(self) -> dict[str, Any]:
        return {**super().values(), "list_pid": self.list_pid.data, "node_id": self.node_id.data}


class PlanForm(SelectionForm):
    on = DayField(_l("下次联系日期"), validators=[InputRequired()])

    def validate_on(self, field: Any) -> None:
        if field.data < clock.today():
            raise ValidationError(_l("下次联系日期不能早于今天。"))

    def values(self) -> dict[str, Any]:
        return {"on": self.on.data.isoformat()}


class TagForm(SelectionForm):
    tag = StringField(_l("标签"), validators=[InputRequired(), Length(max=20)])

    def values(self) -> dict[str, Any]:
        return {"tag": str(self.tag.data).strip()}
