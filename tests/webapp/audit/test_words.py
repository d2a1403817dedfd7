"""Every deed that the product writes into the trail is read in words."""

import ast
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from webapp.staff.audit import words

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("core", "crm", "chains", "search", "webapp")


def _deeds() -> Iterator[str]:
    """The first argument of each `audit.record(…)` that stands there as one word."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and (node.func.attr, getattr(node.func.value, "id", "")) == ("record", "audit")
                    and isinstance(node.args[0], ast.Constant)
                ):
                    yield str(node.args[0].value)


def test_every_deed_has_its_words() -> None:
    deeds = set(_deeds())
    assert len(deeds) > 90
    assert sorted(deed for deed in deeds if deed not in words.ACTIONS) == []
    assert sorted({deed.partition(".")[0] for deed in deeds} - set(words.AREAS)) == []


def test_how_somebody_signed_in_is_said_in_words(app: Flask) -> None:
    with app.test_request_context("/"):
        assert str(words.said("method", "password+code")) == "密码、验证码"
        assert str(words.said("active", False)) == "否"
        assert words.said("name", "method") == "method"
