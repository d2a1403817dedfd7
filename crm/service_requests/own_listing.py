"""An enterprise's own requests as a list, for its portal."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Day, Option, Words
from core.lists.query import AnySelect
from core.lists.spec import Column, ListSpec, Sort, register
from core.permissions import Actor
from crm.service_requests import access, queries, rules
from crm.service_requests.lifecycle import REQUEST
from crm.service_requests.models import ServiceRequest

CLOSED = (*rules.RATEABLE, "evaluated", "unrated", "archived", "not_accepted", "withdrawn")
STANDINGS: tuple[Option, ...] = (
    ("open", _l("正在办")),
    ("mine", _l("等您办的")),
    ("closed", _l("已办完")),
)


def _base(actor: Actor) -> AnySelect:
    return select(ServiceRequest.id).where(access.visible_to(actor))


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, ServiceRequest]:
    loaded = (joinedload(ServiceRequest.host_unit), selectinload(ServiceRequest.pauses))
    found = session.scalars(queries.statement(actor).options(*loaded).where(ServiceRequest.id.in_(ids)))
    return {row.id: row for row in found}


def _standing(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    clauses: dict[str, ColumnElement[bool]] = {
        "open": ServiceRequest.status.not_in(CLOSED),
        "mine": ServiceRequest.status.in_(("waiting_enterprise", *rules.RATEABLE)),
        "closed": ServiceRequest.status.in_(CLOSED),
    }
    return or_(*[clauses[value] for value in values])


LIST = register(
    ListSpec(
        key="own_requests",
        title=_l("我的诉求"),
        unit=_l("件"),
        permission=access.OWN_VIEW,
        endpoint="portal.requests",
        record="portal.show",
        id_column=ServiceRequest.id,
        pid_column=ServiceRequest.public_id,
        base=_base,
        rows=_rows,
        fields=(
            Words("q", _l("诉求或编号"), quick=True, columns=(ServiceRequest.title, ServiceRequest.req_no)),
            Choice("standing", _l("办到哪了"), quick=True, ops=("in",), options=STANDINGS, where=_standing),
            Choice(
                "category", _l("类别"), options=list(rules.CATEGORIES.items()), column=ServiceRequest.category
            ),
            Day("submitted", _l("提交时间"), column=ServiceRequest.submitted_at, instant=True),
        ),
        columns=(
            Column("title", _l("诉求")),
            Column("status", _l("状态"), "code", labels=dict(REQUEST.choices())),
            Column("submitted_at", _l("提交时间"), "instant", sort="submitted"),
        ),
        sorts={"submitted": Sort(_l("提交时间"), ServiceRequest.submitted_at, kind="instant")},
        default_sort="-submitted",
    )
)
