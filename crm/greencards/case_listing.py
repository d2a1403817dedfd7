"""The list of service cases: what it can be filtered and sorted by, and what its columns say."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core import clock
from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Day, Words, YesNo
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from crm.activity import silences
from crm.greencards import access, case_queries
from crm.greencards.lifecycle import CASE
from crm.greencards.models import CaseStep, ServiceCase
from crm.projects.models import Project


def _base(actor: Actor) -> AnySelect:
    return (
        select(ServiceCase.id)
        .join(Project, Project.id == ServiceCase.project_id)
        .where(access.case_visible_to(actor))
    )


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, case_queries.Row]:
    return case_queries.rows(session, ids, actor=actor)


def _late(asking: Asking) -> ColumnElement[bool]:
    return ServiceCase.steps.any((CaseStep.status == "running") & (CaseStep.due_at < clock.now()))


FIELDS = (
    Choice("status", _l("状态"), quick=True, options=CASE.choices(), column=ServiceCase.status),
    YesNo("late", _l("有超期事项"), quick=True, ops=("is",), where=_late),
    silences.field(ServiceCase.last_contact_on, quick=True),
    Words("q", _l("项目或专班编号"), quick=True, columns=(Project.name, ServiceCase.case_no)),
    Day("opened", _l("建立日"), column=ServiceCase.opened_on),
    Day("next_contact", _l("下次联系"), column=ServiceCase.next_contact_on),
)

COLUMNS = (
    Column("project", _l("项目"), sort="project"),
    Column("done", _l("进度"), cls="nw t p2", value=lambda row: f"{row.done} / {row.total}"),
    Column("under_way", _l("正在办"), "many", value=lambda row: [line.label for line in row.under_way]),
    Column("specialist", _l("专员")),
    Column("last_contact_on", _l("上次联系"), "day"),
    Column("next_contact_on", _l("下次联系"), "day", shown=False),
    Column("opened_on", _l("建立日"), "day", cls="p3", sort="opened"),
    Column("case_no", _l("专班编号"), cls="nw t", shown=False),
    Column("enterprise", _l("企业"), shown=False),
    Column("status", _l("状态"), "code", shown=False, labels=dict(CASE.choices())),
    Column("late", _l("超期事项"), "number", shown=False),
    Column("paused", _l("暂停事项"), "number", shown=False),
)

LIST = register(
    ListSpec(
        key="cases",
        title=_l("服务专班台账"),
        unit=_l("个专班"),
        permission=access.VIEW_CASE,
        export=access.EXPORT,
        endpoint="greencards.cases.index",
        id_column=ServiceCase.id,
        pid_column=ServiceCase.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "opened": Sort(_l("建立日"), ServiceCase.opened_on, kind="day"),
            "project": Sort(_l("项目"), Project.sort_key),
        },
        default_sort="-opened",
        default_size=20,
        groups={"status": GroupBy(_l("状态"), ServiceCase.status, labels=dict(CASE.choices()))},
    )
)
