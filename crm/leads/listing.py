"""The list of leads: what it can be filtered, sorted and grouped by, and what its columns say."""

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
from crm.leads import access, queries, rules
from crm.leads.lifecycle import LEAD
from crm.leads.models import Lead

VIEWS: tuple[Option, ...] = (
    ("mine", _l("我负责的")),
    ("silent", _l("久未跟进")),
    ("closed", _l("已结束")),
    ("all", _l("全部（含已结束）")),
)


def _base(actor: Actor) -> AnySelect:
    return select(Lead.id).where(access.visible_to(actor))


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, queries.LeadRow]:
    found = session.execute(queries.rows_statement(actor).where(Lead.id.in_(ids)))
    return {row.id: row for row in map(queries.row_of, found)}


def _view(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return queries.in_view(values[0], asking.actor)


def open_only(query: ListQuery, asking: Asking) -> Any:
    """Closed leads show only when a status or the view of closed or of all leads is asked for."""
    if query.mentions("status") or query.one("view") in ("closed", "all"):
        return None
    return Lead.status.in_(LEAD.open_codes())


FIELDS = (
    Words(
        "q", _l("投资方、内容或编号"), quick=True, columns=(Lead.investor_name, Lead.content, Lead.lead_no)
    ),
    Choice("view", _l("视图"), ops=("in",), options=VIEWS, where=_view),
    Choice("status", _l("状态"), quick=True, options=LEAD.choices(), column=Lead.status),
    Choice("source", _l("来源"), quick=True, options=list(rules.SOURCE_LABELS.items()), column=Lead.source),
    Choice(
        "unit",
        _l("单位"),
        quick=True,
        options=choices.units_of(Lead.unit_id, access.visible_to),
        column=Lead.unit_id,
        convert=int,
    ),
    Number(
        "amount",
        _l("拟投总额"),
        unit=_l("亿元"),
        scale=Decimal(10000),
        column=Lead.total_investment_wan,
        guarded=True,
    ),
    Day("claimed", _l("首报时间"), column=Lead.first_claimed_at, instant=True),
    Day("protected", _l("保护期至"), column=Lead.protected_until),
    Day("last_contact", _l("上次联系"), column=Lead.last_contact_on),
    Day("next_contact", _l("下次联系"), column=Lead.next_contact_on),
)

COLUMNS = (
    Column("investor", _l("投资主体和内容")),
    Column("lead_no", _l("编号"), cls="nw t", shown=False, sort="no"),
    Column("node", _l("产业链环节")),
    Column("total_wan", _l("拟投总额"), "yi", unit=_l("亿元"), sort="amount", total=True, guarded=True),
    Column("status", _l("状态"), "code", cls="nw p2", labels=dict(LEAD.choices())),
    Column("claimed_at", _l("首报时间"), "instant", sort="claimed"),
    Column("last_on", _l("上次联系"), "day", sort="contact"),
    Column("next_on", _l("下一步"), "day", cls="p3", sort="next"),
    Column("unit", _l("单位和专员"), cls="nw"),
    Column("chain", _l("产业链"), shown=False),
    Column("content", _l("项目内容"), shown=False),
    Column("specialist", _l("专员"), cls="nw", shown=False),
    Column("protected_until", _l("保护期至"), "day", shown=False),
    Column("next_step", _l("下一步的事"), shown=False),
)

LIST = register(
    ListSpec(
        key="leads",
        title=_l("招商线索台账"),
        unit=_l("条"),
        permission=access.VIEW,
        export=access.EXPORT,
        endpoint="leads.index",
        id_column=Lead.id,
        pid_column=Lead.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "claimed": Sort(_l("首报时间"), Lead.first_claimed_at, nullable=True, kind="instant"),
            "no": Sort(_l("编号"), Lead.lead_no, nullable=True),
            "amount": Sort(
                _l("拟投总额"), Lead.total_investment_wan, nullable=True, kind="number", guarded=True
            ),
            "contact": Sort(
                _l("上次联系"), Lead.last_contact_on, nullable=True, empty_lowest=True, kind="day"
            ),
            "next": Sort(_l("下一步"), Lead.next_contact_on, nullable=True, kind="day"),
        },
        default_sort="-claimed",
        groups={
            "status": GroupBy(_l("状态"), Lead.status, labels=dict(LEAD.choices())),
            "unit": GroupBy(_l("单位"), Lead.unit_id, names=choices.unit_names),
            "source": GroupBy(_l("来源"), Lead.source, labels=rules.SOURCE_LABELS),
        },
        definition=_l("只列您有权看到的线索。首报以服务器登记时间为准，草稿不算。"),
        always=open_only,
        guard=access.MONEY,
    )
)

BOARD = Board(
    column=Lead.status,
    states=[
        (code, LEAD.label_of(code))
        for code in ("registered", "responding", "need_info", "follow", "negotiating", "disputed")
    ],
    order=Lead.next_contact_on,
    amount=Lead.total_investment_wan,
    late=queries.is_silent,
)
