"""On whom a new cultivation standard is tried: every enterprise of the register, with what is known of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.criteria import store
from core.criteria.values import Value
from crm.cultivation import rules, standards
from crm.cultivation.models import AssessmentInput
from crm.cultivation.rules import FIGURES, Input, YearFigures
from crm.enterprises.models import Enterprise, EnterpriseYear

Subject = tuple[int, str, str]
FOUND = 20


def subjects(session: Session, after: int, limit: int) -> Sequence[Subject]:
    statement = (
        select(Enterprise.id, Enterprise.public_id, Enterprise.name)
        .where(Enterprise.id > after)
        .order_by(Enterprise.id)
        .limit(limit)
    )
    return [(row.id, row.public_id, row.name) for row in session.execute(statement)]


def find(session: Session, text: str) -> Sequence[Subject]:
    """Enterprises by a part of the name or by the whole code, those with figures first."""
    with_figures = select(EnterpriseYear.id).where(EnterpriseYear.enterprise_id == Enterprise.id).exists()
    statement = (
        select(Enterprise.id, Enterprise.public_id, Enterprise.name)
        .where(or_(Enterprise.name.contains(text, autoescape=True), Enterprise.uscc == text))
        .order_by(with_figures.desc(), Enterprise.sort_key)
        .limit(FOUND)
    )
    return [(row.id, row.public_id, row.name) for row in session.execute(statement)]


def values(session: Session, ids: Sequence[int], on: date) -> Mapping[int, Mapping[str, Value]]:
    """Two statements for all of them."""
    years: dict[int, list[YearFigures]] = defaultdict(list)
    inputs: dict[int, list[Input]] = defaultdict(list)
    figures = select(EnterpriseYear).where(EnterpriseYear.enterprise_id.in_(ids))
    for row in session.scalars(figures.order_by(EnterpriseYear.year, EnterpriseYear.id)):
        known = {name: getattr(row, name) for name in (*FIGURES, "tax_paid_wan")}
        years[row.enterprise_id].append(YearFigures(row.year, row.source, known))
    entered = select(AssessmentInput).where(AssessmentInput.enterprise_id.in_(ids))
    for item in session.scalars(entered.order_by(AssessmentInput.year, AssessmentInput.id)):
        inputs[item.enterprise_id].append(Input(item.metric, item.year, item.value, item.source))
    library = standards.library()
    return {each: rules.values_of(library, years[each], inputs[each], on) for each in {*years, *inputs}}


store.try_on(standards.BOOK, store.Trial(subjects, find, values))
