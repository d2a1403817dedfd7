"""Gathering what is known of an enterprise and judging it. Reads only; two statements."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import settings
from core.criteria.outcome import Answer
from core.criteria.values import Value
from crm.cultivation import rules, standards
from crm.cultivation.models import AssessmentInput
from crm.cultivation.rules import FIGURES, Input, YearFigures
from crm.enterprises.models import EnterpriseYear

CONFIRMED = "criteria.confirmed"
"""Setting: ids of the lines of source M that an administrator has confirmed."""


def figures_of(session: Session, enterprise_id: int) -> list[YearFigures]:
    """The register's yearly figures, oldest entry first, so that the newest of a year wins."""
    rows = session.scalars(
        select(EnterpriseYear)
        .where(EnterpriseYear.enterprise_id == enterprise_id)
        .order_by(EnterpriseYear.year, EnterpriseYear.id)
    )
    return [
        YearFigures(row.year, row.source, {name: getattr(row, name) for name in (*FIGURES, "tax_paid_wan")})
        for row in rows
    ]


def inputs_of(session: Session, enterprise_id: int) -> Sequence[AssessmentInput]:
    return session.scalars(
        select(AssessmentInput)
        .where(AssessmentInput.enterprise_id == enterprise_id)
        .order_by(AssessmentInput.year, AssessmentInput.id)
    ).all()


def values_of(session: Session, enterprise_id: int, on: date) -> dict[str, Value]:
    """Metric code → value with its year and source; what is absent is missing."""
    return rules.values_of(
        standards.library(),
        figures_of(session, enterprise_id),
        [
            Input(item.metric, item.year, item.value, item.source)
            for item in inputs_of(session, enterprise_id)
        ],
        on,
    )


def judge(session: Session, enterprise_id: int, standard: str, on: date) -> tuple[Answer, int | None]:
    """The answer of a standard on a day, and the year whose figures it rests on. KeyError on an unknown code."""
    figures = figures_of(session, enterprise_id)
    answer = standards.evaluate(
        standards.library(),
        standard,
        values_of(session, enterprise_id, on),
        on,
        confirmed=settings.get(session, CONFIRMED, []),
    )
    return answer, rules.base_year(figures, on)
