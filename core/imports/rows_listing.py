"""The rows of one import as lists on its own pages: those with faults, those of any one kind,
and those of one that was taken back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from core.i18n import lazy as _l
from core.imports import access, differing
from core.imports.columns import CLEANED, FAMILY_LABELS
from core.imports.handlers import handler_for, kinds
from core.imports.models import Import, ImportRow
from core.imports.queries import ACTIONS
from core.lists.fields import Asking, Choice, Field, Number
from core.lists.query import AnySelect
from core.lists.spec import Column, ListSpec, Sort, register
from core.permissions import Actor

UNDONE_LABELS: Mapping[str, Any] = {
    "reversed": _l("已撤销"),
    "kept": _l("导入后有改动，保留"),
    "failed": _l("没能撤销"),
}


def _base(actor: Actor) -> AnySelect:
    seen = select(Import.id).where(access.visible_to(actor))
    return select(ImportRow.id).where(ImportRow.import_id.in_(seen))


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, ImportRow]:
    return {row.id: row for row in session.scalars(select(ImportRow).where(ImportRow.id.in_(ids)))}


def _of_families(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return or_(*[ImportRow.families.contains(f",{family},", autoescape=True) for family in values])


def _declared(key: str, *more: Field) -> ListSpec:
    return register(
        ListSpec(
            key=key,
            title=_l("导入的行"),
            unit=_l("行"),
            permission="",
            endpoint="",
            record="",
            id_column=ImportRow.id,
            pid_column=ImportRow.id,
            base=_base,
            rows=_rows,
            fields=(
                Number("import", _l("导入"), ops=("is",), column=ImportRow.import_id, whole=True),
                Choice(
                    "kind", _l("结果"), options=[(code, code) for code in ACTIONS], column=ImportRow.action
                ),
                *more,
            ),
            columns=(Column("row_no", _l("行"), "number", sort="row"),),
            sorts={"row": Sort(_l("行"), ImportRow.row_no, kind="whole")},
            default_sort="row",
        )
    )


ROWS = _declared("import_rows")
FAULTS = _declared(
    "import_faults",
    Choice(
        "family",
        _l("错误种类"),
        ops=("in",),
        options=[*FAMILY_LABELS.items(), (CLEANED, _l("控制字符"))],
        where=_of_families,
    ),
)


def _all_columns(asking: Asking) -> list[tuple[str, Any]]:
    return [(column.key, column.label) for kind in kinds() for column in handler_for(kind).columns]


def _of_columns(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    forms = [form for key in values for form in differing.forms_of(key)]
    return or_(*[ImportRow.changed.contains(form, autoescape=True) for form in forms])


CHANGED = _declared(
    "import_changed",
    Choice("column", _l("列"), ops=("in",), options=_all_columns, where=_of_columns),
)
UNDONE = _declared(
    "import_undone",
    Choice("group", _l("撤销结果"), options=list(UNDONE_LABELS.items()), column=ImportRow.undone),
)
