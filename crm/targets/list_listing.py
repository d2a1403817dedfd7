"""The lists of target enterprises as a list, and the rows of their frozen versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from chains.models import Chain
from chains.words import STAGES
from core import clock
from core.accounts.models import Unit
from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Option, Words
from core.lists.query import AnySelect
from core.lists.spec import Column, ListSpec, Sort, register
from core.permissions import Actor
from crm.targets import access, queries, terms
from crm.targets.lifecycle import TARGET
from crm.targets.listing import chain_options, day_and_words, owners
from crm.targets.models import Target, TargetList, TargetVersion, TargetVersionRow
from crm.targets.words import CATEGORIES, MATURITIES

OPEN: tuple[Option, ...] = (("open", _l("开放")), ("closed", _l("已关闭")))


@dataclass(frozen=True)
class ListRow:
    """One list with what became of its targets: how many, still silent, in talks, made leads."""

    id: int
    public_id: str
    name: str
    chain: str
    campaign: str
    unit: str
    closed: bool
    quarter: str
    count: int = 0
    untouched: int = 0
    silent: int = 0
    negotiating: int = 0
    converted: int = 0


def _base(actor: Actor) -> AnySelect:
    return (
        select(TargetList.id)
        .outerjoin(Chain, Chain.id == TargetList.chain_id)
        .where(access.lists_visible_to(actor))
    )


def counts(session: Session, ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """How the targets of some lists stand: no names, so whoever sees the list is told. One statement."""
    quiet = clock.today() - timedelta(days=terms.on(clock.today()).remind_days)

    def number(clause: Any) -> Any:
        return func.sum(case((clause, 1), else_=0))

    statement = (
        select(
            Target.list_id,
            func.count().label("count"),
            number(Target.contact_status == "none").label("untouched"),
            number((Target.open_key == 1) & (Target.quiet_since <= quiet)).label("silent"),
            number(Target.contact_status == "negotiating").label("negotiating"),
            number(Target.contact_status == "converted").label("converted"),
        )
        .where(Target.list_id.in_(ids))
        .group_by(Target.list_id)
    )
    names = ("count", "untouched", "silent", "negotiating", "converted")
    return {
        row.list_id: {name: int(row._mapping[name]) for name in names} for row in session.execute(statement)
    }


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, ListRow]:
    latest = (
        select(func.max(TargetVersion.quarter))
        .where(TargetVersion.list_id == TargetList.id)
        .correlate(TargetList)
        .scalar_subquery()
    )
    statement = (
        select(
            TargetList.id, TargetList.public_id, TargetList.name, func.coalesce(Chain.name, ""),
            TargetList.campaign, func.coalesce(func.nullif(Unit.short_name, ""), Unit.name),
            TargetList.closed_at.is_not(None), func.coalesce(latest, ""),
        )
        .join(Unit, Unit.id == TargetList.unit_id)
        .outerjoin(Chain, Chain.id == TargetList.chain_id)
        .where(TargetList.id.in_(ids), access.lists_visible_to(actor))
    )  # fmt: skip
    known = counts(session, ids)
    plain: Any = session.execute(statement)
    return {row[0]: ListRow(*row, **known.get(row[0], {})) for row in plain}


def _in_state(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    clause: ColumnElement[bool] = (
        TargetList.closed_at.is_(None) if values[0] == "open" else TargetList.closed_at.is_not(None)
    )
    return clause


def _units(asking: Asking) -> list[Option]:
    found = queries.unit_choices(asking.session, actor=asking.actor, permission=access.LIST_VIEW)
    return [(str(number), name) for number, name in found]


LISTS = register(
    ListSpec(
        key="target_lists",
        title=_l("目标名单"),
        unit=_l("份"),
        permission=access.LIST_VIEW,
        export=access.EXPORT,
        endpoint="target_lists.index",
        id_column=TargetList.id,
        pid_column=TargetList.public_id,
        base=_base,
        rows=_rows,
        fields=(
            Words("q", _l("名单或专题"), quick=True, columns=(TargetList.name, TargetList.campaign)),
            Choice("chain", _l("产业链"), quick=True, options=chain_options, column=Chain.code),
            Choice("state", _l("状态"), quick=True, ops=("in",), options=OPEN, where=_in_state),
            Choice("unit", _l("归口单位"), options=_units, column=TargetList.unit_id, convert=int),
        ),
        columns=(
            Column("name", _l("名单")),
            Column("chain", _l("产业链 / 专题"), value=lambda row: row.chain or row.campaign),
            Column("unit", _l("归口单位"), cls="nw"),
            Column("count", _l("企业"), "number", unit=_l("家"), total=True, cls="p2"),
            Column("untouched", _l("未对接"), "number", total=True),
            Column("silent", _l("久未跟进"), "number", total=True, cls="p3"),
            Column("negotiating", _l("在谈"), "number", total=True),
            Column("converted", _l("已转线索"), "number", total=True),
            Column("quarter", _l("最近冻结"), cls="t nw"),
            Column("campaign", _l("专题"), shown=False),
        ),
        sorts={
            "new": Sort(_l("新建时间"), TargetList.id, kind="serial"),
            "name": Sort(_l("名单"), TargetList.name),
        },
        default_sort="-new",
        definition=_l("一条链或一次专题招商一份名单；每季度冻结一版，版本之间可以比对。"),
    )
)


def _frozen_base(actor: Actor) -> AnySelect:
    return (
        select(TargetVersionRow.id)
        .join(TargetVersion, TargetVersion.id == TargetVersionRow.version_id)
        .join(TargetList, TargetList.id == TargetVersion.list_id)
        .where(access.lists_visible_to(actor))
    )


def _frozen_rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, TargetVersionRow]:
    found = session.scalars(select(TargetVersionRow).where(TargetVersionRow.id.in_(ids)))
    return {row.id: row for row in found}


def _versions(asking: Asking) -> list[Option]:
    statement = (
        select(TargetVersion.public_id, TargetVersion.quarter, TargetList.name)
        .join(TargetList, TargetList.id == TargetVersion.list_id)
        .where(access.lists_visible_to(asking.actor))
        .order_by(TargetVersion.id.desc())
        .limit(queries.MOST_LISTS)
    )
    return [(pid, f"{name} {quarter}") for pid, quarter, name in asking.session.execute(statement)]


def _of_version(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return TargetVersionRow.version_id.in_(
        select(TargetVersion.id).where(TargetVersion.public_id.in_(values))
    )


def _progress(row: Any) -> str:
    return day_and_words(row.progress_on, row.progress)


def _next(row: Any) -> str:
    return day_and_words(row.next_contact_on, row.next_step)


FROZEN = register(
    ListSpec(
        key="target_versions",
        title=_l("目标企业名单（冻结版本）"),
        unit=_l("家"),
        permission=access.LIST_VIEW,
        export=access.EXPORT,
        endpoint="target_lists.frozen",
        id_column=TargetVersionRow.id,
        pid_column=TargetVersionRow.public_id,
        base=_frozen_base,
        rows=_frozen_rows,
        fields=(
            Choice("version", _l("版本"), quick=True, ops=("in",), options=_versions, where=_of_version),
            Words("q", _l("企业名称"), quick=True, columns=(TargetVersionRow.name,)),
            Choice("state", _l("对接状态"), quick=True, options=TARGET.choices(),
                   column=TargetVersionRow.contact_status),
        ),
        columns=(
            Column("name", _l("企业名称")),
            Column("region", _l("所在地"), cls="nw"),
            Column("chain", _l("产业链")),
            Column("stage", _l("环节"), "code", labels=STAGES),
            Column("node", _l("节点")),
            Column("product", _l("主导产品")),
            Column("revenue_wan", _l("上年营收"), "yi", unit=_l("亿元")),
            Column("contact_status", _l("对接状态"), "code", cls="nw p2", labels=dict(TARGET.choices())),
            Column("unit", _l("责任单位 / 专员"), value=owners),
            Column("progress", _l("最近进展"), value=_progress),
            Column("next_step", _l("下步计划"), value=_next),
            Column("fit_points", _l("契合分"), "number", shown=False),
            Column("maturity", _l("成熟度"), "code", labels=MATURITIES, shown=False),
            Column("category", _l("企业类别"), "code", labels=CATEGORIES, shown=False),
            Column("uscc", _l("统一社会信用代码"), cls="t", shown=False),
        ),
        sorts={"position": Sort(_l("序号"), TargetVersionRow.position, kind="whole")},
        default_sort="position",
        numbered=True,
        definition=_l("冻结那天的样子，以后不再变。"),
    )
)  # fmt: skip


def version_of(session: Session, public_id: str, *, actor: Actor) -> TargetVersion | None:
    """A version that the actor may see."""
    statement = (
        select(TargetVersion)
        .join(TargetList, TargetList.id == TargetVersion.list_id)
        .where(TargetVersion.public_id == public_id, access.lists_visible_to(actor))
    )
    return session.scalars(statement).one_or_none()
