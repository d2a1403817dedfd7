"""Who of a unit gets a target by rule: whoever has least in hand, or knows the chain (DOMAIN 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from chains.models import ChainNode
from core import clock
from core.accounts.models import Account, Deputy, Grant
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from crm.targets.models import Target

PURSUERS = ("specialist", "investment_team")
"""Roles whose people go after enterprises."""

RULES: Mapping[str, Any] = {
    "load": _l("谁手上最少给谁"),
    "chain": _l("先给已在跟这条链的人，再看谁手上最少"),
}


@dataclass(frozen=True)
class Hands:
    """One person of a unit with what he has in hand, and how much of it belongs to the chain."""

    account_id: int
    name: str
    load: int
    of_chain: int


def hands(session: Session, unit_id: int, chain_id: int | None = None) -> list[Hands]:
    """Who may be given targets of a unit today: active, with a role that pursues, and not on leave."""
    today = clock.today()
    away = select(Deputy.account_id).where(Deputy.valid_from <= today, Deputy.valid_to >= today)
    pursues = select(Grant.account_id).where(Grant.role.in_(PURSUERS))
    of_chain = func.sum(case((ChainNode.chain_id == chain_id, 1), else_=0))
    statement = (
        select(Account.id, Account.name, func.count(Target.id), of_chain)
        .outerjoin(Target, (Target.specialist_id == Account.id) & (Target.open_key == 1))
        .outerjoin(ChainNode, ChainNode.id == Target.node_id)
        .where(Account.unit_id == unit_id, Account.active, Account.kind == "staff")
        .where(Account.id.in_(pursues), Account.id.not_in(away))
        .group_by(Account.id, Account.name)
        .order_by(Account.name, Account.id)
    )
    return [Hands(row[0], row[1], row[2], row[3] or 0) for row in session.execute(statement)]


def pick(session: Session, unit_id: int, chain_id: int, rule: str) -> int:
    """The person whom the rule gives the next target. Raises Invalid where the unit has nobody."""
    found = chosen(hands(session, unit_id, chain_id), rule)
    if found is None:
        raise Invalid(Fault("unit_id", "nobody", _l("这个单位今天没有在岗的专员，请手工分派。")))
    return found.account_id


def chosen(people: Sequence[Hands], rule: str) -> Hands | None:
    """The least loaded; by chain, the least loaded of those who are at it already. The first by name of equals."""
    at_it = [each for each in people if each.of_chain] if rule == "chain" else []
    return min(at_it or people, key=lambda each: each.load, default=None)
