"""The rules of the door as a setting: lock, password, sessions, second factor. Each within sane bounds."""

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ScalarSelect, Text, cast, select
from sqlalchemy.orm import Session

from core import settings
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import Actor, require
from core.settings import Setting

NAME = "security.policy"
CHANGE = "security:policy:change"
STRENGTHS = ("dengbao", "nist")
BOUNDS = {
    "lock_failures": (3, 10),
    "lock_minutes": (5, 1440),
    "password_days": (30, 365),
    "sessions": (1, 10),
    "idle_minutes": (5, 240),
    "session_hours": (1, 24),
    "unused_days": (30, 730),
    "reveals_a_day": (1, 1000),
}


@dataclass(frozen=True)
class Policy:
    """`dengbao`: at least 8, three of four classes, changed every `password_days`, last five not again
    (GB/T 22239-2019, 8.1.4.1 a). `nist`: at least 12, no classes, no rotation. Both: no known password.
    """

    lock_failures: int = 5
    lock_minutes: int = 30
    strength: str = "dengbao"
    password_days: int = 90
    sessions: int = 3
    idle_minutes: int = 30
    session_hours: int = 12
    unused_days: int = 90
    staff_second_factor: bool = False
    reveals_a_day: int = 50

    @property
    def lock(self) -> timedelta:
        return timedelta(minutes=self.lock_minutes)

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def absolute(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    @property
    def unused(self) -> timedelta:
        return timedelta(days=self.unused_days)

    @property
    def shortest_password(self) -> int:
        return 12 if self.strength == "nist" else 8

    @property
    def reused_refused(self) -> int:
        """How many earlier passwords may not come again."""
        return 0 if self.strength == "nist" else 5

    @property
    def password_life(self) -> timedelta | None:
        return None if self.strength == "nist" else timedelta(days=self.password_days)


DEFAULT = Policy()


def kept() -> ScalarSelect[Any]:
    """The stored value as a part of another statement, so that reading it costs no statement of its own."""
    return select(cast(Setting.value, Text)).where(Setting.name == NAME).scalar_subquery()


def of(value: Any) -> Policy:
    """The policy that a stored value describes, also as JSON text; what it does not name is the default."""
    if isinstance(value, str):
        value = json.loads(value)
    if not isinstance(value, dict):
        return DEFAULT
    known = {field.name for field in fields(Policy)}
    return replace(DEFAULT, **{name: one for name, one in value.items() if name in known})


def current(session: Session) -> Policy:
    return of(settings.get(session, NAME))


def change(session: Session, values: dict[str, Any], *, actor: Actor) -> Policy:
    """Put a new policy in force. Raises Invalid naming every value out of its bounds."""
    require(actor, CHANGE)
    faults = [
        Fault(name, "range", _l("要在 %(least)s 到 %(most)s 之间。", least=least, most=most))
        for name, (least, most) in BOUNDS.items()
        if not isinstance(values.get(name), int) or not least <= values[name] <= most
    ]
    if values.get("strength") not in STRENGTHS:
        faults.append(Fault("strength", "unknown", _l("请选一种密码规则。")))
    if faults:
        raise Invalid(faults)
    wanted = of(values)
    settings.put(session, NAME, asdict(wanted), actor=actor)
    return wanted
