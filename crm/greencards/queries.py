"""Reads of cards: the list, one card, the public check, what waits for a person. All but the check take the actor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core import clock
from core.accounts.models import Unit
from core.errors import NotFound
from core.i18n import _
from core.lifecycle import Offer, offers
from core.lists.query import AnySelect, bounded_count
from core.permissions import Actor, within
from crm.enterprises.models import Enterprise
from crm.greencards import access, eligibility, rules
from crm.greencards.lifecycle import CARD, WAITS_FOR
from crm.greencards.models import CardReview, CardUse, CaseStep, GreenCard, ServiceCase
from crm.projects import access as project_access
from crm.projects.models import Project

_PERMISSION = {"applied": access.FIRST_REVIEW, "first_reviewed": access.REVIEW, "reviewed": access.APPROVE}


@dataclass(frozen=True)
class Row:
    """One card of the list. `standing` is what it is worth today (see rules.standing)."""

    id: int
    public_id: str
    card_no: str | None
    kind: str
    project: str
    enterprise: str
    status: str
    applied_on: date
    issued_on: date | None
    valid_to: date | None

    @property
    def standing(self) -> str:
        shown = rules.standing(self.status, self.valid_to, clock.today())
        return self.status if shown == "none" else shown


def rows(session: Session, ids: Sequence[int], *, actor: Actor) -> dict[int, Row]:
    """The lines of a page, by key, as far as the actor may see them. One statement."""
    statement = (
        select(
            GreenCard.id,
            GreenCard.public_id,
            GreenCard.card_no,
            GreenCard.kind,
            Project.name,
            func.coalesce(Enterprise.name, Project.investor_name),
            GreenCard.status,
            GreenCard.applied_on,
            GreenCard.issued_on,
            GreenCard.valid_to,
        )
        .join(Project, Project.id == GreenCard.project_id)
        .outerjoin(Enterprise, Enterprise.id == GreenCard.enterprise_id)
        .where(GreenCard.id.in_(ids), access.card_visible_to(actor))
    )
    plain: Iterable[Any] = session.execute(statement)
    return {row[0]: Row(*row) for row in plain}


def in_status(statuses: Sequence[str]) -> ColumnElement[bool]:
    """By standing: a card past its day counts as expired, not as valid."""
    clauses: list[ColumnElement[bool]] = []
    past = GreenCard.valid_to < clock.today()
    for status in statuses:
        if status in ("valid", "suspended"):
            clauses.append((GreenCard.status == status) & ~past)
        elif status == "expired":
            clauses.append(
                (GreenCard.status == "expired") | (GreenCard.status.in_(("valid", "suspended")) & past)
            )
        else:
            clauses.append(GreenCard.status == status)
    return or_(*clauses)


def is_waiting_for(actor: Actor) -> ColumnElement[bool]:
    """Cards whose next level this person may take and has not acted on at another."""
    acted = select(CardReview.id).where(
        CardReview.card_id == GreenCard.id, CardReview.account_id == actor.account_id
    )
    levels = [
        (GreenCard.status == status) & within(actor, permission, GreenCard.unit_id)
        for status, permission in _PERMISSION.items()
        if actor.can(permission)
    ]
    return or_(false(), *levels) & ~acted.exists()


def waiting_for(session: Session, *, actor: Actor, limit: int = 20) -> list[Row]:
    """What this person should review next, the oldest first."""
    statement = (
        select(GreenCard.id)
        .where(access.card_visible_to(actor), is_waiting_for(actor))
        .order_by(GreenCard.applied_on, GreenCard.id)
        .limit(limit)
    )
    ids = list(session.scalars(statement))
    found = rows(session, ids, actor=actor)
    return [found[number] for number in ids if number in found]


def waiting_count(session: Session, *, actor: Actor) -> int:
    """How many cards wait for this person, counted no further than the cap."""
    statement: AnySelect = select(GreenCard.id).where(access.card_visible_to(actor), is_waiting_for(actor))
    return bounded_count(session, statement)[0]


def get(session: Session, pid: str, *, actor: Actor) -> GreenCard:
    """One card with everything its page shows. Raises NotFound, also for what is hidden."""
    found = session.scalars(
        select(GreenCard)
        .where(GreenCard.public_id == pid, access.card_visible_to(actor))
        .options(
            joinedload(GreenCard.project).joinedload(Project.specialist),
            joinedload(GreenCard.enterprise),
            joinedload(GreenCard.unit),
            selectinload(GreenCard.reviews),
            selectinload(GreenCard.uses),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def offers_of(card: GreenCard, *, actor: Actor) -> list[Offer]:
    """The steps that this person may take from here, with what stands in the way."""
    level = WAITS_FOR.get(card.status, "apply")
    acts = [(review.account_id, review.level) for review in card.reviews]
    message = eligibility.words(card.eligibility)
    facts = {
        "another_person": not rules.acts_in_another_role(acts, actor.account_id, level),
        "eligible": not message,
        "eligibility_words": message,
    }
    return [
        offer
        for offer in offers(CARD, card.status, facts, actor=actor)
        if offer.permitted and actor.reach(offer.step.permission).covers(card.unit_id)
    ]


def standing(card: GreenCard) -> str:
    """What the card is worth today; its status while it is not issued."""
    shown = rules.standing(card.status, card.valid_to, clock.today())
    return card.status if shown == "none" else shown


@dataclass(frozen=True)
class Check:
    """What the public check says, and nothing else: no name, no code, no number of the project."""

    standing: str
    kind: str
    valid_to: date | None


def check(session: Session, token: str) -> Check | None:
    """For whoever holds the QR code. None when there is no such card, or it was never issued."""
    row = session.execute(
        select(GreenCard.status, GreenCard.kind, GreenCard.valid_to).where(GreenCard.token == token)
    ).one_or_none()
    if row is None:
        return None
    worth = rules.standing(row.status, row.valid_to, clock.today())
    return None if worth == "none" else Check(worth, row.kind, row.valid_to)


def project_for(session: Session, pid: str, *, actor: Actor) -> Project:
    """The project that a card is to be applied for; NotFound when it is out of reach."""
    found = session.scalars(
        select(Project)
        .where(Project.public_id == pid, project_access.visible_to(actor))
        .options(joinedload(Project.company), joinedload(Project.lead), selectinload(Project.milestones))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def ready_projects(session: Session, *, actor: Actor) -> Sequence[Project]:
    """Signed projects of the actor without a project card that stands: the ones to apply for."""
    standing_cards = select(GreenCard.id).where(
        GreenCard.project_id == Project.id,
        GreenCard.kind == "project",
        GreenCard.status.in_(rules.OCCUPYING),
    )
    return session.scalars(
        select(Project)
        .where(
            project_access.visible_to(actor),
            Project.agreement_kind == "contract",
            Project.signed_on.is_not(None),
            Project.stage.not_in(("lost", "terminated", "exited")),
            ~standing_cards.exists(),
        )
        .order_by(Project.signed_on.desc())
        .limit(100)
    ).all()


def of_project(session: Session, project_id: int, *, actor: Actor) -> Sequence[GreenCard]:
    """The cards of a project, newest first."""
    return session.scalars(
        select(GreenCard)
        .where(GreenCard.project_id == project_id, access.card_visible_to(actor))
        .order_by(GreenCard.id.desc())
    ).all()


@dataclass(frozen=True)
class OwnView:
    """What an enterprise sees of itself: its cards, and its cases with their steps."""

    cards: Sequence[GreenCard]
    cases: Sequence[ServiceCase]


def for_enterprise(session: Session, *, actor: Actor) -> OwnView:
    """For the portal. Empty for whoever is not an enterprise user."""
    if actor.enterprise_id is None:
        return OwnView((), ())
    cards = session.scalars(
        select(GreenCard)
        .where(access.card_visible_to(actor))
        .options(joinedload(GreenCard.project))
        .order_by(GreenCard.id.desc())
    ).all()
    cases = session.scalars(
        select(ServiceCase)
        .where(access.case_visible_to(actor))
        .options(
            joinedload(ServiceCase.project).joinedload(Project.specialist),
            selectinload(ServiceCase.members),
            selectinload(ServiceCase.steps).selectinload(CaseStep.pauses),
        )
        .order_by(ServiceCase.id.desc())
    ).all()
    return OwnView(cards, cases)


def use_rows(card: GreenCard) -> list[dict[str, Any]]:
    """The latest uses, for the page."""
    uses: Sequence[CardUse] = card.uses[:20]
    return [
        {"on": use.used_on, "matter": use.matter, "window": use.window, "taken": use.taken_wd} for use in uses
    ]


def issuer(session: Session) -> str:
    """Who issues cards: the people's government of the unit at the root of the tree."""
    name = session.scalar(select(Unit.name).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1))
    return str(_("%(place)s人民政府", place=name or ""))
