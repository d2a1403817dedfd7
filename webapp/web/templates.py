"""What every template finds without asking: components, form and list macros, icons, who is acting."""

import re
from functools import cache
from typing import Any

from flask import Flask, current_app, request
from markupsafe import Markup

from core import clock, notify, scanning
from core.accounts.models import Account
from core.db import db
from webapp.web import acting as who
from webapp.web import formats, navigation
from webapp.web.assets import ROOT

MACROS = {"ui": "ui/parts.html", "forms": "ui/forms.html", "lists": "ui/lists.html"}
_SYMBOL = re.compile(r'<symbol id="i-(\w+)" viewBox="([^"]+)">(.*?)</symbol>', re.DOTALL)


@cache
def _symbols() -> dict[str, tuple[str, str]]:
    text = (ROOT / "img" / "icons.svg").read_text(encoding="utf-8")
    return {name: (box, body) for name, box, body in _SYMBOL.findall(text)}


@cache
def icon(name: str, extra: str = "") -> Markup:
    """An inline icon; decorative, since a word always stands beside it. KeyError for an unknown name."""
    box, body = _symbols()[name]
    safe = Markup(body)  # noqa: S704 - paths of our own file
    return Markup('<svg class="i {}" viewBox="{}" aria-hidden="true">{}</svg>').format(extra, box, safe)


def can(permission: str) -> bool:
    """Whether the signed-in person holds a permission, to decide what a page offers."""
    return who.is_signed_in() and who.acting().can(permission)


def account() -> Account | None:
    return who.account() if who.is_signed_in() else None


def unread() -> int:
    """Unread notices of the signed-in person, for the bell."""
    return notify.unread_count(db.session(), who.acting().account_id)


def watermark() -> str:
    """What lies faintly over every page of a signed-in person, where the setting asks for it: who and when."""
    if not current_app.config["SETTINGS"].watermark or not who.is_signed_in():
        return ""
    return f"{who.account().name} {who.account().username} {clock.local(clock.now()):%Y-%m-%d %H:%M}"


def theme() -> str:
    return "dark" if request.cookies.get("theme") == "dark" else "light"


def here() -> str:
    """The path to come back to after a change of language or theme."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def init_app(app: Flask) -> None:
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.do")
    environment.globals.update(
        icon=icon,
        acting=who.acting,
        is_signed_in=who.is_signed_in,
        can=can,
        signed_in_account=account,
        unread=unread,
        theme=theme,
        here=here,
        today=clock.today,
        now=clock.now,
        scans=scanning.enabled,
        silence_days=formats.silence_days,
        rail=navigation.groups,
        thumbs=navigation.thumbs,
        watermark=watermark,
        is_current=navigation.is_current,
        may_enter=navigation.may_enter,
        exists=navigation.exists,
    )
    app.context_processor(_macros)


def _macros() -> dict[str, Any]:
    """The macro files as modules; a macro finds the globals and the translations of its own environment."""
    environment = current_app.jinja_env
    return {name: environment.get_template(path).module for name, path in MACROS.items()}
