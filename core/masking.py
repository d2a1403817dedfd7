"""Personal data as everybody may see it: numbers and addresses with their middle hidden, on the server."""

from typing import Any

from core.i18n import _
from core.secrets import Unreadable

NONE = "—"
COVERED = "****"
"""Stands for a value that the reader has no right to."""


def phone(value: str | None) -> str:
    """138****1234; shorter numbers keep their last two digits. One that cannot be opened says so."""
    if not value:
        return NONE
    if isinstance(value, Unreadable):
        return str(_("读不出来，请报管理员"))
    return f"{value[:3]}****{value[-4:]}" if len(value) >= 11 else f"****{value[-2:]}"


def email(value: str | None) -> str:
    """z***@example.cn"""
    if not value:
        return NONE
    name, at, host = value.partition("@")
    return f"{name[:1]}***{at}{host}"


def in_audit(value: Any) -> str | None:
    """How a sealed value stands in an audit row: enough to tell two numbers apart, not to dial one."""
    return phone(str(value)) if value else value
