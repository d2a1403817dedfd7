"""The industry-chain maps as a list: each with its nodes by state and its coverage, seen from one place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session

from chains import access, queries, words
from chains.gaps import Report, State
from chains.models import Chain, ChainOffice
from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Day, Option, Words
from core.lists.query import AnySelect, ListQuery
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from crm.enterprises import coverage, homes, purchases
from crm.enterprises.purchases import Supply


@dataclass(frozen=True)
class Row:
    """A map and its analysis for the place that was asked for."""

    chain: Chain
    report: Report
    supply: Supply

    @property
    def public_id(self) -> str:
        return self.chain.public_id


def _base(actor: Actor) -> AnySelect:
    return select(Chain.id).where(access.visible_to(actor))


def _rows(session: Session, ids: Sequence[int], actor: Actor, query: ListQuery) -> dict[int, Row]:
    maps = queries.maps(session, actor=actor, ids=ids)
    locator = homes.locate(session, query.one("home"))
    reports, supplies = coverage.reports(session, maps, locator), purchases.supplies(session, maps, locator)
    return {
        found.chain.id: Row(found.chain, report, supplies[found.chain.id])
        for found, report in zip(maps, reports, strict=True)
    }


def _homes(asking: Asking) -> list[Option]:
    return list(homes.choices(asking.session))


def _from_anywhere(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    """A place changes what is counted, not which maps there are."""
    return true()


def _led_by(name: str, asking: Asking) -> ColumnElement[bool]:
    named = ChainOffice.name.contains(name, autoescape=True)
    return exists().where(ChainOffice.chain_id == Chain.id, named)


def _called(text: str, asking: Asking) -> ColumnElement[bool]:
    columns = (Chain.name, Chain.name_en, Chain.code)
    return or_(*[column.contains(text, autoescape=True) for column in columns])


def _of_chain(name: str) -> Callable[[Row], Any]:
    return lambda row: getattr(row.chain, name)


def _office(kind: str) -> Callable[[Row], Any]:
    return lambda row: row.chain.office(kind)


def _in_state(state: State) -> Callable[[Row], int]:
    return lambda row: row.report.counts[state]


FIELDS = (
    Choice(
        "home", _l("看哪里"), quick=True, ops=("in",), options=_homes, where=_from_anywhere, blank=_l("默认")
    ),
    Words("q", _l("产业链名称或代码"), quick=True, where=_called),
    Choice("status", _l("状态"), quick=True, options=list(words.STATUSES.items()), column=Chain.status),
    Words("office", _l("链长或牵头部门"), where=_led_by),
    Day("as_of", _l("基准日"), column=Chain.as_of),
)

_PLACES = {state: f"st-{state.value}" for state in State} | {State.MISSING: "st-missing p2"}
COLUMNS = (
    Column("name", _l("产业链"), value=_of_chain("name"), sort="name"),
    Column("chief", _l("链长"), cls="nw", value=_office("chief")),
    Column("lead", _l("牵头部门"), value=_office("lead_department")),
    Column("end_nodes", _l("末级节点"), "number", value=lambda row: row.report.end_nodes),
    *(
        Column(state.value, words.STATES[state], "number", cls=_PLACES[state], value=_in_state(state))
        for state in State
    ),
    Column("coverage", _l("环节覆盖率"), "number", unit="%", cls="p3", value=lambda row: row.report.coverage),
    Column("local_firms", _l("本地企业"), "number", unit=_l("家，去重"), value=lambda row: row.report.local_firms),
    Column("supply", _l("本地配套率"), "number", unit="%", value=lambda row: row.supply.rate),
    Column("anchor", _l("本地链主"), "yesno", value=lambda row: row.report.action is None),
    Column("as_of", _l("基准日"), "day", value=_of_chain("as_of"), sort="as_of"),
    Column("code", _l("代码"), cls="t", shown=False, value=_of_chain("code"), sort="code"),
    Column("status", _l("状态"), "code", shown=False, labels=words.STATUSES, value=_of_chain("status")),
    Column("number", _l("版本"), "number", shown=False, value=_of_chain("number")),
)  # fmt: skip

LIST = register(
    ListSpec(
        key="chains",
        title=_l("产业链图谱一览"),
        unit=_l("条链"),
        permission=access.VIEW,
        export=access.VIEW,
        endpoint="chains.index",
        id_column=Chain.id,
        pid_column=Chain.public_id,
        base=_base,
        rows_by_query=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "code": Sort(_l("代码"), Chain.code),
            "name": Sort(_l("产业链"), Chain.name),
            "as_of": Sort(_l("基准日"), Chain.as_of, nullable=True, kind="day"),
        },
        default_sort="code",
        groups={"status": GroupBy(_l("状态"), Chain.status, labels=words.STATUSES)},
        definition=_l(
            "环节覆盖率 = 非缺失节点 ÷ 全部末级节点；本地配套率 = 本地供应商采购额 ÷ 链主采购总额。"
            "草稿由公开常识拟定，未经主管部门核定，使用前须由行业专家确认。"
        ),
    )
)
