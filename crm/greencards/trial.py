"""On whom new green-card thresholds are tried: every application that was not taken back."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.criteria import store
from core.criteria.values import Value
from crm.greencards import eligibility, service
from crm.greencards.models import GreenCard
from crm.projects.models import Project

Subject = tuple[int, str, str]
FOUND = 20


def _cards() -> Any:
    return select(GreenCard.id, GreenCard.public_id, Project.name).join(
        Project, Project.id == GreenCard.project_id
    )


def subjects(session: Session, after: int, limit: int) -> Sequence[Subject]:
    statement = _cards().where(GreenCard.id > after).order_by(GreenCard.id).limit(limit)
    return [tuple(row) for row in session.execute(statement)]


def find(session: Session, text: str) -> Sequence[Subject]:
    statement = _cards().where(Project.name.contains(text, autoescape=True)).order_by(GreenCard.id.desc())
    return [tuple(row) for row in session.execute(statement.limit(FOUND))]


def values(session: Session, ids: Sequence[int], _on: date) -> Mapping[int, Mapping[str, Value]]:
    cards = select(GreenCard).where(GreenCard.id.in_(ids)).options(joinedload(GreenCard.project))
    return {
        card.id: eligibility.values_of(
            service.facts_of(card.project, card.industry_group, card.foreign_usd_wan)
        )
        for card in session.scalars(cards).unique()
    }


store.try_on(eligibility.BOOK, store.Trial(subjects, find, values))
