"""Settings that an administrator changes while the platform runs, e.g. the home region."""

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit
from core.db import Base, Versioned
from core.errors import Conflict
from core.kept import kept
from core.permissions import Actor

EDIT = "settings:value:edit"


class Setting(Versioned, Base):
    """One value by name."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


def get(session: Session, name: str, default: Any = None) -> Any:
    found = session.get(Setting, name)
    return default if found is None else found.value


def glance(session: Session, name: str, default: Any = None) -> Any:
    """A setting as it stood a few seconds ago at the most: for what pages show, never for a decision."""
    return kept(session, (get, name), lambda reading: get(reading, name)) or default


def put(session: Session, name: str, value: Any, *, version: int | None = None, actor: Actor) -> None:
    """Change one setting; audited. The caller has checked the right to do so.

    Raises Conflict where `version` (0: there was none) is no longer the one that stands.
    """
    found = session.get(Setting, name)
    if version is not None and version != (found.version if found else 0):
        raise Conflict(present=found)
    before = None if found is None else found.value
    if found is None:
        session.add(Setting(name=name, value=value))
    else:
        found.value = value
    audit.record("settings.changed", "setting", 0, actor=actor, label=name, changes={name: (before, value)})
