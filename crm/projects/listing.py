"""The list of projects: what it can be filtered, sorted and grouped by, and what its columns say."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.i18n import lazy as _l
from core.lists import choices
from core.lists.boards import Board
from core.lists.fields import Asking, Choice, Day, Number, Option, Words
from core.lists.query import AnySelect, ListQuery
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from crm.projects import access, queries
from crm.projects.admission import TIER_LABELS
from crm.projects.lifecycle import LABELS, PROJECT, STAGES
from crm.projects.models import Project
from crm.projects.rules import KIND_LABELS

VIEWS: tuple[Option, ...] = (
    ("mine", _l("我负责的")),
    ("late", _l("滞后的")),
    ("closed", _l("已结束")),
    ("all", _l("全部（含已结束）")),
)
LEAST: tuple[Option, ...] = (
    ("1000", _l("0.1 亿元以上")),
    ("10000", _l("1 亿元以上")),
    ("100000", _l("10 亿元以上")),
)


def _base(actor: Actor) -> AnySelect:
    return select(Project.id).where(access.visible_to(actor))


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, queries.ProjectRow]:
    found = session.execute(queries.rows_statement(actor).where(Project.id.in_(ids)))
    return {row.id: row for row in map(queries.row_of, found)}


def _view(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return queries.in_view(values[0], asking.actor)


def _least(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    clause: ColumnElement[bool] = Project.total_investment_wan >= min(Decimal(value) for value in values)
    return clause


def open_only(query: ListQuery, asking: Asking) -> Any:
    """Ended projects show only when a stage or the view of ended or of all projects is asked for."""
    if query.mentions("stage") or query.one("view") in ("closed", "all"):
        return None
    return Project.stage.in_(PROJECT.open_codes())


FIELDS = (
    Words("q", _l("项目、投资方或编号"), quick=True,
          columns=(Project.name, Project.investor_name, Project.project_no)),
    Choice("view", _l("视图"), ops=("in",), options=VIEWS, where=_view),
    Choice("stage", _l("阶段"), quick=True, options=PROJECT.choices(), column=Project.stage),
    Choice("park", _l("园区"), quick=True, options=choices.parks, column=Project.park_id, convert=int,
           ops=("in", "not", "empty", "filled")),
    Choice("least", _l("总投资"), quick=True, ops=("in",), options=LEAST, where=_least, guarded=True),
    Choice("tier", _l("准入档次"), quick=True, options=[(str(code), name) for code, name in TIER_LABELS.items()],
           column=Project.admission_tier),
    Choice("unit", _l("单位"), quick=True, options=choices.units_of(Project.unit_id, access.visible_to),
           column=Project.unit_id, convert=int),
    Choice("kind", _l("项目类型"), options=list(KIND_LABELS.items()), column=Project.kind),
    Number("amount", _l("总投资额"), unit=_l("亿元"), scale=Decimal(10000), column=Project.total_investment_wan,
           guarded=True),
    Number("received", _l("累计到位"), unit=_l("亿元"), scale=Decimal(10000), column=Project.received_wan,
           guarded=True),
    Day("planned", _l("下一节点计划日"), column=Project.next_planned_on),
    Day("last_contact", _l("上次联系"), column=Project.last_contact_on),
    Day("next_contact", _l("下次联系"), column=Project.next_contact_on),
    Day("updated", _l("更新时间"), column=Project.updated_at, instant=True),
)  # fmt: skip

COLUMNS = (
    Column("name", _l("项目名称"), sort="name"),
    Column("project_no", _l("编号"), cls="nw t", shown=False, sort="no"),
    Column("node", _l("产业链环节"), shown=False),
    Column("total_wan", _l("总投资"), "yi", unit=_l("亿元"), sort="amount", total=True, guarded=True),
    Column("received_wan", _l("累计到位"), "yi", unit=_l("亿元"), sort="received", total=True, guarded=True),
    Column("stage", _l("阶段"), "code", cls="nw", labels=dict(PROJECT.choices())),
    Column("next_planned_on", _l("下一节点"), "day", cls="p2", sort="plan"),
    Column("last_on", _l("上次联系"), "day", sort="contact"),
    Column("next_on", _l("下一步"), "day", cls="p3"),
    Column("park", _l("园区和专员"), cls="nw"),
    Column("investor", _l("投资方"), shown=False),
    Column("chain", _l("产业链"), shown=False),
    Column("unit", _l("责任单位"), cls="nw", shown=False),
    Column("specialist", _l("专员"), cls="nw", shown=False),
    Column("next_step", _l("下一步的事"), shown=False),
    Column("days_late", _l("滞后天数"), "number", shown=False),
)

LIST = register(
    ListSpec(
        key="projects",
        title=_l("项目跟踪服务台账"),
        unit=_l("个"),
        permission=access.VIEW,
        export=access.EXPORT,
        endpoint="projects.index",
        id_column=Project.id,
        pid_column=Project.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "updated": Sort(_l("更新时间"), Project.updated_at, kind="instant"),
            "name": Sort(_l("项目名称"), Project.sort_key),
            "no": Sort(_l("编号"), Project.project_no),
            "amount": Sort(_l("总投资"), Project.total_investment_wan, kind="number", guarded=True),
            "received": Sort(_l("累计到位"), Project.received_wan, kind="number", guarded=True),
            "plan": Sort(_l("下一节点"), Project.next_planned_on, nullable=True, kind="day"),
            "contact": Sort(
                _l("上次联系"), Project.last_contact_on, nullable=True, empty_lowest=True, kind="day"
            ),
        },
        default_sort="-updated",
        groups={
            "stage": GroupBy(_l("阶段"), Project.stage, labels=dict(PROJECT.choices())),
            "park": GroupBy(_l("园区"), Project.park_id, names=choices.park_names),
            "unit": GroupBy(_l("单位"), Project.unit_id, names=choices.unit_names),
        },
        definition=_l("只列您有权看到的项目；一个项目只计一次。"),
        always=open_only,
        guard=access.MONEY,
    )
)

BOARD = Board(
    column=Project.stage,
    states=[(stage, LABELS[stage]) for stage in STAGES],
    order=Project.next_planned_on,
    amount=Project.total_investment_wan,
    late=queries.is_late,
)
