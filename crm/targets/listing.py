"""The list of target enterprises: what it can be filtered, sorted and grouped by, and what its columns say."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from chains.models import Chain, ChainNode
from chains.words import STAGES
from core import clock
from core.i18n import lazy as _l
from core.lists import choices
from core.lists.boards import Board
from core.lists.fields import Asking, Choice, Day, Number, Option, Words, YesNo
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from crm.enterprises.models import Enterprise
from crm.targets import access, queries, terms
from crm.targets.lifecycle import OPEN, TARGET
from crm.targets.models import Target, TargetList
from crm.targets.words import CATEGORIES, MATURITIES


def _base(actor: Actor) -> AnySelect:
    """Outer joins, although every target has both: no planner begins with the few nodes instead of the order's index,
    and a table that nothing asks for is not read."""
    return (
        select(Target.id)
        .outerjoin(Enterprise, Enterprise.id == Target.enterprise_id)
        .outerjoin(ChainNode, ChainNode.id == Target.node_id)
        .where(access.visible_to(actor))
    )


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, queries.Row]:
    return queries.rows(session, ids, actor=actor)


def _lists(asking: Asking) -> list[Option]:
    return [(made.public_id, made.name) for made in queries.lists(asking.session, actor=asking.actor)]


def _in_lists(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    """By number: the targets of one list are read in the order of its index."""
    known = asking.session.scalars(select(TargetList.id).where(TargetList.public_id.in_(values))).all()
    return Target.list_id == known[0] if len(known) == 1 else Target.list_id.in_(known)


def chain_options(asking: Asking) -> list[Option]:
    rows = asking.session.execute(select(Chain.code, Chain.name).order_by(Chain.code))
    return [(row.code, row.name) for row in rows]


def _in_chains(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return ChainNode.chain_id.in_(select(Chain.id).where(Chain.code.in_(values)))


def _units(asking: Asking) -> list[Option]:
    found = queries.unit_choices(asking.session, actor=asking.actor, permission=access.VIEW)
    return [(str(number), name) for number, name in found]


def _whose(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    if values[0] == "mine":
        return Target.specialist_id == asking.actor.account_id
    return Target.pooled_on.is_not(None) & (Target.open_key == 1) if values[0] == "pool" else true()


def _people(asking: Asking) -> list[Option]:
    units = queries.unit_choices(asking.session, actor=asking.actor, permission=access.VIEW)
    found = queries.people_with_targets(asking.session, [number for number, _name in units])
    return [(str(number), name) for number, name in found]


def _silent(asking: Asking) -> ColumnElement[bool]:
    return (Target.open_key == 1) & (Target.contact_status != "paused") & _is_quiet()


def _chain_names(asking: Asking, values: Sequence[Any]) -> dict[Any, Any]:
    rows = asking.session.execute(select(Chain.id, Chain.name).where(Chain.id.in_(values)))
    return {row.id: row.name for row in rows}


def owners(row: Any) -> str:
    """Unit and specialist in one cell, as officials write them."""
    return f"{row.unit} / {row.specialist}" if row.specialist else row.unit


def day_and_words(day: date | None, words: str) -> str:
    """“2026-11-03 看了产线”."""
    return " ".join(filter(None, (day.isoformat() if day else "", words)))


FIELDS = (
    Choice("list", _l("名单"), quick=True, options=_lists, where=_in_lists),
    Choice("chain", _l("产业链"), quick=True, options=chain_options, where=_in_chains),
    Choice("state", _l("对接状态"), quick=True, options=TARGET.choices(), column=Target.contact_status),
    Words("q", _l("企业名称"), quick=True,
          columns=(Enterprise.name, Enterprise.short_name, Enterprise.stock_code)),
    Choice("whose", _l("范围"), ops=("in",), options=(("mine", _l("我负责的")), ("pool", _l("公海"))), where=_whose),
    YesNo("silent", _l("久未跟进"), where=_silent),
    Choice("specialist", _l("专员"), options=_people, column=Target.specialist_id, convert=int,
           ops=("in", "not", "empty", "filled")),
    Choice("unit", _l("责任单位"), options=_units, column=Target.unit_id, convert=int),
    Choice("category", _l("企业类别"), options=list(CATEGORIES.items()), column=Target.category),
    Choice("maturity", _l("成熟度"), options=list(MATURITIES.items()), column=Target.maturity,
           ops=("in", "not", "empty", "filled")),
    Number("fit", _l("契合分"), column=Target.fit_points),
    Number("revenue", _l("营收"), unit=_l("亿元"), scale=Decimal(10000), column=Enterprise.latest_revenue_wan),
    Day("last_contact", _l("上次联系"), column=Target.last_contact_on),
    Day("next_contact", _l("下次联系"), column=Target.next_contact_on),
    Day("assigned", _l("分派日"), column=Target.assigned_on),
)  # fmt: skip

COLUMNS = (
    Column("name", _l("企业名称"), sort="name"),
    Column("region", _l("所在地"), cls="nw"),
    Column("node", _l("产业链 / 节点"), value=lambda row: f"{row.chain} / {row.node}"),
    Column("product", _l("主导产品")),
    Column("revenue_wan", _l("上年营收"), "yi", unit=_l("亿元")),
    Column("fit_points", _l("契合分"), "number", sort="fit"),
    Column("contact_status", _l("对接状态"), "code", cls="nw p2", labels=dict(TARGET.choices())),
    Column("unit", _l("责任单位 / 专员"), value=owners),
    Column("last_contact_on", _l("上次联系"), "day", sort="contact"),
    Column("next_step", _l("下步计划"), cls="p3", sort="next",
           value=lambda row: day_and_words(row.next_contact_on, row.next_step)),
    Column("chain", _l("产业链"), shown=False),
    Column("stage", _l("环节"), "code", labels=STAGES, shown=False),
    Column("progress", _l("最近进展"), value=lambda row: day_and_words(row.progress_on, row.progress),
           shown=False),
    Column("list", _l("名单"), shown=False),
    Column("category", _l("企业类别"), "code", labels=CATEGORIES, shown=False),
    Column("maturity", _l("成熟度"), "code", labels=MATURITIES, shown=False),
    Column("uscc", _l("统一社会信用代码"), cls="t", shown=False),
    Column("specialist", _l("专员"), shown=False),
    Column("assigned_on", _l("分派日"), "day", shown=False),
    Column("revenue_year", _l("营收年度"), cls="t", shown=False),
    Column("updated_at", _l("更新"), "instant", shown=False),
)  # fmt: skip

OFFICIAL = ("name", "region", "chain", "stage", "product", "revenue_wan", "contact_status", "unit", "progress",
            "next_step")  # fmt: skip
"""The columns of the table that officials file (DOMAIN 5)."""

LIST = register(
    ListSpec(
        key="targets",
        title=_l("目标招引企业名单"),
        unit=_l("家"),
        permission=access.VIEW,
        export=access.EXPORT,
        endpoint="targets.index",
        id_column=Target.id,
        pid_column=Target.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "name": Sort(_l("企业"), Target.sort_key),
            "contact": Sort(_l("上次联系"), Target.quiet_since, kind="day"),
            "next": Sort(_l("下一步"), Target.next_contact_on, nullable=True, kind="day"),
            "fit": Sort(_l("契合分"), Target.fit_points, nullable=True, kind="number"),
        },
        default_sort="contact",
        groups={
            "state": GroupBy(_l("对接状态"), Target.contact_status, labels=dict(TARGET.choices())),
            "unit": GroupBy(_l("责任单位"), Target.unit_id, names=choices.unit_names),
            "chain": GroupBy(_l("产业链"), ChainNode.chain_id, names=_chain_names),
        },
        numbered=True,
        definition=_l("按本单位和本人可见范围；公海里的各单位都能看。"),
    )
)


def _is_quiet() -> ColumnElement[bool]:
    """Silent for as many days as the reminder takes."""
    since = clock.today() - timedelta(days=terms.on(clock.today()).remind_days)
    clause: ColumnElement[bool] = Target.quiet_since <= since
    return clause


BOARD = Board(
    column=Target.contact_status,
    states=[(code, TARGET.label_of(code)) for code in (*OPEN, "paused")],
    order=Target.quiet_since,
    late=_is_quiet,
)
