"""Forms of cultivation: missing values of a standard, roster entry, target, exit."""

from collections.abc import Sequence
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.criteria.model import Metric
from core.i18n import lazy as _l
from crm.cultivation import rules, standards
from webapp.web.choices import SelectField
from webapp.web.fields import DayField, DecimalText, WholeNumber
from webapp.web.forms import BaseForm


class InputsForm(BaseForm):
    """Year and source; the metrics of a standard are added by `inputs_form`."""

    year = WholeNumber(_l("数据年度"), validators=[InputRequired()], minimum=1980, maximum=2100)
    source = StringField(_l("来源"), validators=[InputRequired(), Length(2, 80)])

    def values(self) -> dict[str, str]:
        """What was typed, by metric; the service judges it."""
        skipped = ("csrf_token", "version", "form_key", "base", "year", "source")
        return {name: str(value or "") for name, value in self.data.items() if name not in skipped}


def inputs_form(metrics: Sequence[Metric], **values: Any) -> InputsForm:
    """A form with one field per metric: text for numbers, a choice for the rest."""
    fields: dict[str, Any] = {}
    for metric in metrics:
        if metric.kind == "flag":
            choices = [("", _l("不知道")), ("true", _l("是")), ("false", _l("否"))]
            fields[metric.code] = SelectField(metric.label, choices=choices, validators=[Optional()])
        elif metric.kind == "choice":
            choices = [("", _l("不知道")), *metric.choices.items()]
            fields[metric.code] = SelectField(metric.label, choices=choices, validators=[Optional()])
        else:
            label = f"{metric.label}（{metric.unit}）" if metric.unit else metric.label
            fields[metric.code] = StringField(label, validators=[Optional(), Length(max=40)])
    form: InputsForm = type("StandardInputsForm", (InputsForm,), fields)(**values)
    return form


class EntryForm(BaseForm):
    """Pool, step, standard, people, plan."""

    pool_code = SelectField(_l("库"), validators=[InputRequired()])
    step_code = SelectField(_l("台阶"), validators=[Optional()])
    standard = SelectField(_l("对照的标准"), validators=[InputRequired()])
    entered_on = DayField(_l("入库日"), validators=[Optional()])
    leader_text = StringField(_l("联系领导"), validators=[Optional(), Length(max=80)])
    specialist_id = SelectField(_l("专员"), coerce=int, validators=[Optional()])
    plan_text = TextAreaField(_l("一企一策"), validators=[Optional(), Length(max=4000)])
    reason = TextAreaField(_l("调整事由"), validators=[Optional(), Length(max=1000)])

    def __init__(
        self,
        *args: Any,
        pools: Sequence[tuple[str, str]] = (),
        steps: Sequence[tuple[str, str]] = (),
        people: Sequence[tuple[int, str]] = (),
        **values: Any,
    ) -> None:
        super().__init__(*args, **values)
        self.pool_code.choices = list(pools)
        self.step_code.choices = [("", _l("不定")), *steps]
        self.standard.choices = list(standards.labels().items())
        self.specialist_id.choices = [(0, _l("未定")), *people]

    def stored(self, record: Any) -> dict[str, Any]:
        codes = {"pool_code": record.pool.code, "step_code": record.step.code if record.step else ""}
        return {**super().stored(record), **codes}

    def values(self) -> dict[str, Any]:
        return {
            name: self.data[name]
            for name in (
                "pool_code", "step_code", "standard", "entered_on", "leader_text", "specialist_id", "plan_text",
            )
        }  # fmt: skip


class TargetForm(BaseForm):
    """What a figure is to reach."""

    year = WholeNumber(_l("年度"), validators=[InputRequired()], minimum=1980, maximum=2100)
    metric = SelectField(_l("指标"), choices=list(rules.TARGET_METRICS.items()))
    value = DecimalText(_l("目标（万元）"), validators=[InputRequired()], places=2, maximum=10**10)


class LeaveForm(BaseForm):
    """How and why an enterprise leaves the roster."""

    merges = False

    exit_kind = SelectField(_l("出库方式"), choices=list(rules.EXIT_LABELS.items()))
    reason = TextAreaField(_l("事由"), validators=[InputRequired(), Length(2, 1000)])
