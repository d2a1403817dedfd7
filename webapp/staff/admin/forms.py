"""Forms of the administrators: accounts, roles asked for, units."""

from datetime import date
from typing import Any

from wtforms import HiddenField
from wtforms.validators import InputRequired, Optional

from core.accounts.granting import RoleAsk
from core.i18n import lazy as _l
from core.place_changes import Days
from webapp.staff.admin.words import CLEARANCES, SCOPES, UNIT_KINDS
from webapp.web.choices import RadioField, SelectField, SelectMultipleField
from webapp.web.fields import DayField, KeptPhoneField, PhoneField, TextField, WholeNumber, WordsField
from webapp.web.forms import BaseForm

Choices = list[tuple[str, Any]]


class PersonForm(BaseForm):
    """What the administrator keeps of an official. The password is his own to set."""

    name = TextField(_l("姓名"), [InputRequired(_l("请填姓名。"))], limit=80)
    title = TextField(_l("职务"), limit=80)
    phone = KeptPhoneField(_l("办公电话"))
    unit = SelectField(_l("单位"), [InputRequired(_l("请选单位。"))])
    valid_to = DayField(
        _l("账号到期日"), [Optional()], description=_l("借调、挂职人员填；到期后不能再登录。")
    )

    def __init__(self, *args: Any, units: Choices, **values: Any) -> None:
        BaseForm.__init__(self, *args, **values)
        self.offer_units(units)

    def offer_units(self, units: Choices) -> None:
        self.unit.choices = [("", _l("请选择")), *units]

    def stored(self, record: Any) -> dict[str, Any]:
        return {
            "name": record.name, "title": record.title,
            "unit": record.unit.public_id if record.unit else "", "valid_to": record.valid_to,
        }  # fmt: skip


class RoleFields(BaseForm):
    """A role, over which units, from when to when, and why."""

    role = SelectField(_l("角色"), [InputRequired(_l("请选角色。"))])
    scope = SelectField(_l("看得到哪些记录"), [InputRequired(_l("请选范围。"))], choices=list(SCOPES.items()))
    held_at = SelectField(_l("在哪个单位任职"), [Optional()], description=_l("不选就按他所在的单位。"))
    chosen = SelectMultipleField(
        _l("选定的单位"), [Optional()], description=_l("范围是“选定的几个单位”时选，可多选。")
    )
    valid_from = DayField(_l("从哪天起"), [Optional()], description=_l("不填即批准后马上生效。"))
    valid_to = DayField(_l("到哪天止"), [Optional()], description=_l("不填即长期。"))
    reason = TextField(_l("申请理由"), [InputRequired(_l("请填申请理由。"))], limit=300)

    def __init__(self, *args: Any, units: Choices, roles: Choices, **values: Any) -> None:
        BaseForm.__init__(self, *args, **values)
        self.offer_roles(units, roles)

    def offer_roles(self, units: Choices, roles: Choices) -> None:
        self.held_at.choices = [("", _l("他所在的单位")), *units]
        self.chosen.choices = list(units)
        self.role.choices = [("", _l("请选择")), *roles]

    def ask(self, unit_ids: dict[str, int], own_unit_id: int | None) -> RoleAsk:
        """The role as the service takes it; `unit_ids` maps an address id to a unit."""
        held_at = unit_ids.get(self.held_at.data or "", own_unit_id)
        return RoleAsk(
            role=self.role.data,
            scope=self.scope.data,
            unit_id=None if self.scope.data in ("all", "chosen") else held_at,
            chosen_unit_ids=[unit_ids[pid] for pid in self.chosen.data or [] if pid in unit_ids]
            if self.scope.data == "chosen"
            else [],
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
        )


class AccountForm(PersonForm, RoleFields):
    """A new official, and the role that is asked for him; another administrator approves it."""

    username = TextField(
        _l("账号"), [InputRequired(_l("请填账号。"))], limit=80, description=_l("登录用，至少 3 个字符。")
    )

    def __init__(self, *args: Any, units: Choices, roles: Choices, **values: Any) -> None:
        BaseForm.__init__(self, *args, **values)
        self.offer_units(units)
        self.offer_roles(units, roles)


class ClearanceForm(BaseForm):
    """How far somebody is cleared for confidential records."""

    clearance = RadioField(_l("知悉范围"), choices=list(CLEARANCES.items()))
    reason = TextField(_l("申请理由"), [InputRequired(_l("请填申请理由。"))], limit=300)


class DecisionForm(BaseForm):
    """Approve or refuse what another administrator asked for."""

    note = TextField(_l("审批意见"), limit=300, description=_l("不批准时必填。"))


class UnitForm(BaseForm):
    """What a unit is called, of which kind it is, how it is reached."""

    name = TextField(_l("名称"), [InputRequired(_l("请填名称。"))], limit=120)
    short_name = TextField(_l("简称"), limit=40)
    kind = SelectField(_l("类别"), [InputRequired(_l("请选类别。"))], choices=list(UNIT_KINDS.items()))
    phone = PhoneField(_l("联系电话"))


class NewUnitForm(UnitForm):
    """A unit below another one."""

    code = TextField(
        _l("代码"), [InputRequired(_l("请填代码。"))], limit=20, description=_l("进编号，定了不改。")
    )
    parent = SelectField(_l("上级单位"), [InputRequired(_l("请选上级单位。"))])

    def __init__(self, *args: Any, units: Choices, **values: Any) -> None:
        super().__init__(*args, **values)
        self.parent.choices = [("", _l("请选择")), *units]


class MoveForm(BaseForm):
    """Another unit above."""

    parent = SelectField(_l("移到哪个单位下面"), [InputRequired(_l("请选上级单位。"))])

    def __init__(self, *args: Any, units: Choices, **values: Any) -> None:
        super().__init__(*args, **values)
        self.parent.choices = [("", _l("请选择")), *units]


class DissolveForm(BaseForm):
    """Close a unit; a successor takes what still belongs to it."""

    successor = SelectField(
        _l("承接单位"), [Optional()], description=_l("人员、园区、角色和在办工作都归它。单位已空时不用选。")
    )
    reason = TextField(_l("撤销依据"), [InputRequired(_l("请写明撤销的依据，比如文号。"))], limit=300)

    def __init__(self, *args: Any, units: Choices, **values: Any) -> None:
        super().__init__(*args, **values)
        self.successor.choices = [("", _l("没有，单位已空")), *units]


class ReasonForm(BaseForm):
    """A step that needs its reason."""

    reason = TextField(_l("原因"), [InputRequired(_l("请填原因。"))], limit=200)


class ValuesForm(BaseForm):
    """Settings of the platform."""

    import_undo_days = WholeNumber(
        _l("导入可以撤销的天数"), validators=[InputRequired()], minimum=1, maximum=365
    )

    def stored(self, record: Any) -> dict[str, Any]:
        return {"import_undo_days": record.value}


class RegionForm(BaseForm):
    """From when until when a region exists; `seen` are the days that the form was opened with."""

    valid_from = DayField(_l("第一天"), [Optional()], description=_l("不知道就空着。"))
    valid_to = DayField(
        _l("最后一天"), [Optional()], description=_l("撤销或并入别处的填；过了这天，登记企业时不能再选。")
    )
    into = WordsField(
        _l("现在归哪里"), [Optional()], limit=6,
        description=_l("撤销后归到的区划代码，如 510705；分到几处的用顿号分开，主要的写在前面。"),
    )  # fmt: skip
    seen = HiddenField()
    beside = (*BaseForm.beside, "seen")

    def days(self) -> Days:
        return Days(self.valid_from.data, self.valid_to.data, tuple(self.into.data or ()))

    def seen_days(self) -> Days:
        """What was seen; what cannot be read was no such form and matches nothing that stands."""
        try:
            first, last, into = (self.seen.data or "").split("/")
            begins, ends = (date.fromisoformat(text) if text else None for text in (first, last))
            return Days(begins, ends, tuple(into.split(",")) if into else ())
        except ValueError:
            return Days(date.min, date.min)


class NewRegionForm(BaseForm):
    """A division that has been set up since."""

    code = TextField(_l("区划代码"), [InputRequired(_l("请填区划代码。"))], limit=6)
    name = TextField(
        _l("名称"),
        [InputRequired(_l("请填名称。"))],
        limit=60,
        description=_l("不写所属的省、市，如“安州区”。"),
    )
    valid_from = DayField(_l("第一天"), [Optional()], description=_l("不知道就空着。"))

    def days(self) -> Days:
        return Days(self.valid_from.data, None)
