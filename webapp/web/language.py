"""Chinese by default, English on request: by cookie, else by the account, else Chinese."""

from typing import Any

from flask import Flask, has_request_context, request
from flask_babel import Babel
from markupsafe import Markup

from core.i18n import _, in_source_language
from webapp.web.acting import account as signed_in_account
from webapp.web.acting import is_signed_in

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}

babel = Babel()


def chosen() -> str:
    """The language of this request: `zh` or `en`."""
    if not has_request_context():
        return "zh"
    cookie = request.cookies.get("lang", "")
    if cookie in LANGUAGES:
        return cookie
    if is_signed_in() and signed_in_account().language in LANGUAGES:
        return signed_in_account().language
    return "zh"


def select() -> str:
    return LANGUAGES[chosen()]


def english() -> bool:
    """Whether the words of this moment are English (also for jobs, which have no request)."""
    return not in_source_language()


def words(text: str, /, **variables: Any) -> Markup:
    """`_` of the templates: the sentence is ours and safe, what fills its places is escaped."""
    found = Markup(_(text))  # noqa: S704 - a sentence of the source or of its catalogue
    return found % variables if variables or "%" in found else found


def init_app(app: Flask) -> None:
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "zh_Hans_CN")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    babel.init_app(app, locale_selector=select)
    app.jinja_env.globals.update({"_": words}, language=chosen, english=english)
