"""Forms of the administrator: accounts and units."""

from typing import Any

from wtforms import SelectField
from wtforms.validators import InputRequired

from core.i18n import lazy as _l
from webapp.web.fields import PhoneField, TextField
from webapp.web.forms import BaseForm

UNIT_KINDS = (
    ("bureau", _l("市级部门")),
    ("promotion_centre", _l("招商中心")),
    ("task_force", _l("专班")),
    ("group", _l("招商组")),
    ("department", _l("内设机构")),
    ("zone", _l("开发区")),
    ("park", _l("园区")),
    ("service_centre", _l("企业服务中心")),
    ("city", _l("市")),
)
SCOPES = (
    ("below", _l("本单位及下属单位")),
    ("unit", _l("本单位")),
    ("self", _l("只有自己经办的")),
    ("all", _l("全市")),
)


class AccountForm(BaseForm):
    """A new official: name, unit, role and how far the role reaches. The password is his own to set."""

    username = TextField(
        _l("账号"), [InputRequired(_l("请填账号。"))], limit=80, description=_l("登录用，至少 3 个字符。")
    )
    name = TextField(_l("姓名"), [InputRequired(_l("请填姓名。"))], limit=80)
    title = TextField(_l("职务"), limit=80)
    phone = PhoneField(_l("办公电话"))
    unit = SelectField(_l("单位"), [InputRequired(_l("请选单位。"))])
    role = SelectField(_l("角色"), [InputRequired(_l("请选角色。"))])
    scope = SelectField(_l("看得到哪些记录"), [InputRequired(_l("请选范围。"))], choices=list(SCOPES))

    def __init__(self, *, units: list[tuple[str, Any]], roles: list[tuple[str, Any]], **values: Any) -> None:
        super().__init__(**values)
        self.unit.choices = [("", _l("请选择")), *units]
        self.role.choices = [("", _l("请选择")), *roles]


class UnitForm(BaseForm):
    """A unit below another one."""

    code = TextField(
        _l("代码"), [InputRequired(_l("请填代码。"))], limit=20, description=_l("进编号，定了不改。")
    )
    name = TextField(_l("名称"), [InputRequired(_l("请填名称。"))], limit=120)
    short_name = TextField(_l("简称"), limit=40)
    kind = SelectField(_l("类别"), [InputRequired(_l("请选类别。"))], choices=list(UNIT_KINDS))
    parent = SelectField(_l("上级单位"), [InputRequired(_l("请选上级单位。"))])

    def __init__(self, *, units: list[tuple[str, Any]], **values: Any) -> None:
        super().__init__(**values)
        self.parent.choices = [("", _l("请选择")), *units]


class ReasonForm(BaseForm):
    """A step that needs its reason."""

    reason = TextField(_l("原因"), [InputRequired(_l("请填原因。"))], limit=200)
