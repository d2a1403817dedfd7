"""Forms of the register, section by section: shape and wording; what needs other records belongs to the service."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.errors import DomainError, Fault, Invalid
from core.fields import uscc
from core.fields.errors import FieldError
from core.fields.picks import Pick
from core.i18n import lazy as _l
from crm.enterprises import rules
from webapp.web.choices import SelectField
from webapp.web.fields import DayField, DecimalText, PickField, UsccField, WanField, WordsField
from webapp.web.forms import BaseForm

CURRENCIES = ("CNY", "USD", "HKD", "EUR", "JPY", "GBP", "TWD", "KRW", "SGD")
ACCEPTANCE = ("uscc_as_printed", "reason")
"""Fields for those only who may let a code pass whose check digits fail."""
Find = Callable[[str], Sequence[Pick]]


class SectionForm(BaseForm):
    """A part of the record that is edited by itself.

    `picks` finds what a picked field means, `choices` fills selects, `may_accept` offers to let a code pass as printed.
    """

    title: ClassVar[Any] = ""
    anchor: ClassVar[str] = ""

    def __init__(
        self,
        *args: Any,
        picks: Mapping[str, Find] | None = None,
        choices: Mapping[str, Sequence[tuple[Any, Any]]] | None = None,
        may_accept: bool = False,
        **kwargs: Any,
    ) -> None:
        self.picks = picks or {}
        self._left_out = () if may_accept else ACCEPTANCE
        super().__init__(*args, **kwargs)
        for name, found in (choices or {}).items():
            if name in self._fields:
                self[name].choices = [(0, _l("未定")), *found]
        for name in self._left_out:
            self._fields.pop(name, None)

    def visible(self) -> list[Any]:
        return [field for field in super().visible() if field.short_name not in self._left_out]

    def absorb(self, error: DomainError) -> None:
        """The mother is picked by words in `group`; what is wrong with her is said there."""
        if isinstance(error, Invalid):
            error = Invalid([_at_its_field(fault) for fault in error.faults])
        super().absorb(error)

    def stored(self, record: Any) -> dict[str, Any]:
        lists = {
            field.short_name: getattr(record, field.short_name)
            for field in self.visible()
            if isinstance(field, WordsField)
        }
        group = {"group": key_of(record.group)} if "group" in self._fields else {}
        return {**super().stored(record), **lists, **group}

    def values(self) -> dict[str, Any]:
        """What the service takes; a blank text becomes empty, a blank choice, code or number None."""
        found: dict[str, Any] = {}
        for field in self.visible():
            name, value = field.short_name, field.data
            if name in (*self.beside, "group"):
                continue
            if isinstance(field, SelectField):
                found[name] = value if value not in (0, "", "0") else None
            elif isinstance(field, WordsField):
                found[name] = value or []
            elif isinstance(field, (StringField, TextAreaField)) and not hasattr(field, "parse"):
                found[name] = (value or "").strip() or ("" if name not in _NULLED else None)
            else:
                found[name] = value or None if isinstance(field, (UsccField, PickField)) else value
        if "group" in self._fields:
            picked = self.group.picked
            found["group_id"] = picked.record_id if picked else None
        return found


def _at_its_field(fault: Fault) -> Fault:
    return replace(fault, field="group") if fault.field == "group_id" else fault


_NULLED = ("stock_code", "foreign_reg_no")
"""Texts that are unknown rather than empty."""


def key_of(group: Any) -> str | None:
    """How a group's mother stands in its field: by code, else by name."""
    return None if group is None else group.uscc or group.stock_code or group.name


class IdentityForm(SectionForm):
    """Who it is in law."""

    title = _l("主体")
    name = StringField(_l("企业全称"), validators=[InputRequired(), Length(2, 200)])
    uscc = UsccField(
        _l("统一社会信用代码"), validators=[Optional()],
        description=_l("18 位；不知道就先空着，页面会标“未核验”。境外主体填境外注册号和国别。"),
    )  # fmt: skip
    uscc_as_printed = BooleanField(_l("证照原件就是这个代码（校验位不符也放行，留痕）"))
    reason = StringField(_l("放行原因"), validators=[Optional(), Length(max=200)])
    stock_code = StringField(_l("证券代码"), validators=[Optional(), Length(6, 6)])
    listed_on = DayField(_l("上市日期"), validators=[Optional()])
    reg_status = SelectField(_l("登记状态"), choices=list(rules.STATUS_LABELS.items()))
    org_type = StringField(_l("企业类型"), validators=[Optional(), Length(max=60)])
    legal_rep = StringField(_l("法定代表人"), validators=[Optional(), Length(max=80)])
    reg_capital_wan = WanField(_l("注册资本（万元）"), validators=[Optional()])
    reg_currency = SelectField(
        _l("注册资本币种"), choices=[(each, each) for each in CURRENCIES], default="CNY"
    )
    founded_on = DayField(_l("成立日期"), validators=[Optional()])
    reg_authority = StringField(_l("登记机关"), validators=[Optional(), Length(max=80)])
    country = StringField(_l("国别代码"), default="CN", validators=[Optional(), Length(2, 2)])
    foreign_reg_no = StringField(_l("境外注册号"), validators=[Optional(), Length(max=60)])

    def __init__(self, *args: Any, obj: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self._known = getattr(obj, "uscc", None)

    def validate(self, extra_validators: Any = None) -> bool:
        """A code that passes as printed, now or before, is asked for its letters and length only."""
        field = self.uscc
        if field.process_errors and field.raw_data:
            accepts = "uscc_as_printed" in self._fields and self.uscc_as_printed.data
            try:
                code = uscc.as_printed(field.raw_data[0])
            except FieldError:
                code = None
            if code is not None and (accepts or code == self._known):
                field.data, field.process_errors = code, []
        return bool(super().validate(extra_validators))

    def values(self) -> dict[str, Any]:
        found = super().values()
        found["country"] = (found.get("country") or "CN").upper()
        found["reg_currency"] = found.get("reg_currency") or "CNY"
        return found


class NamesForm(SectionForm):
    """What else it is called."""

    title = _l("名称")
    short_name = StringField(_l("简称"), validators=[Optional(), Length(max=80)])
    aliases = WordsField(_l("其他简称、别名"), validators=[Optional()], description=_l("几个用顿号分开。"))
    english_name = StringField(_l("英文名"), validators=[Optional(), Length(max=200)])
    pinyin = StringField(
        _l("拼音"), validators=[Optional(), Length(max=400)],
        description=_l("系统按读音生成；读错了在这里改，清空就重新生成。"),
    )  # fmt: skip
    initials = StringField(_l("首字母"), validators=[Optional(), Length(max=80)])


class PlaceForm(SectionForm):
    """Where it is."""

    title = _l("地址和园区")
    region_code = PickField(_l("所属地区"), validators=[Optional()])
    park_id = SelectField(_l("园区"), coerce=int, validators=[Optional()])
    reg_address = StringField(_l("注册地址"), validators=[Optional(), Length(max=300)])
    site_address = StringField(_l("生产经营地址"), validators=[Optional(), Length(max=300)])
    lng = DecimalText(
        _l("经度"), places=6, validators=[Optional()], description=_l("十进制度，如 104.679114。")
    )
    lat = DecimalText(_l("纬度"), places=6, validators=[Optional()])


class TradeForm(SectionForm):
    """What it does, and how large it is."""

    title = _l("行业和规模")
    industry_code = PickField(_l("主行业"), validators=[Optional()])
    industry_extra = WordsField(
        _l("兼营行业代码"),
        validators=[Optional()],
        limit=4,
        description=_l("GB/T 4754 代码，几个用顿号分开。"),
    )
    main_products = TextAreaField(
        _l("主要产品"), validators=[Optional(), Length(max=2000)],
        description=_l("用顿号分开；图谱挂点和目标推荐靠它。"),
    )  # fmt: skip
    scope_text = TextAreaField(_l("经营范围"), validators=[Optional(), Length(max=4000)])
    above_scale = BooleanField(_l("规模以上（限额以上）"))
    above_scale_since = DayField(_l("入库日期"), validators=[Optional()], description=_l("先入库后有数。"))


class TiesForm(SectionForm):
    """Whom it belongs to, who looks after it, how colleagues group it."""

    title = _l("集团、负责人和标签")
    group = PickField(_l("集团母公司"), validators=[Optional()])
    specialist_id = SelectField(_l("服务专员"), coerce=int, validators=[Optional()])
    leader_id = SelectField(_l("联系领导"), coerce=int, validators=[Optional()])
    tags = WordsField(
        _l("标签"), validators=[Optional()], limit=20, description=_l("几个用顿号分开，每个不超过 20 个字。")
    )

    def __init__(self, *args: Any, obj: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("group", key_of(obj.group) if obj is not None else None)
        super().__init__(*args, obj=obj, **kwargs)


class EnterpriseForm(IdentityForm, NamesForm, PlaceForm, TradeForm):
    """The whole of the master data on one page: for a new record, and for whoever fills in everything at once."""

    title = _l("全部资料")


SECTIONS: dict[str, type[SectionForm]] = {
    "identity": IdentityForm,
    "names": NamesForm,
    "place": PlaceForm,
    "trade": TradeForm,
    "ties": TiesForm,
}
PARTS = (IdentityForm, NamesForm, PlaceForm, TradeForm)
"""The sections of the whole form, in order."""


def fields_of(part: type[SectionForm]) -> list[str]:
    """The names of a section's own fields, as they stand on the page."""
    found = [
        (value.creation_counter, name)
        for name, value in vars(part).items()
        if hasattr(value, "creation_counter")
    ]
    return [name for _counter, name in sorted(found)]
