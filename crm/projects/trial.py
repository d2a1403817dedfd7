"""On whom new rules of projects are tried: every open project, by the tier of admission that it falls into."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.criteria import sheets
from crm.projects import standards
from crm.projects.admission import TIER_LABELS, tier_of
from crm.projects.lifecycle import PROJECT
from crm.projects.models import Project
from crm.projects.standards import Standards

Subject = tuple[int, str, str]
LABELS: Final = {str(tier): (label, "info") for tier, label in TIER_LABELS.items()}


def subjects(session: Session, after: int, limit: int) -> Sequence[Subject]:
    statement = (
        select(Project.id, Project.public_id, Project.project_no)
        .where(Project.id > after, Project.stage.in_(PROJECT.open_codes()))
        .order_by(Project.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def find(session: Session, text: str) -> Sequence[Subject]:
    """One project by its number."""
    statement = select(Project.id, Project.public_id, Project.project_no).where(Project.project_no == text)
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def outcomes(session: Session, ids: Sequence[int], version: Standards, day: date) -> Mapping[int, str]:
    return {
        project.id: tier_of(
            land_supplied=project.supplies_land, case_by_case=project.case_by_case,
            total_wan=project.total_investment_wan, standards=version,
        ).tier.value
        for project in session.scalars(select(Project).where(Project.id.in_(ids)))
    }  # fmt: skip


sheets.try_on(standards.SHEET.code, sheets.Trial(LABELS, subjects, find, outcomes))
