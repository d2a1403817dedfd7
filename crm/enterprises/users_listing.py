"""The list of enterprises' users: who has been invited, whose link has run out, who signs in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from core import clock
from core.accounts.models import Account, OneTimeLink
from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Day, Option, Words
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from crm.enterprises import access
from crm.enterprises.membership import ADMINISTRATOR, HANDLER, Membership
from crm.enterprises.models import Enterprise

STATES: tuple[Option, ...] = (
    ("waiting", _l("已邀请，待设密码")),
    ("run_out", _l("链接过期，没设密码")),
    ("active", _l("已开通")),
    ("disabled", _l("停用")),
)
ROLES: tuple[Option, ...] = ((ADMINISTRATOR, _l("企业管理员")), (HANDLER, _l("经办人")))


@dataclass(frozen=True)
class Row:
    """A user of an enterprise; `until` is when the last link ends that he has not used."""

    account: Account
    enterprise_name: str
    enterprise_pid: str
    role: str
    until: datetime | None

    @property
    def public_id(self) -> str:
        return self.account.public_id

    @property
    def state(self) -> str:
        if not self.account.active:
            return "disabled"
        if self.account.password_hash is not None:
            return "active"
        return "waiting" if self.until is not None and self.until > clock.now() else "run_out"


def _base(actor: Actor) -> AnySelect:
    return (
        select(Account.id)
        .join(Membership, Membership.account_id == Account.id)
        .join(Enterprise, Enterprise.id == Membership.enterprise_id)
        .where(access.users_visible_to(actor))
    )


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, Row]:
    until = (
        select(func.max(OneTimeLink.expires_at))
        .where(OneTimeLink.account_id == Account.id, OneTimeLink.used_at.is_(None))
        .scalar_subquery()
    )
    statement = _base(actor).with_only_columns(
        Account, Enterprise.name, Enterprise.public_id, Membership.role, until
    )
    found = session.execute(statement.where(Account.id.in_(ids)))
    return {row[0].id: Row(row[0], row[1], row[2], row[3], row[4]) for row in found}


def _in_state(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    unset = and_(Account.active, Account.password_hash.is_(None))
    good = exists().where(
        OneTimeLink.account_id == Account.id,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > clock.now(),
    )
    clauses: dict[str, ColumnElement[bool]] = {
        "waiting": and_(unset, good),
        "run_out": and_(unset, ~good),
        "active": and_(Account.active, Account.password_hash.is_not(None)),
        "disabled": Account.active.is_(False),
    }
    return or_(*[clauses[value] for value in values])


def _attribute(name: str) -> Any:
    return lambda row: getattr(row.account, name)


FIELDS = (
    Choice("state", _l("状态"), quick=True, options=STATES, where=_in_state),
    Words("q", _l("姓名、账号或企业"), quick=True, columns=(Account.name, Account.username, Enterprise.name)),
    Choice("role", _l("身份"), quick=True, options=ROLES, column=Membership.role),
    Day("joined", _l("邀请日"), column=Membership.joined_at, instant=True),
    Day("seen", _l("最近登录"), column=Account.last_signed_in_at, instant=True),
)

COLUMNS = (
    Column("enterprise", _l("企业"), value=lambda row: row.enterprise_name, sort="enterprise"),
    Column("person", _l("使用人"), cls="nw p2", value=_attribute("name"), sort="person"),
    Column("username", _l("账号"), cls="t", value=_attribute("username")),
    Column("role", _l("身份"), "code", cls="nw", labels=dict(ROLES)),
    Column("state", _l("状态"), "code", cls="nw p3", labels=dict(STATES)),
    Column("until", _l("链接有效到"), "instant"),
    Column("seen", _l("最近登录"), "instant", value=_attribute("last_signed_in_at"), sort="seen"),
)

LIST = register(
    ListSpec(
        key="enterprise_users",
        title=_l("企业账号"),
        unit=_l("个账号"),
        permission=access.INVITE,
        export=access.INVITE,
        endpoint="invitations.index",
        record="",
        id_column=Account.id,
        pid_column=Account.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "new": Sort(_l("邀请时间"), Account.id, kind="serial"),
            "enterprise": Sort(_l("企业"), Enterprise.sort_key),
            "person": Sort(_l("使用人"), Account.sort_key),
            "seen": Sort(
                _l("最近登录"), Account.last_signed_in_at, nullable=True, empty_lowest=True, kind="instant"
            ),
        },
        default_sort="-new",
        groups={"role": GroupBy(_l("身份"), Membership.role, labels=dict(ROLES))},
        definition=_l("企业在平台上的使用人。邀请链接 24 小时内有效、只能用一次；过期的可以重新打印邀请。"),
    )
)
