"""Two people and one record: three values, nothing overwritten unseen, the merged form is one click away."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from wtforms import BooleanField

from core.errors import Conflict
from webapp.web.choices import SelectField
from webapp.web.conflict import _rows, conflict_page
from webapp.web.fields import DayField, TextField, WanField
from webapp.web.forms import BaseForm


class _PlanForm(BaseForm):
    title = TextField("名称")
    due_on = DayField("计划竣工日")
    money_wan = WanField("总投资")
    urgent = BooleanField("急件")
    stage = SelectField("阶段", choices=[("1", "在谈"), ("2", "签约")])


@dataclass
class _Plan:
    title: str = "一期"
    due_on: date | None = date(2026, 11, 30)
    money_wan: Decimal | None = Decimal("1200.50")
    urgent: bool = False
    stage: str = "1"
    version: int = 3


def _opened(app: Flask) -> dict[str, str]:
    """What the browser holds after opening the form of the plan as it was."""
    with app.test_request_context("/projects/x/plan"):
        form = _PlanForm(obj=_Plan())
        return {**form.texts(), "base": form.base.data or "", "version": "3"}


@pytest.fixture
def opened(app: Flask) -> dict[str, str]:
    return _opened(app)


def _decide(app: Flask, sent: dict[str, str], present: _Plan) -> dict[str, str | None]:
    with app.test_request_context("/projects/x/plan", method="POST", data=sent):
        return {row.name: row.decided for row in _rows(_PlanForm(), present)}


def test_different_fields_are_merged(app: Flask, opened: dict[str, str]) -> None:
    decided = _decide(app, {**opened, "title": "一期扩建"}, _Plan(due_on=date(2026, 12, 31), version=4))
    assert decided["title"] == "一期扩建"
    assert decided["due_on"] == "2026-12-31"
    assert decided["money_wan"] == "1200.5"


def test_the_same_field_is_for_the_person_to_decide(app: Flask, opened: dict[str, str]) -> None:
    sent = {**opened, "due_on": "2026-12-20", "stage": "2"}
    decided = _decide(app, sent, _Plan(due_on=date(2026, 12, 31), stage="2", version=4))
    assert decided["due_on"] is None
    assert decided["stage"] == "2"


def test_a_box_unticked_by_one_and_left_by_the_other(app: Flask) -> None:
    with app.test_request_context("/projects/x/plan"):
        form = _PlanForm(obj=_Plan(urgent=True))
        sent = {**form.texts(), "base": form.base.data or "", "version": "3"}
    del sent["urgent"]
    assert _decide(app, sent, _Plan(urgent=True, title="二期", version=4))["urgent"] == ""


def test_without_what_it_was_every_difference_is_asked(app: Flask, opened: dict[str, str]) -> None:
    sent = {**opened, "title": "一期扩建", "base": "not json"}
    assert _decide(app, sent, _Plan(version=4))["title"] is None


def test_without_a_form_or_a_record_there_is_no_page_to_show(app: Flask, opened: dict[str, str]) -> None:
    with app.test_request_context("/projects/x/plan", method="POST", data=opened):
        assert conflict_page(Conflict(present=_Plan())) is None
        _PlanForm()
        assert conflict_page(Conflict()) is None
