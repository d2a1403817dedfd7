"""Passwords: argon2id hashes and the rules for new ones.

`common_passwords.txt` holds the first twelve hexadecimal digits of SHA-256 of some 5,300 passwords: the 3,000 most
frequent and the 3,000 most frequent of at least eight characters, from the list that zxcvbn ships (Dropbox, MIT).
"""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from core.accounts import policy
from core.accounts.policy import Policy
from core.errors import Fault, Invalid
from core.i18n import lazy as _l

_hasher = PasswordHasher()
_UNKNOWN = _hasher.hash("nobody's password")
LONGEST = 256
_LEET = str.maketrans("013457@$", "oleastas")
_RUNS = ("0123456789" * 4, "abcdefghijklmnopqrstuvwxyz" * 2, "qwertyuiopasdfghjklzxcvbnm")
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


def check_new(
    password: str,
    *,
    username: str = "",
    field: str = "password",
    rules: Policy = policy.DEFAULT,
    context: Iterable[str] = (),
) -> None:
    """Raise Invalid when a new password is too short, too plain, or easily guessed.

    `context` are words that somebody who knows the owner would try: his name, his unit.
    """
    if len(password) < rules.shortest_password:
        raise Invalid(Fault(field, "too_short", _l("密码至少 %(count)s 位。", count=rules.shortest_password)))
    if len(password) > LONGEST:
        raise Invalid(Fault(field, "too_long", _l("密码最多 256 位。")))
    if rules.strength == "dengbao" and _classes(password) < 3:
        raise Invalid(Fault(field, "too_plain", _l("密码要含大写字母、小写字母、数字、符号中的三类。")))
    if _guessable(password.lower(), username.lower(), context):
        raise Invalid(Fault(field, "guessable", _l("这个密码太容易被猜到，请换一个。")))


def _classes(password: str) -> int:
    """Of lower case, upper case, digits, everything else: how many there are."""
    tests: tuple[Callable[[str], bool], ...] = (
        str.islower,
        str.isupper,
        str.isdigit,
        lambda char: unicodedata.category(char)[0] in "PSZ" or not char.isascii(),
    )
    return sum(any(test(char) for char in password) for test in tests)


def _guessable(lowered: str, username: str, context: Iterable[str]) -> bool:
    plain = lowered.strip("0123456789!@#$%^&*._- ")
    words = {*_CONTEXT, *(word.lower().strip() for word in context if word.strip())}
    if plain in words or (username and username in lowered):
        return True
    if len(set(lowered)) <= 2 or any(lowered in run or lowered[::-1] in run for run in _RUNS):
        return True
    known = _known()
    return any(
        hashlib.sha256(word.encode()).hexdigest()[:12] in known
        for word in (lowered, plain.translate(_LEET))
        if word
    )


@cache
def _known() -> frozenset[str]:
    """Digests of the most frequent passwords, so that the words themselves stand nowhere."""
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text("ascii").split())
