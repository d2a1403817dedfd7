"""The roster as a list: what it can be filtered, sorted and grouped by, and what its columns say."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.criteria.outcome import LABELS
from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Day, Option, Words
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from crm.activity import silences
from crm.cultivation import access, queries
from crm.cultivation.models import RosterEntry
from crm.enterprises.models import Enterprise

VERDICTS: tuple[Option, ...] = tuple((verdict.value, label) for verdict, label in LABELS.items())


def _base(actor: Actor) -> AnySelect:
    return (
        select(RosterEntry.id)
        .join(Enterprise, Enterprise.id == RosterEntry.enterprise_id)
        .where(access.visible_to(actor), RosterEntry.left_on.is_(None))
    )


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, queries.Row]:
    return queries.rows(session, ids, actor=actor)


def _pools(asking: Asking) -> list[Option]:
    return [(pool.code, pool.name) for pool in queries.pools(asking.session)]


def _steps(asking: Asking) -> list[Option]:
    return [(step.code, step.name) for step in queries.steps(asking.session)]


def _verdict(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return queries.with_verdict(values)


def _pool_names(asking: Asking, values: Sequence[Any]) -> dict[Any, Any]:
    return dict(_pools(asking))


FIELDS = (
    Choice("pool", _l("库"), quick=True, options=_pools, column=RosterEntry.pool_code),
    Choice("verdict", _l("自评"), quick=True, ops=("in",), options=VERDICTS, where=_verdict),
    Words("q", _l("企业名称"), quick=True, columns=(Enterprise.name,)),
    Choice(
        "step", _l("台阶"), options=_steps, column=RosterEntry.step_code, ops=("in", "not", "empty", "filled")
    ),
    silences.field(RosterEntry.last_contact_on, quick=True),
    Day("entered", _l("入库日"), column=RosterEntry.entered_on),
    Day("next_contact", _l("下次联系"), column=RosterEntry.next_contact_on),
)

COLUMNS = (
    Column("name", _l("企业名称"), sort="name"),
    Column("pool", _l("库"), cls="p2"),
    Column("step", _l("台阶"), cls="nw", shown=False),
    Column("standard", _l("对照标准")),
    Column("verdict", _l("最近自评"), "code", cls="nw p3", labels=dict(VERDICTS)),
    Column(
        "met",
        _l("达标 / 未达 / 缺数据"),
        cls="n",
        value=lambda row: f"{row.met} / {row.not_met} / {row.missing}",
    ),
    Column("total", _l("得分"), "number", cls="n"),
    Column("specialist", _l("专员")),
    Column("last_contact_on", _l("上次联系"), "day"),
    Column("next_contact_on", _l("下次联系"), "day", shown=False),
    Column("entered_on", _l("入库日"), "day", sort="entered", shown=False),
    Column("leader", _l("包联领导"), shown=False),
    Column("evaluated_on", _l("自评日"), "day", shown=False),
)

LIST = register(
    ListSpec(
        key="cultivation",
        title=_l("梯次培优名录库"),
        unit=_l("家"),
        permission=access.VIEW,
        export=access.EXPORT,
        endpoint="cultivation.index",
        id_column=RosterEntry.id,
        pid_column=RosterEntry.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "name": Sort(_l("企业名称"), Enterprise.sort_key),
            "entered": Sort(_l("入库日"), RosterEntry.entered_on, kind="day"),
        },
        default_sort="name",
        groups={"pool": GroupBy(_l("库"), RosterEntry.pool_code, names=_pool_names)},
        definition=_l("只算现在在库的企业；自评不等于认定。"),
    )
)
