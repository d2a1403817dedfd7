"""Passwords: argon2id hashes and the rule for new ones (等保: at least 8, three of four classes)."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from core.errors import Fault, Invalid
from core.i18n import lazy as _l

_hasher = PasswordHasher()
_UNKNOWN = _hasher.hash("nobody's password")
_COMMON = frozenset(
    ["password", "passw0rd", "12345678", "qwertyui", "admin123", "admin@123", "abcd1234", "a1234567",
     "p@ssw0rd", "1qaz2wsx", "lianzhao", "zhaoshang", "招商2026"]
)  # fmt: skip
_CONTEXT = ("lianzhao", "链招", "招商", "zhaoshang", "admin", "password")


def use_cheap_hashes() -> None:
    """Fast hashes for test runs. Never called by the product."""
    global _hasher, _UNKNOWN
    _hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    _UNKNOWN = _hasher.hash("nobody's password")


def hash_of(password: str) -> str:
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Constant effort: an unknown account costs as much as a wrong password."""
    try:
        _hasher.verify(password_hash or _UNKNOWN, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)


def check_new(password: str, *, username: str = "", field: str = "password") -> None:
    """Raise Invalid when a new password is too short, too plain, or easily guessed."""
    classes = sum(
        any(test(char) for char in password)
        for test in (
            str.islower,
            str.isupper,
            str.isdigit,
            lambda c: unicodedata.category(c)[0] in "PSZ" or not c.isascii(),
        )
    )
    if len(password) < 8:
        raise Invalid(Fault(field, "too_short", _l("密码至少 8 位。")))
    if len(password) > 256:
        raise Invalid(Fault(field, "too_long", _l("密码最多 256 位。")))
    if classes < 3:
        raise Invalid(Fault(field, "too_plain", _l("密码要含大写字母、小写字母、数字、符号中的三类。")))
    lowered = password.lower()
    plain = lowered.strip("0123456789!@#$%^&*._-")
    if lowered in _COMMON or plain in _CONTEXT or (username and username.lower() in lowered):
        raise Invalid(Fault(field, "guessable", _l("这个密码太容易被猜到，请换一个。")))
