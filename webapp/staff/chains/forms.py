"""Forms of the maps: home, a firm on a node, a file."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, Optional

from chains import words
from core.i18n import lazy as _l
from crm.enterprises.placing import PlacementValues
from crm.enterprises.purchasing import PurchaseValues
from webapp.web.choices import SelectField
from webapp.web.fields import DayField, DecimalText, TextField, WanField, WholeNumber
from webapp.web.forms import BaseForm


class HomeForm(BaseForm):
    """Which place is home when nothing else is chosen."""

    home = SelectField(_l("默认看哪里"))

    def __init__(self, *args: Any, homes: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.home.choices = list(homes)


class PlacementForm(BaseForm):
    """An enterprise on a node; the share is typed in per cent."""

    enterprise = TextField(_l("企业"), validators=[InputRequired(), Length(2, 200)])
    role = SelectField(_l("角色"), choices=list(words.ROLES.items()), default="backbone")
    product = TextField(_l("主导产品"), validators=[InputRequired()], limit=120)
    share = DecimalText(_l("占营收"), validators=[Optional()], places=2, minimum=0, maximum=100)
    evidence = TextField(_l("证据来源"), validators=[InputRequired()], limit=300)
    evidence_on = DayField(_l("证据日期"), validators=[InputRequired()])

    def values(self) -> PlacementValues:
        share = self.share.data
        return PlacementValues(
            role=str(self.role.data),
            product=self.product.data or "",
            revenue_share=None if share is None else Decimal(share) / 100,
            evidence=self.evidence.data or "",
            evidence_on=self.evidence_on.data,
        )


class ReviewForm(BaseForm):
    """Newer evidence for a placement."""

    evidence = TextField(_l("证据来源"), validators=[InputRequired()], limit=300)
    evidence_on = DayField(_l("证据日期"), validators=[InputRequired()])


class RemoveForm(BaseForm):
    """Why an enterprise leaves a node."""

    reason = TextField(_l("为什么移除"), validators=[InputRequired()], limit=300)


class StateForm(BaseForm):
    """A node's state as a person sees it; empty goes back to the numbers."""

    merges = False
    state = SelectField(_l("改判为"), choices=[("", _l("不改判，按数字")), *words.STATES.items()])
    reason = TextField(_l("理由"), validators=[InputRequired()], limit=300)


class PurchaseForm(BaseForm):
    """A year's purchases of an anchor; amounts in 万元."""

    merges = False
    year = WholeNumber(_l("年度"), validators=[InputRequired()], minimum=2000, maximum=2100)
    total_wan = WanField(_l("采购总额"), validators=[InputRequired()])
    local_wan = WanField(_l("其中本地供应商"), validators=[InputRequired()])
    source = TextField(_l("数据来源"), validators=[InputRequired()], limit=200)

    def values(self) -> PurchaseValues:
        return PurchaseValues(
            self.year.data, self.total_wan.data, self.local_wan.data, self.source.data or ""
        )


class PlainForm(BaseForm):
    """A button that needs nothing but the version it was shown with."""

    merges = False


class FileForm(BaseForm):
    """A map as a JSON file or a workbook."""

    file = FileField(_l("图谱文件（JSON 或 Excel）"), validators=[FileRequired(_l("请选择文件。"))])


class ConfirmForm(BaseForm):
    """The content that was checked, brought back unchanged for writing."""

    content = HiddenField(validators=[InputRequired(), Length(max=1_500_000)])
