"""Forms of the map editor: the map itself, a node, a move, a link, a step back."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, Optional

from chains import words
from chains.models import ChainNode
from core.errors import Fault
from core.i18n import _, lazy_pgettext
from core.i18n import lazy as _l
from webapp.web.choices import SelectField
from webapp.web.fields import LinesField, TextField
from webapp.web.forms import BaseForm

_BETWEEN = re.compile(r"[、，,；;\s|]+")
_BETWEEN_WORDS = re.compile(r"[、，,；;\n|]+")
_TRADE = re.compile(r"\d{2,4}")
LISTS = ("keywords", "exclude", "trade_words")


def split(text: str | None, between: re.Pattern[str] = _BETWEEN_WORDS) -> list[str]:
    """The words of a list as people type it, each once."""
    return list(dict.fromkeys(part.strip() for part in between.split(text or "") if part.strip()))


class ChainForm(BaseForm):
    """The map itself. Its code is given once."""

    name = TextField(_l("产业链名称"), validators=[InputRequired()], limit=80)
    name_en = TextField(_l("英文名称"), validators=[Optional()], limit=120)
    chief = TextField(_l("链长"), validators=[Optional()], limit=120)
    lead_department = TextField(_l("牵头部门"), validators=[Optional()], limit=120)
    prepared_by = TextField(_l("编制单位"), validators=[Optional()], limit=120)
    basis = LinesField(_l("依据和数据来源"), validators=[Optional()], limit=1000)

    def stored(self, record: Any) -> dict[str, Any]:
        offices = {kind: record.office(kind) for kind in ("chief", "lead_department")}
        return super().stored(record) | offices


class NewChainForm(BaseForm):
    """A new, empty map."""

    name = TextField(_l("产业链名称"), validators=[InputRequired()], limit=80)
    code = TextField(_l("编码"), validators=[Optional(), Length(max=16)], limit=16)


class NodeForm(BaseForm):
    """A node's own words. Place and stage are moves; for a new node they stand in the address."""

    name = TextField(_l("名称"), validators=[InputRequired()], limit=80)
    name_en = TextField(_l("英文名称"), validators=[Optional()], limit=120)
    industry_codes = TextField(_l("国标行业代码"), validators=[Optional()], limit=200)
    keywords = LinesField(_l("产品关键词"), validators=[Optional()], limit=2000)
    exclude = LinesField(_l("排除词"), validators=[Optional()], limit=2000)
    trade_words = LinesField(_l("本行业企业才算的词"), validators=[Optional()], limit=2000)
    note = LinesField(_l("说明"), validators=[Optional()], limit=1000)
    shared = TextField(_l("引用别的图谱的节点"), validators=[Optional()], limit=60)

    @classmethod
    def of(cls, node: ChainNode, shared: str) -> "NodeForm":
        """The form as it opens for a node."""
        lists = {name: "、".join(getattr(node, name)) for name in (*LISTS, "industry_codes")}
        return cls(
            formdata=None, name=node.name, name_en=node.name_en, note=node.note, shared=shared,
            version=node.version, **lists,
        )  # fmt: skip

    def stored(self, record: Any) -> dict[str, Any]:
        """A shared node's reference is left to the verb, which knows the other map."""
        lists = {name: "、".join(getattr(record, name)) for name in (*LISTS, "industry_codes")}
        return {"name": record.name, "name_en": record.name_en, "note": record.note} | lists

    def values(self) -> dict[str, Any]:
        lists = {name: split(self[name].data) for name in LISTS}
        return {
            "name": self.name.data or "",
            "name_en": self.name_en.data or "",
            "note": self.note.data or "",
            "shared": (self.shared.data or "").strip(),
            "gbt4754": split(self.industry_codes.data, _BETWEEN),
        } | lists

    def faults(self, listed: Collection[str]) -> list[Fault]:
        """Industry codes that GB/T 4754, `listed` here, does not know."""
        wanted = split(self.industry_codes.data, _BETWEEN)
        wrong = [code for code in wanted if not _TRADE.fullmatch(code) or (listed and code not in listed)]
        if not wrong:
            return []
        message = _("国标行业分类里没有 %(codes)s，请填 2 到 4 位数字代码，如 3974。", codes="、".join(wrong))
        return [Fault("industry_codes", "unknown", message)]


class MoveForm(BaseForm):
    """Where a node goes: one step (`way`) by keyboard, or a parent, stage and next sibling by drag or choice."""

    merges = False
    code = HiddenField(validators=[InputRequired()])
    way = HiddenField(validators=[Optional()])
    parent = HiddenField(validators=[Optional()])
    stage = HiddenField(validators=[Optional()])
    before = HiddenField(validators=[Optional()])


class PlaceForm(BaseForm):
    """The same by choosing from a list."""

    merges = False
    code = HiddenField(validators=[InputRequired()])
    parent = SelectField(_l("移到"))

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = [
            (f"={stage}", _("%(stage)s：一级节点", stage=label)) for stage, label in words.STAGES.items()
        ]
        self.parent.choices = [*stages, *places]


class LinkForm(BaseForm):
    """An edge from or to the open node."""

    merges = False
    code = HiddenField(validators=[InputRequired()])
    way = SelectField(_l("方向"), choices=[("to", _l("供给")), ("from", _l("用到"))])
    other = TextField(_l("另一个节点"), validators=[InputRequired()], limit=60)
    kind = SelectField(_l("类型"), choices=list(words.EDGES.items()))
    basis = TextField(lazy_pgettext("edge", "依据"), validators=[Optional()], limit=300)


class UnlinkForm(BaseForm):
    """An edge to be taken away."""

    merges = False
    source = HiddenField(validators=[InputRequired()])
    target = HiddenField(validators=[InputRequired()])
    kind = HiddenField(validators=[InputRequired()])


class StepForm(BaseForm):
    """Undo or redo of one step; removing a node."""

    merges = False
    step = HiddenField(validators=[InputRequired()])
