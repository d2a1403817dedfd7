"""The second factor: a time-based code that works once, ten recovery codes, and its reset by another."""

import hashlib
import hmac
import secrets

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core import audit, clock, notify
from core.accounts import sessions
from core.accounts.credentials import RecoveryCode, SecondFactor
from core.accounts.models import Account
from core.errors import DomainError, Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.permissions import Actor, require
from core.secrets import Unreadable

RESET = "security:factor:reset"
ISSUER = "链招"
STEP_SECONDS = 30
CODES = 10
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_OWN_PAGE = "/account"

notify.words("accounts.factor_added", _l("您的账号开启了第二因素。不是您本人办的，请马上联系管理员。"))
notify.words("accounts.factor_removed", _l("您的账号关闭了第二因素。不是您本人办的，请马上联系管理员。"))
notify.words("accounts.factor_reset", _l("管理员 %(who)s 重置了您的第二因素，请重新设置。"))


def enrolled(session: Session, account_id: int) -> bool:
    found = session.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.account_id == account_id))
    return found is not None


def codes_left(session: Session, account_id: int) -> int:
    statement = select(func.count()).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(statement) or 0


def begin(session: Session, account_id: int) -> str:
    """The seed to be put into an authenticator; the same until it is confirmed. Raises when one is in use."""
    row = session.get(SecondFactor, account_id)
    if row is not None and row.confirmed_at is not None:
        raise DomainError(_l("第二因素已经开启。要换设备，请先关闭再重新设置。"), code="enrolled")
    if row is None:
        row = SecondFactor(account_id=account_id, seed=pyotp.random_base32())
        session.add(row)
    elif isinstance(row.seed, Unreadable):
        row.seed = pyotp.random_base32()
    return row.seed


def address(seed: str, username: str) -> str:
    """What the QR code holds: otpauth://totp/…"""
    return pyotp.TOTP(seed).provisioning_uri(name=username, issuer_name=ISSUER)


def confirm(session: Session, account: Account, code: str, *, actor: Actor) -> list[str]:
    """Put the begun factor in force with a first right code. Returns the ten recovery codes, shown once."""
    row = session.get(SecondFactor, account.id)
    if row is None or row.confirmed_at is not None:
        raise DomainError(_l("请从头再设一次第二因素。"), code="not_begun")
    step = _step_of(row, code)
    if step is None:
        raise Invalid(Fault("code", "wrong_code", _l("验证码不对。请看手机时间准不准，再填新的 6 位数。")))
    row.confirmed_at, row.last_step = clock.now(), step
    sessions.close_all(session, account.id, but=actor.session_id)
    audit.record("accounts.factor_added", "account", account.id, actor=actor, label=account.username)
    notify.notify(session, [account.id], "accounts.factor_added", {}, _OWN_PAGE)
    return _new_codes(session, account.id)


def renew_codes(session: Session, account: Account, *, actor: Actor) -> list[str]:
    """Ten new recovery codes; the earlier ones are worth nothing from now on."""
    if not enrolled(session, account.id):
        raise DomainError(_l("还没有开启第二因素。"), code="not_enrolled")
    audit.record("accounts.codes_renewed", "account", account.id, actor=actor, label=account.username)
    return _new_codes(session, account.id)


def use(session: Session, account_id: int, text: str) -> str | None:
    """`code` or `recovery` when the text proves it, once; None otherwise. Counting failures is the caller's."""
    row = session.get(SecondFactor, account_id)
    if row is None or row.confirmed_at is None:
        return None
    step = _step_of(row, text)
    if step is not None:
        won = session.execute(
            update(SecondFactor)
            .where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
            .values(last_step=step)
            .returning(SecondFactor.account_id)
        )
        return "code" if won.scalar() is not None else None
    spent = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == _code_hash(account_id, text),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
    )
    return "recovery" if spent.scalar() is not None else None


def remove(session: Session, account: Account, *, actor: Actor) -> None:
    """Close one's own factor. Whether it may be closed at all, the edge has asked."""
    if actor.account_id != account.id:
        raise NotPermitted()
    _clear(session, account.id)
    audit.record("accounts.factor_removed", "account", account.id, actor=actor, label=account.username)
    notify.notify(session, [account.id], "accounts.factor_removed", {}, _OWN_PAGE)


def reset(session: Session, account: Account, *, reason: str, actor: Actor) -> None:
    """Another administrator takes a lost factor away; the owner's sessions end, and he is told."""
    require(actor, RESET)
    if actor.account_id == account.id:
        raise Invalid(Fault("reason", "own_account", _l("不能重置自己的第二因素，请让另一位管理员来办。")))
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请写明为什么要重置。")))
    _clear(session, account.id)
    sessions.close_all(session, account.id)
    audit.record(
        "accounts.factor_reset", "account", account.id, actor=actor, label=account.username, reason=reason
    )
    notify.notify(session, [account.id], "accounts.factor_reset", {"who": actor.name}, _OWN_PAGE)


def _clear(session: Session, account_id: int) -> None:
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _step_of(row: SecondFactor, text: str) -> int | None:
    """Which time step a code belongs to: the present one, or one before or after it."""
    digits = "".join(char for char in text if not char.isspace())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()) or isinstance(row.seed, Unreadable):
        return None
    totp, present = pyotp.TOTP(row.seed), int(clock.now().timestamp()) // STEP_SECONDS
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(totp.generate_otp(step), digits) and step > row.last_step:
            found = step
    return found


def _new_codes(session: Session, account_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = ["-".join(_word() for _part in range(3)) for _number in range(CODES)]
    session.add_all(
        RecoveryCode(account_id=account_id, code_hash=_code_hash(account_id, code)) for code in codes
    )
    return codes


def _word() -> str:
    return "".join(secrets.choice(_ALPHABET) for _char in range(4))


def _code_hash(account_id: int, text: str) -> str:
    plain = "".join(char for char in text.upper() if char.isalnum())
    return hashlib.sha256(f"recovery:{account_id}:{plain}".encode()).hexdigest()
