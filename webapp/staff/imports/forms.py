"""Forms of an import: the file, and those whose fields depend on the sheet."""

from wtforms import FileField

from core.i18n import lazy as _l
from core.imports.precheck import LIMIT_BYTES
from core.imports.service import EXISTING
from webapp.web.choices import SelectField
from webapp.web.forms import BaseForm


class UploadForm(BaseForm):
    file = FileField(
        _l("表格文件"),
        description=_l(
            "xlsx、xls 或 csv，不超过 %(limit)s MB。表头上面可以有标题行。", limit=LIMIT_BYTES // 1024 // 1024
        ),
    )


class ColumnsForm(BaseForm):
    """The selects stand in the template, one for each column: `c-<key>` and, for amounts, `u-<key>`."""


class ConfirmForm(BaseForm):
    existing = SelectField(_l("库里已有的"), choices=list(EXISTING.items()))


class UndoForm(BaseForm):
    """Nothing but the question itself."""


class RowsForm(BaseForm):
    """Cells that were mended, `c-<row>-<key>`, and the row of the pressed button."""
