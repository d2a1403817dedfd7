"""The list of requests: what it can be filtered, sorted and grouped by, and what its columns say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core import calendar, clock
from core.i18n import lazy as _l
from core.lists import choices
from core.lists.boards import Board
from core.lists.fields import Asking, Choice, Day, Words, YesNo
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from crm.enterprises.models import Enterprise
from crm.service_requests import access, queries, rules
from crm.service_requests.lifecycle import REQUEST
from crm.service_requests.models import ServiceRequest

BOARD_STATES = (
    "submitted",
    "accepted",
    "dispatched",
    "handling",
    "waiting_enterprise",
    "suspended",
    "reviewing",
    "escalated",
)
_SATISFACTION = {str(code): label for code, label in rules.SATISFACTION.items()}


@dataclass(frozen=True)
class Row:
    """One line of the list; `due` and `tone` tell of the clock that runs now."""

    id: int
    public_id: str
    req_no: str
    title: str
    enterprise: str
    unit: str
    host_unit: str
    handler: str
    status: str
    category: str
    nature: str
    urgency: str
    channel: str
    due: str
    tone: str
    submitted_at: datetime
    accepted_at: datetime | None
    dispatched_at: datetime | None
    signed_at: datetime | None
    first_contact_at: datetime | None
    completed_at: datetime | None
    reviewed_at: datetime | None
    called_back_at: datetime | None
    due_at: datetime | None
    queue_due_at: datetime | None
    result_kind: str | None
    solved: str | None
    satisfaction: str | None
    return_count: int
    extension_count: int
    redo_count: int


def _base(actor: Actor) -> AnySelect:
    return select(ServiceRequest.id).where(access.visible_to(actor))


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, Row]:
    """The rows of a page in two statements: the requests with whom they concern, their pauses."""
    found = session.scalars(
        queries.statement(actor)
        .where(ServiceRequest.id.in_(ids))
        .options(
            joinedload(ServiceRequest.enterprise),
            joinedload(ServiceRequest.unit),
            joinedload(ServiceRequest.host_unit),
            joinedload(ServiceRequest.handler),
            selectinload(ServiceRequest.pauses),
        )
    )
    days, now = calendar.present(session), clock.now()
    return {request.id: _row(request, *queries.due_words(request, now, days)) for request in found}


def _row(found: ServiceRequest, due: str, tone: str) -> Row:
    plain = {name: getattr(found, name) for name in _PLAIN}
    return Row(
        **plain,
        enterprise=found.enterprise.short_name or found.enterprise.name,
        unit=found.unit.name,
        host_unit=found.host_unit.name if found.host_unit else "",
        handler=found.handler.name if found.handler else "",
        due=due,
        tone=tone,
        satisfaction=str(found.satisfaction) if found.satisfaction else None,
    )


_PLAIN = (
    "id", "public_id", "req_no", "title", "status", "category", "nature", "urgency", "channel",
    "submitted_at", "accepted_at", "dispatched_at", "signed_at", "first_contact_at", "completed_at",
    "reviewed_at", "called_back_at", "due_at", "queue_due_at", "result_kind", "solved", "return_count",
    "extension_count", "redo_count",
)  # fmt: skip


def is_late() -> ColumnElement[bool]:
    """The clock that runs now has run out; one that stands still is never late."""
    return ServiceRequest.status.in_(rules.WORKING) & (ServiceRequest.queue_due_at < clock.now())


def _in_time() -> ColumnElement[bool]:
    return (
        ServiceRequest.status.not_in(rules.WORKING)
        | ServiceRequest.queue_due_at.is_(None)
        | (ServiceRequest.queue_due_at >= clock.now())
    )


def _of_enterprise(words: str, asking: Asking) -> ColumnElement[bool]:
    named = or_(
        *[
            column.contains(words, autoescape=True)
            for column in (Enterprise.name, Enterprise.short_name, Enterprise.uscc)
        ]
    )
    return ServiceRequest.enterprise_id.in_(select(Enterprise.id).where(named))


FIELDS = (
    Words("q", _l("诉求或编号"), quick=True, columns=(ServiceRequest.title, ServiceRequest.req_no)),
    Choice("status", _l("状态"), quick=True, options=REQUEST.choices(), column=ServiceRequest.status),
    Choice("category", _l("类别"), quick=True, options=list(rules.CATEGORIES.items()),
           column=ServiceRequest.category),
    Choice("nature", _l("性质"), quick=True, options=list(rules.NATURES.items()),
           column=ServiceRequest.nature),
    Choice("urgency", _l("等级"), quick=True, options=list(rules.URGENCIES.items()),
           column=ServiceRequest.urgency),
    Words("enterprise", _l("企业"), where=_of_enterprise),
    Choice("host", _l("承办单位"), quick=True, options=choices.units, column=ServiceRequest.host_unit_id, convert=int,
           ops=("in", "not", "empty", "filled")),
    YesNo("late", _l("超期"), ops=("is",), where=lambda _asking: is_late(), no=lambda _asking: _in_time()),
    Day("due", _l("办结时限"), column=ServiceRequest.due_at, instant=True),
    Day("next_due", _l("本环节时限"), column=ServiceRequest.queue_due_at, instant=True),
    Day("submitted", _l("提交时间"), column=ServiceRequest.submitted_at, instant=True),
    Day("completed", _l("办结时间"), column=ServiceRequest.completed_at, instant=True),
    Choice("channel", _l("渠道"), options=list(rules.CHANNELS.items()), column=ServiceRequest.channel),
    Choice("result", _l("处理结果"), options=list(rules.RESULTS.items()), column=ServiceRequest.result_kind,
           ops=("in", "not", "empty", "filled")),
    Choice("solved", _l("是否解决"), options=list(rules.SOLVED.items()), column=ServiceRequest.solved,
           ops=("in", "not", "empty", "filled")),
    Choice("satisfaction", _l("满意度"), options=list(_SATISFACTION.items()), convert=int,
           column=ServiceRequest.satisfaction, ops=("in", "not", "empty", "filled")),
)  # fmt: skip

COLUMNS = (
    Column("title", _l("诉求")),
    Column("req_no", _l("编号"), cls="nw t", shown=False, sort="no"),
    Column("enterprise", _l("企业")),
    Column("category", _l("类别"), "code", cls="nw", labels=rules.CATEGORIES),
    Column("nature", _l("性质"), "code", cls="nw", labels=rules.NATURES, shown=False),
    Column("urgency", _l("等级"), "code", cls="nw", labels=rules.URGENCIES),
    Column("status", _l("状态"), "code", cls="nw p2", labels=dict(REQUEST.choices())),
    Column("host_unit", _l("承办单位"), cls="nw"),
    Column("due", _l("剩余时限"), cls="nw p3", sort="due"),
    Column("submitted_at", _l("提交时间"), "instant", sort="submitted"),
    Column("due_at", _l("办结时限"), "instant", shown=False),
    Column("channel", _l("渠道"), "code", shown=False, labels=rules.CHANNELS),
    Column("unit", _l("受理单位"), cls="nw", shown=False),
    Column("handler", _l("承办人"), cls="nw", shown=False),
    Column("accepted_at", _l("受理时间"), "instant", shown=False),
    Column("dispatched_at", _l("派单时间"), "instant", shown=False),
    Column("signed_at", _l("签收时间"), "instant", shown=False),
    Column("first_contact_at", _l("首次联系"), "instant", shown=False),
    Column("completed_at", _l("办结时间"), "instant", shown=False),
    Column("reviewed_at", _l("审核时间"), "instant", shown=False),
    Column("called_back_at", _l("回访时间"), "instant", shown=False),
    Column("result_kind", _l("处理结果"), "code", shown=False, labels=rules.RESULTS),
    Column("solved", _l("是否解决"), "code", shown=False, labels=rules.SOLVED),
    Column("satisfaction", _l("满意度"), "code", shown=False, labels=_SATISFACTION),
    Column("return_count", _l("退单次数"), "number", shown=False),
    Column("extension_count", _l("延期次数"), "number", shown=False),
    Column("redo_count", _l("重办次数"), "number", shown=False),
)

LIST = register(
    ListSpec(
        key="requests",
        title=_l("企业诉求办理台账"),
        unit=_l("件"),
        permission=access.VIEW,
        export=access.EXPORT,
        endpoint="requests.listed",
        id_column=ServiceRequest.id,
        pid_column=ServiceRequest.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "submitted": Sort(_l("提交时间"), ServiceRequest.submitted_at, kind="instant"),
            "due": Sort(_l("本环节时限"), ServiceRequest.queue_due_at, nullable=True, kind="instant"),
            "no": Sort(_l("编号"), ServiceRequest.req_no),
        },
        default_sort="-submitted",
        groups={
            "status": GroupBy(_l("状态"), ServiceRequest.status, labels=dict(REQUEST.choices())),
            "category": GroupBy(_l("类别"), ServiceRequest.category, labels=rules.CATEGORIES),
            "host": GroupBy(_l("承办单位"), ServiceRequest.host_unit_id, names=choices.unit_names),
        },
        definition=_l("只列本单位受理或承办的诉求。时限暂停的不算超期。"),
    )
)

BOARD = Board(
    column=ServiceRequest.status,
    states=[(code, REQUEST.label_of(code)) for code in BOARD_STATES],
    order=ServiceRequest.queue_due_at,
    late=is_late,
)
