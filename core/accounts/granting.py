"""Roles are asked for by one administrator and given by another; nobody gives to himself (SECURITY C6)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core import audit, clock
from core.accounts import separation, service
from core.accounts.models import Account, Grant, GrantRequest, Unit
from core.db import load
from core.errors import Fault, Invalid, Missing, NotPermitted, Refused
from core.i18n import lazy as _l
from core.notify import notify, words
from core.permissions import Actor, require

REQUEST = "accounts:grant:request"
DECIDE = service.GRANT

words("accounts.grant_asked", _l("%(who)s为%(name)s申请权限，请审批。"))
words("accounts.grant_approved", _l("为%(name)s申请的权限已批准。"))
words("accounts.grant_refused", _l("为%(name)s申请的权限没有批准：%(note)s"))
words("accounts.grant_given", _l("您的权限有变化，已经生效。"))


@dataclass(frozen=True)
class RoleAsk:
    """A role as it is asked for: over which unit or chosen units, from when to when."""

    role: str
    scope: str
    unit_id: int | None = None
    chosen_unit_ids: list[int] = field(default_factory=list)
    valid_from: date | None = None
    valid_to: date | None = None


def ask_role(session: Session, account: Account, ask: RoleAsk, *, reason: str, actor: Actor) -> GrantRequest:
    """Ask that `account` be given a role. Raises Invalid for oneself, or what separation forbids."""
    _ensure_askable(account, reason, actor)
    faults = []
    if ask.scope == "chosen" and not ask.chosen_unit_ids:
        faults.append(Fault("chosen", "required", _l("请选出看得到的单位。")))
    if ask.scope in ("unit", "below") and ask.unit_id is None:
        faults.append(Fault("unit", "required", _l("请选单位。")))
    if ask.valid_to is not None and ask.valid_to < max(ask.valid_from or ask.valid_to, clock.today()):
        faults.append(Fault("valid_to", "too_early", _l("到期日要在起始日之后，也不能早于今天。")))
    if faults:
        raise Invalid(faults)
    separation.ensure_apart(roles_of(account), ask.role)
    made = GrantRequest(
        account_id=account.id, kind="role", role=ask.role, unit_id=ask.unit_id, scope=ask.scope,
        chosen_unit_ids=list(ask.chosen_unit_ids), valid_from=ask.valid_from, valid_to=ask.valid_to,
        reason=reason.strip(), requested_by=actor.account_id, requested_name=actor.name,
    )  # fmt: skip
    return _asked(session, account, made, actor)


def ask_clearance(
    session: Session, account: Account, clearance: str, *, reason: str, actor: Actor
) -> GrantRequest:
    """Ask that somebody be cleared for restricted records, or no longer."""
    _ensure_askable(account, reason, actor)
    if clearance not in ("normal", "restricted") or clearance == account.clearance:
        raise Invalid(Fault("clearance", "unchanged", _l("请选与现在不同的知悉范围。")))
    made = GrantRequest(
        account_id=account.id, kind="clearance", clearance=clearance, reason=reason.strip(),
        requested_by=actor.account_id, requested_name=actor.name,
    )  # fmt: skip
    return _asked(session, account, made, actor)


def decide(
    session: Session, public_id: str, approve: bool, note: str, *, version: int | None, actor: Actor
) -> GrantRequest:
    """Approve or refuse what another administrator asked for; an approved right is effective at once."""
    require(actor, DECIDE)
    request = load(session, GrantRequest, public_id, version)
    _ensure_open(request)
    if actor.account_id in (request.requested_by, request.account_id):
        raise NotPermitted(_l("自己申请的、给自己的权限，要由另一位安全管理员审批。"))
    if not approve and not note.strip():
        raise Invalid(Fault("note", "required", _l("不批准要写明原因。")))
    request.state = "approved" if approve else "refused"
    request.decided_by, request.decided_name = actor.account_id, actor.name
    request.decided_at, request.decision_note = clock.now(), note.strip()
    if approve:
        _carry_out(session, request, actor)
    session.flush()
    audit.record(
        f"accounts.grant_{request.state}", "account", request.account_id, actor=actor,
        label=request.account.username, changes=_told(request), reason=note.strip(),
    )  # fmt: skip
    params = {"name": request.account.name, "note": note.strip()}
    notify(session, [request.requested_by], f"accounts.grant_{request.state}", params, "/admin/requests")
    if approve:
        notify(session, [request.account_id], "accounts.grant_given", {}, "/account/rights")
    return request


def withdraw(session: Session, public_id: str, *, version: int | None, actor: Actor) -> GrantRequest:
    """Whoever asked may take it back while nobody has decided."""
    require(actor, REQUEST)
    request = load(session, GrantRequest, public_id, version)
    _ensure_open(request)
    if request.requested_by != actor.account_id:
        raise NotPermitted()
    request.state = "withdrawn"
    session.flush()
    audit.record(
        "accounts.grant_withdrawn", "account", request.account_id, actor=actor, label=request.account.username
    )
    return request


def revoke(session: Session, grant: Grant, *, reason: str, actor: Actor) -> None:
    """Take a role away; effective with the next request. Taking away needs no second person."""
    require(actor, DECIDE)
    account = grant.account
    if account.id == actor.account_id:
        raise NotPermitted(_l("不能收回自己的角色，请让另一位安全管理员来办。"))
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请填原因。")))
    audit.record(
        "accounts.role_revoked", "account", account.id, actor=actor, label=account.username,
        changes={"role": (grant.role, None), "scope": (grant.scope, None), "unit_id": (grant.unit_id, None)},
        reason=reason.strip(),
    )  # fmt: skip
    account.grants.remove(grant)
    session.flush()
    notify(session, [account.id], "accounts.grant_given", {}, "/account/rights")


def roles_of(account: Account) -> set[str]:
    """Roles held now or later; what has expired no longer counts."""
    today = clock.today()
    return {grant.role for grant in account.grants if grant.valid_to is None or grant.valid_to >= today}


def open_requests(session: Session, limit: int = 100) -> list[GrantRequest]:
    """What waits for a decision, the oldest first."""
    statement = (
        select(GrantRequest)
        .where(GrantRequest.state == "open")
        .options(joinedload(GrantRequest.account).joinedload(Account.unit), joinedload(GrantRequest.unit))
        .order_by(GrantRequest.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def waiting_for(session: Session, actor: Actor) -> list[GrantRequest]:
    """What this actor may decide: everything open that he did not ask for and that is not for himself."""
    if not actor.can(DECIDE):
        return []
    return [
        request
        for request in open_requests(session)
        if actor.account_id not in (request.requested_by, request.account_id)
    ]


def requests_of(session: Session, account_id: int | None = None, limit: int = 30) -> list[GrantRequest]:
    """Decided requests, of one account or of all, the latest first."""
    statement = (
        select(GrantRequest)
        .where(GrantRequest.state != "open")
        .options(joinedload(GrantRequest.account), joinedload(GrantRequest.unit))
        .order_by(GrantRequest.id.desc())
        .limit(limit)
    )
    if account_id is not None:
        statement = statement.where(GrantRequest.account_id == account_id)
    return list(session.scalars(statement))


def _ensure_askable(account: Account, reason: str, actor: Actor) -> None:
    require(actor, REQUEST)
    if account.id == actor.account_id:
        raise Invalid(Fault("role", "own_account", _l("不能给自己申请权限，请让另一位管理员来办。")))
    if account.kind != "staff":
        raise Invalid(Fault("role", "not_staff", _l("企业用户的权限随企业，不在这里给。")))
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请填申请理由。")))


def _ensure_open(request: GrantRequest) -> None:
    if request.state != "open":
        raise Refused([Missing(None, "decided", _l("这件申请已经处理过了。"))])


def _asked(session: Session, account: Account, made: GrantRequest, actor: Actor) -> GrantRequest:
    session.add(made)
    session.flush()
    audit.record(
        "accounts.grant_asked", "account", account.id, actor=actor, label=account.username,
        changes=_told(made), reason=made.reason,
    )  # fmt: skip
    judges = session.scalars(
        select(Grant.account_id)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role == separation.SECURITY_ADMINISTRATOR, Account.active)
    )
    others = {number for number in judges if number != actor.account_id}
    params = {"who": actor.name, "name": account.name}
    notify(session, others, "accounts.grant_asked", params, "/admin/requests")
    return made


def _carry_out(session: Session, request: GrantRequest, actor: Actor) -> None:
    if request.kind == "clearance":
        request.account.clearance = request.clearance
        return
    unit = session.get(Unit, request.unit_id) if request.unit_id else None
    if unit is not None and not unit.active:
        raise Refused([Missing("unit", "dissolved", _l("申请里的单位已经撤销，请退回重新申请。"))])
    row = service.grant(
        session, request.account, request.role, scope=request.scope, actor=actor, unit_id=request.unit_id,
        chosen_unit_ids=list(request.chosen_unit_ids), valid_from=request.valid_from,
        valid_to=request.valid_to,
    )  # fmt: skip
    request.grant_id = row.id


def _told(request: GrantRequest) -> dict[str, tuple[Any, Any]]:
    if request.kind == "clearance":
        return {"clearance": (None, request.clearance)}
    return {
        name: (None, getattr(request, name))
        for name in ("role", "scope", "unit_id", "chosen_unit_ids", "valid_from", "valid_to")
        if getattr(request, name)
    }
