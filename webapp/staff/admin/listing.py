"""The list of accounts: what it can be filtered, sorted and grouped by, and what its columns say."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core import clock
from core.accounts import queries
from core.accounts.models import Account, Grant, Unit
from core.accounts.service import LIST as MAY_LIST
from core.i18n import lazy as _l
from core.i18n import lazy_pgettext
from core.lists.fields import Asking, Choice, Day, Option, Words
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from crm import roles

KINDS: tuple[Option, ...] = (("staff", _l("工作人员")), ("enterprise", _l("企业用户")))
STATES: tuple[Option, ...] = (
    ("active", _l("在用")),
    ("locked", _l("已锁定")),
    ("unset", _l("未设密码")),
    ("disabled", _l("停用")),
)


def _base(actor: Actor) -> AnySelect:
    return select(Account.id)


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, Account]:
    loaded = (joinedload(Account.unit), selectinload(Account.grants))
    found = session.scalars(select(Account).options(*loaded).where(Account.id.in_(ids)))
    return {account.id: account for account in found}


def state_of(account: Account) -> str:
    """Where an account stands, the gravest first."""
    if not account.active:
        return "disabled"
    if account.locked_until is not None and account.locked_until > clock.now():
        return "locked"
    return "active" if account.password_hash else "unset"


def _in_state(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    open_ = or_(Account.locked_until.is_(None), Account.locked_until <= clock.now())
    clauses: dict[str, ColumnElement[bool]] = {
        "disabled": Account.active.is_(False),
        "locked": and_(Account.active, Account.locked_until > clock.now()),
        "unset": and_(Account.active, open_, Account.password_hash.is_(None)),
        "active": and_(Account.active, open_, Account.password_hash.is_not(None)),
    }
    return or_(*[clauses[value] for value in values])


def _with_role(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return Account.id.in_(select(Grant.account_id).where(Grant.role.in_(values)))


def _role_choices(asking: Asking) -> list[Option]:
    return [(role.code, role.label) for role in roles.ROLES if role.kind == "staff"]


def _units(asking: Asking) -> list[Option]:
    return queries.unit_choices(asking.session)


def _of_units(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return Account.unit_id.in_(select(Unit.id).where(Unit.public_id.in_(values)))


def _unit_names(asking: Asking, values: Sequence[Any]) -> dict[Any, Any]:
    return dict(queries.unit_names(asking.session))


def role_labels(account: Account) -> list[str]:
    return [str(roles.BY_CODE[grant.role].label) for grant in account.grants if grant.role in roles.BY_CODE]


FIELDS = (
    Words("q", _l("姓名或账号"), quick=True, columns=(Account.name, Account.username)),
    Choice("unit", _l("单位"), quick=True, options=_units, where=_of_units),
    Choice("role", _l("角色"), quick=True, options=_role_choices, where=_with_role),
    Choice("state", _l("状态"), quick=True, options=STATES, where=_in_state),
    Choice("kind", _l("种类"), options=KINDS, column=Account.kind),
    Day("seen", _l("最近登录"), column=Account.last_signed_in_at, instant=True),
    Day("valid_to", _l("有效期至"), column=Account.valid_to),
)

COLUMNS = (
    Column("name", _l("姓名"), sort="name"),
    Column("username", _l("账号"), cls="p2", sort="username"),
    Column("unit", _l("单位"), value=lambda row: row.unit.name if row.unit else None),
    Column("roles", _l("角色"), "many", cls="nw", value=role_labels),
    Column("state", _l("状态"), "code", cls="p3", labels=dict(STATES), value=state_of),
    Column("last_signed_in_at", _l("最近登录"), "instant", sort="seen"),
    Column("kind", _l("种类"), "code", shown=False, labels=dict(KINDS)),
    Column("title", _l("职务"), shown=False),
    Column("valid_to", _l("有效期至"), "day", shown=False),
)

LIST = register(
    ListSpec(
        key="accounts",
        title=lazy_pgettext("list", "账号"),
        unit=_l("个账号"),
        permission=MAY_LIST,
        export=MAY_LIST,
        endpoint="admin.accounts",
        record="admin.show_account",
        id_column=Account.id,
        pid_column=Account.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "name": Sort(_l("姓名"), Account.sort_key),
            "username": Sort(_l("账号"), Account.username),
            "seen": Sort(
                _l("最近登录"), Account.last_signed_in_at, nullable=True, empty_lowest=True, kind="instant"
            ),
        },
        default_sort="name",
        groups={
            "unit": GroupBy(_l("单位"), Account.unit_id, names=_unit_names),
            "kind": GroupBy(_l("种类"), Account.kind, labels=dict(KINDS)),
        },
    )
)
