"""Who has how much in hand: everybody who goes after enterprises, with open targets of all lists (DOMAIN 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from core import clock
from core.accounts.models import Account, Deputy, Grant, Unit
from core.i18n import lazy as _l
from core.lists import choices
from core.lists.fields import Asking, Choice, Option, Words
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor, within
from crm.targets import access, queries, terms
from crm.targets.models import Target
from crm.targets.sharing import PURSUERS

_IN_HAND = (
    select(func.count())
    .where(Target.specialist_id == Account.id, Target.open_key == 1)
    .correlate(Account)
    .scalar_subquery()
)


@dataclass(frozen=True)
class LoadRow:
    """One person with what he has in hand: on how many lists, untouched, in talks, silent for the days of the
    reminder, with a next step that is due.
    """

    id: int
    public_id: str
    name: str
    unit: str
    away: bool
    count: int = 0
    lists: int = 0
    untouched: int = 0
    negotiating: int = 0
    silent: int = 0
    due: int = 0


def _base(actor: Actor) -> AnySelect:
    """People of the units whose targets one may see: with a role that pursues, or with something in hand."""
    pursues = select(Grant.account_id).where(Grant.role.in_(PURSUERS))
    holds = (
        select(Target.id)
        .where(Target.specialist_id == Account.id, Target.open_key == 1)
        .correlate(Account)
        .exists()
    )
    return select(Account.id).where(
        Account.kind == "staff",
        Account.active,
        or_(Account.id.in_(pursues), holds),
        within(actor, access.VIEW, Account.unit_id, Account.id),
    )


def _counts(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Open targets of some people: how many, on how many lists, untouched, in talks, silent, due. No names."""
    today = clock.today()
    quiet = today - timedelta(days=terms.on(today).remind_days)

    def number(clause: Any) -> Any:
        return func.sum(case((clause, 1), else_=0))

    statement = (
        select(
            Target.specialist_id, func.count(), func.count(func.distinct(Target.list_id)),
            number(Target.contact_status == "none"), number(Target.contact_status == "negotiating"),
            number((Target.contact_status != "paused") & (Target.quiet_since <= quiet)),
            number(Target.next_contact_on <= today),
        )
        .where(Target.specialist_id.in_(ids), Target.open_key == 1)
        .group_by(Target.specialist_id)
    )  # fmt: skip
    return {row[0]: tuple(int(count) for count in row[1:]) for row in session.execute(statement)}


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, LoadRow]:
    today = clock.today()
    away = select(Deputy.account_id).where(Deputy.valid_from <= today, Deputy.valid_to >= today)
    statement = (
        select(
            Account.id, Account.public_id, Account.name, func.coalesce(func.nullif(Unit.short_name, ""), Unit.name, ""),
            Account.id.in_(away),
        )
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .where(Account.id.in_(ids))
    )  # fmt: skip
    known = _counts(session, ids)
    plain: Any = session.execute(statement)
    return {row[0]: LoadRow(*row, *known.get(row[0], ())) for row in plain}


def _units(asking: Asking) -> list[Option]:
    found = queries.unit_choices(asking.session, actor=asking.actor, permission=access.VIEW)
    return [(str(number), name) for number, name in found]


LOADS = register(
    ListSpec(
        key="target_loads",
        title=_l("专员在手目标企业"),
        unit=_l("人"),
        permission=access.VIEW,
        export=access.EXPORT,
        endpoint="targets.loads",
        record="",
        id_column=Account.id,
        pid_column=Account.public_id,
        base=_base,
        rows=_rows,
        fields=(
            Choice("unit", _l("单位"), quick=True, options=_units, column=Account.unit_id, convert=int),
            Words("q", _l("姓名"), quick=True, columns=(Account.name,)),
        ),
        columns=(
            Column("name", _l("专员"), sort="name"),
            Column("unit", _l("单位"), cls="p3"),
            Column("count", _l("在办目标企业"), "number", unit=_l("家"), cls="p2", sort="load", total=True),
            Column("lists", _l("名单"), "number", unit=_l("份")),
            Column("untouched", _l("未对接"), "number", unit=_l("家"), total=True),
            Column("negotiating", _l("在谈"), "number", unit=_l("家"), total=True),
            Column("silent", _l("久未跟进"), "number", unit=_l("家"), total=True),
            Column("due", _l("下一步到期"), "number", unit=_l("家"), total=True),
            Column("away", _l("离岗"), "yesno", shown=False),
        ),
        sorts={
            "name": Sort(_l("姓名"), Account.sort_key),
            "load": Sort(_l("在办目标企业"), _IN_HAND, kind="whole"),
        },
        default_sort="-load",
        groups={"unit": GroupBy(_l("单位"), Account.unit_id, names=choices.unit_names)},
        numbered=True,
        definition=_l("所有名单里在办的目标企业，一家一个节点算一项；公海里的和已结束的不算。"),
    )
)  # fmt: skip
