"""The door: one attempt is reserved before the password is looked at, so that parallel guesses count.

`sign_in`, `second` and `arrive` wrap their own units of work: the failed attempt must be kept although the
caller fails. A right password does not clear the count while the second factor is still asked for; otherwise
whoever knows the password could try codes for ever.
"""

import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, notify
from core.accounts import attempts, credentials, passwords, policy, second_factor, sessions
from core.accounts.attempts import Reserved
from core.accounts.credentials import SignInStep
from core.accounts.models import Account, SignInAttempt
from core.accounts.policy import Policy
from core.accounts.refusals import AccountResting, CodeRefused, SignInRefused, StepGone
from core.db import unit_of_work
from core.i18n import lazy as _l
from core.permissions import Actor

STEP_LIFE = timedelta(minutes=5)
BAD_LINK = "(link)"

notify.words(
    "accounts.new_device", _l("您的账号在一台没用过的设备上登录了（%(ip)s）。不是您本人，请马上改密码。")
)
notify.words("accounts.locked", _l("您的账号连续输错密码，已锁定（来自 %(ip)s）。"))


@dataclass(frozen=True)
class Visitor:
    """From where somebody comes."""

    ip: str
    agent: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class Entry:
    """What was opened: a session (`token`), or the question for the second factor (`step`)."""

    token: str = ""
    step: str = ""


Demands = Callable[[Session, Account], bool]
"""Whether somebody must have a second factor before he does anything else."""


def normal_username(username: str) -> str:
    """Names that look alike count as one: NFKC, casefold, stripped."""
    return unicodedata.normalize("NFKC", username).casefold().strip()[:80]


def nobody_must(_session: Session, _account: Account) -> bool:
    return False


def sign_in(
    username: str,
    password: str,
    *,
    ip: str,
    agent: str = "",
    request_id: str = "",
    demands: Demands = nobody_must,
) -> Entry:
    """A new session, or the step to the second factor. Raises SignInRefused, AccountResting, TooManyAttempts."""
    visitor, name = Visitor(ip, agent, request_id), normal_username(username)
    with unit_of_work() as session:
        reserved = attempts.reserve(session, Account.username == name, name, ip)
    matched = passwords.matches(reserved.password_hash, password) and reserved.account_id is not None
    with unit_of_work() as session:
        if not matched or reserved.account_id is None:
            _note_failure(session, reserved, name, visitor, "accounts.sign_in_failed")
            entry: Entry | AccountResting | None = None
        else:
            account = _held(session, reserved.account_id)
            if account.password_hash and passwords.needs_rehash(account.password_hash):
                account.password_hash = passwords.hash_of(password)
            entry = _proved(session, account, "password", visitor, reserved.rules, demands)
    if entry is None:
        raise SignInRefused(reserved.rules)
    return _or_raise(entry)


def second(step: str, code: str, visitor: Visitor, *, demands: Demands = nobody_must) -> Entry:
    """The second factor after a right password. Raises CodeRefused, StepGone, TooManyAttempts."""
    with unit_of_work() as session:
        waiting = _waiting(session, step)
        reserved = None
        if waiting is not None:
            account = session.get_one(Account, waiting.account_id)
            reserved = attempts.reserve(session, Account.id == account.id, account.username, visitor.ip)
    if waiting is None or reserved is None:
        raise StepGone()
    with unit_of_work() as session:
        account = _held(session, waiting.account_id)
        proof = second_factor.use(session, account.id, code) if reserved.account_id is not None else None
        if proof is None:
            _note_failure(session, reserved, account.username, visitor, "accounts.code_failed")
            entry = None
        else:
            session.get_one(SignInStep, waiting.id).used_at = clock.now()
            entry = _welcome(session, account, f"{waiting.method}+{proof}", visitor, reserved.rules, demands)
    if entry is None:
        raise CodeRefused(reserved.rules)
    return entry


def arrive(account_id: int, visitor: Visitor, *, demands: Demands = nobody_must) -> Entry:
    """Somebody whom a provider has vouched for. A locked or disabled account stays shut (SignInRefused)."""
    with unit_of_work() as session:
        rules = policy.current(session)
        account = _held(session, account_id)
        locked = account.locked_until is not None and account.locked_until > clock.now()
        if locked or not account.active:
            actor = Actor(account.id, account.name, "system", ip=visitor.ip, request_id=visitor.request_id)
            audit.record(
                "accounts.sign_in_failed", "account", account.id, actor=actor, label=account.username
            )
            entry: Entry | AccountResting | None = None
        else:
            entry = _proved(session, account, "provider", visitor, rules, demands)
    if entry is None:
        raise SignInRefused(rules)
    return _or_raise(entry)


def prove(account_id: int, text: str, visitor: Visitor) -> None:
    """Somebody who is signed in proves again who he is, by password or code; failures count like at the door.

    Raises SignInRefused or TooManyAttempts.
    """
    with unit_of_work() as session:
        account = session.get_one(Account, account_id)
        name = account.username
        reserved = attempts.reserve(session, Account.id == account_id, name, visitor.ip)
    matched = passwords.matches(reserved.password_hash, text)
    with unit_of_work() as session:
        proved = reserved.account_id is not None and (
            matched or second_factor.use(session, account_id, text) is not None
        )
        if proved:
            account = _held(session, account_id)
            attempts.give_back(session, account)
            attempts.mark_success(session, account, visitor.ip)
            actor = Actor(account_id, account.name, "system", ip=visitor.ip, request_id=visitor.request_id)
            audit.record("accounts.proved_again", "account", account_id, actor=actor, label=name)
        else:
            _note_failure(session, reserved, name, visitor, "accounts.proof_failed")
    if not proved:
        raise SignInRefused(reserved.rules)


def note_bad_link(ip: str) -> None:
    """Guessing at one-time links counts like guessing at passwords. Raises TooManyAttempts."""
    with unit_of_work() as session:
        attempts.stop_crowding(session, ip)
        session.add(SignInAttempt(ip=ip, username=BAD_LINK, succeeded=False))


def awaited(session: Session, step: str) -> bool:
    """Whether a step still waits for its code."""
    return _waiting(session, step) is not None


def _held(session: Session, account_id: int) -> Account:
    """The account, held until the commit: whoever presses the button twice comes in twice, one after the other."""
    return session.get_one(Account, account_id, with_for_update=True, populate_existing=True)


def _or_raise(entry: Entry | AccountResting) -> Entry:
    if isinstance(entry, AccountResting):
        raise entry
    return entry


def _waiting(session: Session, step: str) -> SignInStep | None:
    if not step or len(step) > 100:
        return None
    statement = select(SignInStep).where(
        SignInStep.token_hash == sessions.token_hash(step),
        SignInStep.used_at.is_(None),
        SignInStep.created_at > clock.now() - STEP_LIFE,
    )
    return session.scalars(statement).one_or_none()


def _note_failure(session: Session, reserved: Reserved, name: str, visitor: Visitor, action: str) -> None:
    number = reserved.account_id or 0
    actor = Actor(number, name, "system", ip=visitor.ip, request_id=visitor.request_id)
    audit.record(action, "account", number, actor=actor, label=name)
    if reserved.locks:
        audit.record("accounts.locked", "account", number, actor=actor, label=name)
        notify.notify(session, [number], "accounts.locked", {"ip": visitor.ip}, "/account")


def _proved(
    session: Session, account: Account, method: str, visitor: Visitor, rules: Policy, demands: Demands
) -> Entry | AccountResting:
    """The first proof holds: refuse what rests, ask for the second factor, or let him in."""
    refusal = _resting(session, account, rules)
    if refusal is not None:
        actor = Actor(account.id, account.name, "system", ip=visitor.ip, request_id=visitor.request_id)
        audit.record(
            "accounts.sign_in_failed", "account", account.id, actor=actor, label=account.username,
            reason=refusal.code,
        )  # fmt: skip
        return refusal
    if not second_factor.enrolled(session, account.id):
        return _welcome(session, account, method, visitor, rules, demands)
    if method == "password":
        attempts.give_back(session, account)
    attempts.mark_success(session, account, visitor.ip)
    token = secrets.token_urlsafe(32)
    session.add(SignInStep(token_hash=sessions.token_hash(token), account_id=account.id, method=method))
    return Entry(step=token)


def _resting(session: Session, account: Account, rules: Policy) -> AccountResting | None:
    if account.valid_to is not None and account.valid_to < clock.today():
        return AccountResting(_l("这个账号已到期，请联系管理员延期。"), code="expired")
    if credentials.unused_too_long(session, account, rules):
        days = rules.unused_days
        text = _l("这个账号 %(days)s 天没有用过，已经停住。请管理员重新发一个登录链接。", days=days)
        return AccountResting(text, code="unused")
    return None


def _welcome(
    session: Session, account: Account, method: str, visitor: Visitor, rules: Policy, demands: Demands
) -> Entry:
    account.failed_count = 0
    account.locked_until = None
    account.last_signed_in_at = clock.now()
    account.last_signed_in_ip = visitor.ip[:64]
    attempts.mark_success(session, account, visitor.ip)
    confined = []
    if method.startswith("password") and credentials.password_is_due(session, account, rules):
        confined.append("password")
    if demands(session, account) and not second_factor.enrolled(session, account.id):
        confined.append("factor")
    if not sessions.known_device(session, account.id, visitor.agent):
        notify.notify(session, [account.id], "accounts.new_device", {"ip": visitor.ip}, "/account")
    actor = Actor(account.id, account.username, "system", ip=visitor.ip, request_id=visitor.request_id)
    audit.record(
        "accounts.signed_in", "account", account.id, actor=actor, label=account.username,
        changes={"method": (None, method)},
    )  # fmt: skip
    token = sessions.open_(
        session, account.id, ip=visitor.ip, agent=visitor.agent, most=rules.sessions, confined=confined
    )
    return Entry(token=token)
