"""Accounts and units: found by name, user name and code, by those who keep or check accounts."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session, joinedload

from core.accounts import service
from core.accounts.models import ACCOUNT, UNIT, Account, Unit
from core.i18n import lazy as _l
from core.permissions import Actor
from search import acl
from search.document import Document
from search.sources import Source, by

_WEIGHT = 300


def visible_to(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.can(service.LIST) else false()


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """One statement, whatever the number of ids."""
    statement = select(Account).where(Account.id.in_(ids)).options(joinedload(Account.unit))
    return {account.id: _account(account) for account in session.scalars(statement)}


def build_units(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """One statement, whatever the number of ids."""
    return {unit.id: _unit(unit) for unit in session.scalars(select(Unit).where(Unit.id.in_(ids)))}


def _account(account: Account) -> Document:
    return Document(
        kind=ACCOUNT,
        id=account.id,
        public_id=account.public_id,
        path=f"/admin/accounts/{account.public_id}",
        title=account.name,
        acl=acl.document_tokens(ACCOUNT),
        codes=(account.username,),
        status=_state(account.active),
        body="；".join(filter(None, (account.title, account.unit.name if account.unit else ""))),
        weight=_WEIGHT,
        updated=account.updated_at,
    )


def _unit(unit: Unit) -> Document:
    return Document(
        kind=UNIT,
        id=unit.id,
        public_id=unit.public_id,
        path=f"/admin/units/{unit.public_id}",
        title=unit.name,
        acl=acl.document_tokens(UNIT),
        aliases=(unit.short_name,) if unit.short_name and unit.short_name != unit.name else (),
        codes=(unit.code,),
        status=_state(unit.active),
        weight=_WEIGHT,
        updated=unit.updated_at,
    )


def _state(active: bool) -> str:
    return "in_use" if active else "out_of_use"


_STATES = {"in_use": _l("使用中"), "out_of_use": _l("已停用")}

SOURCES = (
    Source(
        kind=ACCOUNT,
        label=_l("账号"),
        model=Account,
        view=service.LIST,
        visible=visible_to,
        build=build,
        common=True,
        shows={UNIT: by(Account, Account.unit_id)},
        statuses=_STATES,
        prefixes=(Account.name, Account.username),
    ),
    Source(
        kind=UNIT,
        label=_l("单位"),
        model=Unit,
        view=service.LIST,
        visible=visible_to,
        build=build_units,
        common=True,
        statuses=_STATES,
        prefixes=(Unit.name, Unit.code),
    ),
)
