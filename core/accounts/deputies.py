"""Deputies during leave: named from one day to another, ended by the date alone, without any job."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from core import audit, clock
from core.accounts.models import Account, Deputy
from core.accounts.separation import ADMINISTRATORS
from core.db import load
from core.errors import Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.notify import notify, words
from core.permissions import Actor

NAME = "accounts:deputy:name"
LONGEST_DAYS = 366

words("accounts.deputy_named", _l("%(from)s至%(to)s，您代%(name)s处理工作。"))
words("accounts.deputy_for_you", _l("%(from)s至%(to)s，由%(name)s代您处理工作。"))
words("accounts.deputy_ended", _l("%(deputy)s代%(name)s处理工作，到此结束。"))


def name(
    session: Session,
    absent: Account,
    deputy: Account,
    first: date,
    last: date,
    *,
    reason: str = "",
    actor: Actor,
) -> Deputy:
    """Name a deputy: for oneself, or a head for somebody of his units. Both are told."""
    _ensure_may(absent, actor)
    faults = _faults(absent, deputy, first, last)
    if not faults and _overlaps(session, absent.id, first, last):
        faults.append(Fault("valid_from", "overlaps", _l("这几天已经有人代理，请先结束原来的代理。")))
    if faults:
        raise Invalid(faults)
    made = Deputy(
        account_id=absent.id, deputy_id=deputy.id, valid_from=first, valid_to=last, reason=reason.strip(),
        named_by=actor.account_id, named_name=actor.name,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        "accounts.deputy_named", "account", absent.id, actor=actor, label=absent.username, reason=reason.strip(),
        changes={"deputy": (None, deputy.username), "valid_from": (None, first), "valid_to": (None, last)},
    )  # fmt: skip
    days = {"from": first.isoformat(), "to": last.isoformat()}
    notify(session, [deputy.id], "accounts.deputy_named", {**days, "name": absent.name}, "/account/deputies")
    notify(
        session, [absent.id], "accounts.deputy_for_you", {**days, "name": deputy.name}, "/account/deputies"
    )
    return made


def end(session: Session, public_id: str, *, version: int | None, actor: Actor) -> Deputy:
    """End it before its day; yesterday becomes its last day, one that has not begun is taken back."""
    row = load(session, Deputy, public_id, version)
    if actor.account_id != row.deputy_id:
        _ensure_may(row.account, actor)
    today, before = clock.today(), row.valid_to
    if row.valid_to < today:
        return row
    params = {"deputy": row.deputy.name, "name": row.account.name}
    notify(session, [row.account_id, row.deputy_id], "accounts.deputy_ended", params, "/account/deputies")
    audit.record(
        "accounts.deputy_ended", "account", row.account_id, actor=actor, label=row.account.username,
        changes={"deputy": (row.deputy.username, None), "valid_to": (before, today)},
    )  # fmt: skip
    session.delete(row)
    session.flush()
    return row


def standing_in(session: Session, deputy_id: int) -> Sequence[Deputy]:
    """For whom somebody stands in today, with the grants of the absent."""
    today = clock.today()
    statement = (
        select(Deputy)
        .join(Account, Account.id == Deputy.account_id)
        .where(
            Deputy.deputy_id == deputy_id,
            Deputy.valid_from <= today,
            Deputy.valid_to >= today,
            Account.active,
        )
        .options(joinedload(Deputy.account).selectinload(Account.grants))
        .order_by(Deputy.id)
    )
    return list(session.scalars(statement))


def of(session: Session, account_id: int) -> Sequence[Deputy]:
    """Who stands in for somebody, and for whom he does, from today on."""
    statement = (
        select(Deputy)
        .where(
            (Deputy.account_id == account_id) | (Deputy.deputy_id == account_id),
            Deputy.valid_to >= clock.today(),
        )
        .options(selectinload(Deputy.account), selectinload(Deputy.deputy))
        .order_by(Deputy.valid_from, Deputy.id)
    )
    return list(session.scalars(statement))


def people_of(session: Session, actor: Actor) -> list[Account]:
    """For whom somebody may name a deputy: himself first, then a head's people."""
    own = [grant.reach for grant in actor.giving(NAME) if grant.for_id is None]
    units = sorted({number for reach in own for number in reach.unit_ids})
    his = true() if any(reach.everything for reach in own) else Account.unit_id.in_(units)
    statement = (
        select(Account)
        .where(Account.kind == "staff", Account.active, (Account.id == actor.account_id) | his)
        .order_by(Account.id != actor.account_id, Account.name, Account.id)
        .limit(300)
    )
    return list(session.scalars(statement))


def colleagues(session: Session, account: Account) -> list[Account]:
    """Who may be named: active officials, those of the same unit first."""
    statement = (
        select(Account)
        .where(Account.kind == "staff", Account.active, Account.id != account.id)
        .options(selectinload(Account.grants), joinedload(Account.unit))
        .order_by(Account.unit_id != account.unit_id, Account.name, Account.id)
        .limit(500)
    )
    return [one for one in session.scalars(statement) if not _administers(one)]


def _ensure_may(absent: Account, actor: Actor) -> None:
    """Everybody names his own deputy; a head names those of his people. A deputy names no deputy."""
    if absent.id == actor.account_id:
        return
    own = [grant for grant in actor.giving(NAME) if grant.for_id is None]
    if not any(grant.reach.covers(absent.unit_id) for grant in own):
        raise NotPermitted()


def _administers(account: Account) -> bool:
    return any(grant.role in ADMINISTRATORS for grant in account.grants)


def _faults(absent: Account, deputy: Account, first: date, last: date) -> list[Fault]:
    faults = []
    if deputy.id == absent.id:
        faults.append(Fault("deputy", "oneself", _l("不能由本人代理自己。")))
    if deputy.kind != "staff" or not deputy.active:
        faults.append(Fault("deputy", "not_active", _l("请选一位在用的工作人员。")))
    if _administers(absent) or _administers(deputy):
        faults.append(Fault("deputy", "separated", _l("三员分立：管理员的权限不能代理，也不能代理别人。")))
    if last < first or last < clock.today():
        faults.append(Fault("valid_to", "too_early", _l("结束日要在开始日之后，也不能早于今天。")))
    elif (last - first).days > LONGEST_DAYS:
        faults.append(Fault("valid_to", "too_long", _l("代理最长一年，更久请办工作交接。")))
    return faults


def _overlaps(session: Session, account_id: int, first: date, last: date) -> bool:
    statement = select(Deputy.id).where(
        Deputy.account_id == account_id, Deputy.valid_from <= last, Deputy.valid_to >= first
    )
    return session.scalar(statement.limit(1)) is not None
