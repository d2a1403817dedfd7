"""The list of imports: what it can be filtered and sorted by, and what its columns say."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.i18n import lazy as _l
from core.imports import access
from core.imports.handlers import handler_for, kinds
from core.imports.models import Import
from core.lists.fields import Asking, Choice, Day, Option, Words
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor

STATES: tuple[Option, ...] = (
    ("uploaded", _l("待指定列")),
    ("checking", _l("预检中")),
    ("checked", _l("待确认")),
    ("confirmed", _l("排队中")),
    ("running", _l("导入中")),
    ("done", _l("已完成")),
    ("failed", _l("失败")),
    ("cancelled", _l("已停止")),
    ("undoing", _l("撤销中")),
    ("undone", _l("已撤销")),
)


def _base(actor: Actor) -> AnySelect:
    return select(Import.id).where(access.visible_to(actor))


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, Import]:
    statement = select(Import).where(Import.id.in_(ids), access.visible_to(actor))
    return {record.id: record for record in session.scalars(statement)}


def _kinds(_asking: Asking) -> list[Option]:
    return [(kind, handler_for(kind).label) for kind in kinds()]


FIELDS = (
    Choice("kind", _l("导入的是"), quick=True, options=_kinds, column=Import.kind),
    Choice("state", _l("状态"), quick=True, options=STATES, column=Import.state),
    Words("file", _l("文件名"), quick=True, columns=(Import.file_name,)),
    Words("who", _l("上传的人"), columns=(Import.account_name,)),
    Day("uploaded", _l("上传时间"), column=Import.created_at, instant=True),
)

COLUMNS = (
    Column("file_name", _l("文件"), sort="name"),
    Column("kind", _l("导入的是"), cls="nw"),
    Column("state", _l("状态"), "code", cls="nw p3", labels=dict(STATES)),
    Column("total", _l("行"), "number"),
    Column("created", _l("新增"), "number"),
    Column("updated", _l("更新"), "number"),
    Column("unchanged", _l("未变"), "number", shown=False),
    Column("skipped", _l("跳过"), "number", shown=False),
    Column("rejected", _l("未导入"), "number", shown=False),
    Column("account_name", _l("上传的人"), cls="nw"),
    Column("created_at", _l("上传时间"), "instant", cls="p2", sort="at"),
    Column("finished_at", _l("完成时间"), "instant", shown=False),
)

LIST = register(
    ListSpec(
        key="imports",
        title=_l("导入记录"),
        unit=_l("次"),
        permission="",
        endpoint="imports.index",
        id_column=Import.id,
        pid_column=Import.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "at": Sort(_l("上传时间"), Import.created_at, kind="instant"),
            "name": Sort(_l("文件名"), Import.file_name),
        },
        default_sort="-at",
        groups={"state": GroupBy(_l("状态"), Import.state, labels=dict(STATES))},
    )
)
