"""A sheet of terms as a form: each value by its place, a term with its unit, the source beside it where it has one."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from werkzeug.datastructures import MultiDict

from core.criteria import sheets
from core.criteria.models import RuleVersion
from core.criteria.sheets import Entry, Sheet
from core.db import db
from core.deadlines import Unit
from core.i18n import lazy as _l

UNITS: Final = {
    Unit.WORKDAYS.value: _l("个工作日"),
    Unit.DAYS.value: _l("天"),
    Unit.WORKHOURS.value: _l("个工作小时"),
    Unit.HOURS.value: _l("小时"),
}


def context(sheet: Sheet[Any], row: RuleVersion, asked: str, fault: str) -> dict[str, Any]:
    """What the page of a version shows for a sheet in place of a rule and its lines."""
    base = _compared_with(sheet, row)
    return {
        "sheet": sheet, "name": sheet.label, "version": row, "units": UNITS, "memory": [],
        "lines": _lines(sheet, row),
        "changed": sheets.differences(sheet, base, row.body) if base is not None else [],
        "verdicts": {code: label for code, (label, _tone) in sheets.trial(sheet.code).labels.items()},
        "shapes": {code: (tone, "dot") for code, (_label, tone) in sheets.trial(sheet.code).labels.items()},
        "asked": asked, "trials": _tried(sheet, row, asked) if asked and not fault else [],
    }  # fmt: skip


def _lines(sheet: Sheet[Any], row: RuleVersion) -> list[dict[str, Any]]:
    """Every value with its source; values that share one show it once, at the first of them."""
    lines: list[dict[str, Any]] = []
    for entry in sheet.entries:
        value, beside = sheets.at(row.body, entry.path), sheets.source_path(row.body, entry)
        unit, number = next(iter(value.items())) if isinstance(value, Mapping) else ("", value)
        first = beside is not None and all(line["source_path"] != beside for line in lines)
        lines.append({
            "entry": entry, "number": number, "unit": unit, "said": entry.said(value), "source_path": beside,
            "source": sheets.at(row.body, beside) if beside else None, "source_name": beside if first else None,
        })  # fmt: skip
    return lines


def _compared_with(sheet: Sheet[Any], row: RuleVersion) -> Mapping[str, Any] | None:
    """The body this version is held against: the one it was made from; None for what shipped."""
    base = db.session().get(RuleVersion, row.based_on_id) if row.based_on_id else None
    return None if base is None else base.body


def _tried(sheet: Sheet[Any], row: RuleVersion, asked: str) -> list[dict[str, Any]]:
    session, trial, day = db.session(), sheets.trial(sheet.code), row.effective_from
    found = trial.find(session, asked)
    ids = [each[0] for each in found]
    versions = (sheet.on(day), sheet.made(row.code, day, row.body))
    before, after = (trial.outcomes(session, ids, version, day) for version in versions)
    return [
        {"name": name, "before": before.get(number, ""), "after": after.get(number, ""), "why": ""}
        for number, _pid, name in found
    ]


def taken(
    sheet: Sheet[Any], row: RuleVersion, form: MultiDict[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(body after this form, faults by path). A value that does not fit is named and not taken over."""
    values: dict[str, Any] = {}
    faults: dict[str, Any] = {}
    for entry in sheet.entries:
        if entry.path not in form:
            continue
        value = _value(entry, form)
        if (fault := entry.fault(value)) is not None:
            faults[entry.path] = fault
        else:
            values[entry.path] = value
        beside = sheets.source_path(row.body, entry)
        if beside and beside in form:
            values[beside] = form[beside].strip()[:300]
    return sheets.with_values(row.body, values), faults


def _value(entry: Entry, form: MultiDict[str, str]) -> Any:
    text = form[entry.path].replace(",", "").strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or len(number.as_tuple().digits) > 15:
        return text
    if entry.kind != "term":
        return number
    unit = form.get(f"{entry.path}|unit", "")
    return {unit if unit in UNITS else Unit.WORKDAYS.value: cast(Any, number)}
