"""Parsers take linear time: 64 kB of anything that almost fits is refused in well under a fifth of a second."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from core.fields import texts, uscc
from core.fields.errors import FieldError

SIZE = 64 * 1024
PARSERS: dict[str, Callable[[str], Any]] = {
    "phone": texts.phone,
    "email": texts.email,
    "credit code": uscc.credit_code,
    "stock code": texts.stock_code,
    "text": texts.text,
}
ATTACKS = ("a", "1", "0816-", "a.", "a@a.", "91", "A-", " ", "(", "-", "１", "a\u200b", "转")


def _seconds(parse: Callable[[str], Any], text: str) -> float:
    started = time.process_time()
    with contextlib.suppress(FieldError):
        parse(text)
    return time.process_time() - started


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("part", ATTACKS)
@pytest.mark.parametrize("end", ["!", "", "a@" + "b." * 2000])
def test_64_kb_are_judged_at_once(name: str, part: str, end: str) -> None:
    text = (part * (SIZE // len(part)))[: SIZE - len(end)] + end
    assert _seconds(PARSERS[name], text) < 0.2
