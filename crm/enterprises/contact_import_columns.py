"""The columns of a sheet of contacts."""

from typing import Final

from core.fields import texts
from core.fields.texts import Raw
from core.i18n import lazy as _l
from core.imports.columns import Column
from crm.enterprises.import_columns import short_text
from crm.enterprises.import_owned import OWNER_COLUMNS


def person(cell: Raw) -> str | None:
    return texts.text(cell, limit=80)


COLUMNS: Final = (
    *OWNER_COLUMNS,
    Column("person", _l("联系人"), person, ("姓名", "联系人姓名"), required=True, sample="闻亦川"),
    Column("title", _l("职务"), short_text, ("职位", "岗位")),
    Column(
        "mobile", _l("手机"), texts.phone, ("手机号", "手机号码", "电话", "联系电话", "联系方式", "联系人电话"),
        sample="13800001234", personal=True,
    ),
)  # fmt: skip
