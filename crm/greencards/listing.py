"""The list of green cards: what it can be filtered, sorted and grouped by, and what its columns say."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Day, Words, YesNo
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from crm.enterprises.models import Enterprise
from crm.greencards import access, queries, rules
from crm.greencards.lifecycle import CARD
from crm.greencards.models import GreenCard
from crm.projects.models import Project


def _base(actor: Actor) -> AnySelect:
    return (
        select(GreenCard.id)
        .join(Project, Project.id == GreenCard.project_id)
        .outerjoin(Enterprise, Enterprise.id == GreenCard.enterprise_id)
        .where(access.card_visible_to(actor))
    )


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, queries.Row]:
    return queries.rows(session, ids, actor=actor)


def _in_status(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return queries.in_status(values)


def _waits(asking: Asking) -> ColumnElement[bool]:
    return queries.is_waiting_for(asking.actor)


FIELDS = (
    Choice("status", _l("状态"), quick=True, options=CARD.choices(), where=_in_status),
    Choice("kind", _l("卡类"), quick=True, options=list(rules.KIND_LABELS.items()), column=GreenCard.kind),
    YesNo("mine", _l("待我办"), ops=("is",), where=_waits),
    Words(
        "q", _l("项目、企业或卡号"), quick=True, columns=(Project.name, Enterprise.name, GreenCard.card_no)
    ),
    Day("applied", _l("申报日"), column=GreenCard.applied_on),
    Day("issued", _l("发放日"), column=GreenCard.issued_on),
    Day("valid", _l("有效期至"), column=GreenCard.valid_to),
)

COLUMNS = (
    Column("project", _l("项目"), sort="project"),
    Column("standing", _l("状态"), "code", cls="nw p2", labels=dict(CARD.choices())),
    Column("kind", _l("卡类"), "code", cls="nw", labels=rules.KIND_LABELS),
    Column("card_no", _l("卡号"), cls="nw t"),
    Column("applied_on", _l("申报日"), "day", sort="applied"),
    Column("issued_on", _l("发放日"), "day"),
    Column("valid_to", _l("有效期至"), "day", cls="p3", sort="valid"),
    Column("enterprise", _l("企业"), shown=False),
)

LIST = register(
    ListSpec(
        key="greencards",
        title=_l("服务绿卡台账"),
        unit=_l("张"),
        permission=access.VIEW,
        export=access.EXPORT,
        endpoint="greencards.index",
        id_column=GreenCard.id,
        pid_column=GreenCard.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "applied": Sort(_l("申报日"), GreenCard.applied_on, kind="day"),
            "valid": Sort(_l("有效期"), GreenCard.valid_to, nullable=True, kind="day"),
            "project": Sort(_l("项目"), Project.sort_key),
        },
        default_sort="-applied",
        groups={"kind": GroupBy(_l("卡类"), GreenCard.kind, labels=rules.KIND_LABELS)},
        definition=_l("过了有效期的卡算到期，不算有效。"),
    )
)
