"""Form fields: what was typed stays, what it means becomes data, what cannot be taken is said at the field."""

from decimal import Decimal

import pytest
from flask import Flask
from wtforms.validators import InputRequired

from core.errors import Fault, Invalid, Missing, Refused
from webapp.web.fields import DayField, LinesField, MuField, TextField, UsccField, WanField, WholeNumber
from webapp.web.forms import BaseForm


class _Form(BaseForm):
    name = TextField("名称", [InputRequired("请填名称。")], limit=10)
    money = WanField("金额")
    land = MuField("用地")
    due = DayField("期限")
    jobs = WholeNumber("就业")
    code = UsccField("信用代码")
    note = LinesField("说明")


def _sent(app: Flask, **values: str) -> _Form:
    with app.test_request_context("/", method="POST", data={"name": "甲", **values}):
        form = _Form(meta={"csrf": False})
        form.validate()
        return form


def test_values_become_exact_data(app: Flask) -> None:
    form = _sent(app, money="1.2亿元", land="186.4", due="2026年3月5日", jobs="1,200", note=" 一\r\n二 ")
    assert form.errors == {}
    assert form.money.data == Decimal(12000)
    assert form.land.data == Decimal("124266.67")
    assert str(form.due.data) == "2026-03-05"
    assert form.jobs.data == 1200
    assert form.note.data == "一\n二"
    assert form.money._value() == "1.2亿元"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("money", "-1"), ("money", "约 3000"), ("money", "9" * 40), ("due", "2026-02-30"), ("jobs", "1.5"),
        ("code", "91510700MA62400000"), ("name", "名" * 11), ("land", "3 顷"), ("jobs", "9" * 30),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_and_kept(app: Flask, field: str, typed: str) -> None:
    form = _sent(app, **{field: typed})
    assert list(form.errors) == [field]
    assert form[field]._value() == typed


def test_refusals_come_back_at_their_fields(app: Flask) -> None:
    form = _sent(app)
    form.absorb(Invalid([Fault("money", "low", "金额太小"), Fault("elsewhere", "x", "别处不对")]))
    form.absorb(Refused([Missing("due", "missing", "期限未填")]))
    assert list(form.money.errors) == ["金额太小"]
    assert list(form.due.errors) == ["期限未填"]
    assert form.form_errors == ["别处不对"]


def test_white_space_alone_is_nothing(app: Flask) -> None:
    assert list(_sent(app, name=" \u3000 ").errors) == ["name"]


def test_an_empty_field_is_named_in_the_words_of_the_house(app: Flask) -> None:
    class Bare(BaseForm):
        name = TextField("名称", [InputRequired()])

    with app.test_request_context("/", method="POST", data={}):
        form = Bare(meta={"csrf": False})
        assert not form.validate() and form.name.errors == ["还没有填写。"]
