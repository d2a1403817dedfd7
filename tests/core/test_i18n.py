"""Words in the source language are returned as they stand; in another one the catalogue is asked."""

import pytest
from flask import Flask
from flask_babel import force_locale

from core.i18n import _, in_source_language, lazy
from webapp.web.language import words

LATER = lazy("今天")


def test_without_a_request_the_words_are_those_of_the_source() -> None:
    assert in_source_language()
    assert _("今天") == str(LATER) == "今天"


def test_places_are_filled_whatever_they_are_called(app: Flask) -> None:
    assert _("第 %(text)s 页", text=3) == "第 3 页"


@pytest.mark.parametrize(("locale", "expected"), [("zh_Hans_CN", "今天"), ("en", "Today")])
def test_a_forced_language_holds_inside_its_block(app: Flask, locale: str, expected: str) -> None:
    with app.test_request_context("/"), force_locale(locale):
        assert _("今天") == str(LATER) == str(words("今天")) == expected


def test_in_a_page_what_fills_a_place_is_escaped(app: Flask) -> None:
    with app.test_request_context("/"):
        assert words("搜“%(text)s”", text="<b>") == "搜“&lt;b&gt;”"
