"""Verbs of a green card: apply, three levels of review by different people, stop, use. Never commit."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, lifecycle, numbering
from core.accounts.models import Unit
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.notify import notify, words
from core.permissions import SYSTEM, Actor, require
from crm.activity.service import Subject
from crm.enterprises import speaking
from crm.greencards import access, case_opening, eligibility, rules
from crm.greencards.lifecycle import CARD, WAITS_FOR
from crm.greencards.models import CardReview, GreenCard
from crm.projects import access as project_access
from crm.projects.models import Project

KIND = "green_card"

words("greencards.approved", _l("“%(project)s”的服务绿卡 %(card_no)s 已批准。"), _l("绿卡批准"), to="both")
words("greencards.rejected", _l("“%(project)s”的绿卡申报没有通过：%(reason)s"), _l("绿卡没有通过"), to="both")


def facts_of(
    project: Project, industry_group: str, foreign_usd_wan: Decimal | None
) -> eligibility.ProjectFacts:
    """What the criteria ask of a project, as it stands now."""
    return eligibility.ProjectFacts(
        industry_group=industry_group,
        contract_investment_wan=project.total_investment_wan,
        agreement_kind=project.agreement_kind,
        signed_on=project.signed_on,
        started_on=project.actual_on("started"),
        foreign_usd_wan=foreign_usd_wan,
    )


def apply(session: Session, project_pid: str, values: Mapping[str, Any], *, actor: Actor) -> GreenCard:
    """Apply for a card. `values`: kind, industry_group, foreign_usd_wan, holder_person, grade, statement.

    Raises Invalid with every fault: a card of the kind already stands, or the project is not eligible.
    """
    require(actor, access.APPLY)
    project = load(session, Project, project_pid, where=project_access.visible_to(actor))
    if not project_access.covers(actor, access.APPLY, project):
        raise NotPermitted()
    kind, group = str(values["kind"]), str(values["industry_group"])
    foreign: Decimal | None = values.get("foreign_usd_wan")
    kept = eligibility.snapshot(eligibility.judge(kind, facts_of(project, group, foreign), clock.today()))
    holder = str(values.get("holder_person") or "").strip()
    _check_application(session, project, kind, holder, kept)
    card = GreenCard(
        kind=kind,
        project_id=project.id,
        enterprise_id=project.company_id or project.investor_id,
        unit_id=project.unit_id,
        holder_person=holder,
        grade=str(values.get("grade") or ""),
        industry_group=group,
        foreign_usd_wan=foreign,
        statement=str(values.get("statement") or ""),
        status=CARD.initial,
        applied_on=clock.today(),
        applied_by=actor.account_id,
        basis_version=str(kept["version"]),
        eligibility=kept,
    )
    card.project = project
    session.add(card)
    _act(session, card, "apply", True, actor, str(values.get("statement") or ""))
    session.flush()
    audit.record("greencards.applied", KIND, card.id, actor=actor, label=project.label)
    touch(KIND, [card.id])
    return card


def _check_application(
    session: Session, project: Project, kind: str, holder: str, kept: Mapping[str, Any]
) -> None:
    faults = []
    if kind == "living" and not holder:
        faults.append(Fault("holder_person", "required", _l("生活卡发给项目高管，请填写持卡人。")))
    same = select(GreenCard.id).where(
        GreenCard.project_id == project.id,
        GreenCard.kind == kind,
        GreenCard.status.in_(rules.OCCUPYING),
    )
    if kind == "living":
        same = same.where(GreenCard.holder_person == holder)
    if session.scalar(same) is not None:
        faults.append(Fault("kind", "stands_already", _l("这个项目已有同类绿卡在审或有效，不能重复申报。")))
    if message := eligibility.words(dict(kept)):
        faults.append(Fault(None, "not_eligible", message))
    if faults:
        raise Invalid(faults)


def reapply(session: Session, pid: str, *, version: int, reason: str, actor: Actor) -> GreenCard:
    """Apply again after a rejection, saying what has changed. A new round begins."""
    card = _card(session, pid, version, actor)
    _judge_again(card)
    card.status = _target(card, "reapply", {"reason": reason}, actor)
    card.round += 1
    card.applied_on = clock.today()
    card.applied_by = actor.account_id
    _act(session, card, "apply", True, actor, reason)
    return _done(session, card, "greencards.reapplied", actor, reason)


def pass_level(
    session: Session,
    pid: str,
    *,
    version: int,
    comment: str = "",
    doc_no: str = "",
    valid_to: date | None = None,
    actor: Actor,
) -> GreenCard:
    """Pass the level that the card waits for; the third one issues it and opens the service case.

    Raises Refused when the same person has acted at another level, when the project is no longer
    eligible, or (third level) while the document number or the last day is wanting.
    """
    card = _card(session, pid, version, actor)
    level = WAITS_FOR.get(card.status, "first_review")
    _judge_again(card)
    target = _target(
        card, level, {"doc_no": doc_no, "valid_to": valid_to, "issued_on": clock.today()}, actor, level=level
    )
    _act(session, card, level, True, actor, comment, doc_no)
    if level == "approve":
        _issue(session, card, doc_no, valid_to, actor)
    card.status = target
    return _done(session, card, f"greencards.passed_{level}", actor, comment)


def _issue(session: Session, card: GreenCard, doc_no: str, valid_to: date | None, actor: Actor) -> None:
    """Number, token and validity; the first card of a project opens its case."""
    card.doc_no, card.valid_to, card.issued_on = doc_no, valid_to, clock.today()
    card.token = rules.new_token()
    case_opening.ensure(session, card.project, card.enterprise_id, actor=actor)
    unit = session.get(Unit, card.unit_id) if card.unit_id else None
    card.card_no = numbering.take(session, "LK", unit.code if unit else "SLS", clock.today().year)
    params = {"project": card.project.name, "card_no": card.card_no}
    notify(session, [card.applied_by], "greencards.approved", params, f"/greencards/{card.public_id}")


def reject(session: Session, pid: str, *, version: int, reason: str, actor: Actor) -> GreenCard:
    """Refuse at the level that the card waits for, with the reason that the applicant reads."""
    card = _card(session, pid, version, actor)
    level = WAITS_FOR.get(card.status, "first_review")
    card.status = _target(card, "reject", {"reason": reason}, actor, level=level)
    card.status_reason = reason
    _act(session, card, level, False, actor, reason)
    params = {"project": card.project.name, "reason": reason}
    notify(session, [card.applied_by], "greencards.rejected", params, f"/greencards/{card.public_id}")
    return _done(session, card, "greencards.rejected", actor, reason)


def turn(session: Session, pid: str, verb: str, *, version: int, reason: str, actor: Actor) -> GreenCard:
    """Suspend, resume or revoke an issued card, with the reason."""
    if verb not in ("suspend", "resume", "revoke"):
        raise Invalid(Fault(None, "unknown_verb", _l("没有这一步。")))
    card = _card(session, pid, version, actor)
    card.status = _target(card, verb, {"reason": reason}, actor)
    card.status_reason = reason
    return _done(session, card, f"greencards.{verb}", actor, reason)


def expire_due(session: Session, *, limit: int = 500) -> int:
    """Mark cards whose last day has passed. The pages already say so; this makes the record say it."""
    cards = session.scalars(
        select(GreenCard)
        .where(GreenCard.status.in_(("valid", "suspended")), GreenCard.valid_to < clock.today())
        .limit(limit)
    ).all()
    for card in cards:
        card.status = _target(card, "expire", {}, SYSTEM)
        _done(session, card, "greencards.expired", SYSTEM, "")
    return len(cards)


def _card(session: Session, pid: str, version: int, actor: Actor) -> GreenCard:
    return load(session, GreenCard, pid, version, where=access.card_visible_to(actor))


def _judge_again(card: GreenCard) -> None:
    """Judge by the project as it stands now, and keep the answer: a later change must show."""
    answer = eligibility.judge(
        card.kind, facts_of(card.project, card.industry_group, card.foreign_usd_wan), clock.today()
    )
    card.eligibility = eligibility.snapshot(answer)
    card.basis_version = str(card.eligibility["version"])


def _target(
    card: GreenCard, verb: str, facts: dict[str, Any], actor: Actor, *, level: str | None = None
) -> str:
    """Where the table leads from here, or what stands in the way. Asks for the reach, too.

    The caller sets the status last: an issued card must be complete whenever the session flushes.
    """
    acts = [(review.account_id, review.level) for review in card.reviews]
    message = eligibility.words(card.eligibility)
    facts |= {
        "another_person": not rules.acts_in_another_role(acts, actor.account_id, level or verb),
        "eligible": not message,
        "eligibility_words": message,
    }
    passage = lifecycle.check(CARD, card.status, verb, facts, actor=actor)
    require(actor, passage.step.permission, unit_id=card.unit_id)
    return passage.target


def _act(
    session: Session,
    card: GreenCard,
    level: str,
    passed: bool,
    actor: Actor,
    comment: str,
    doc_no: str = "",
) -> None:
    unit = session.get(Unit, actor.unit_id) if actor.unit_id else None
    card.reviews.append(
        CardReview(
            round=card.round or 1,
            level=level,
            passed=passed,
            account_id=actor.account_id,
            account_name=actor.name,
            unit_name=unit.name if unit else "",
            comment=comment,
            doc_no=doc_no,
        )
    )


def _done(session: Session, card: GreenCard, action: str, actor: Actor, reason: str) -> GreenCard:
    changes = audit.changes_of(card)
    for name in ("eligibility", "token"):
        changes.pop(name, None)
    session.flush()
    audit.record(
        action,
        KIND,
        card.id,
        actor=actor,
        label=_label(card),
        changes=changes,
        reason=reason,
    )
    touch(KIND, [card.id])
    return card


def _label(card: GreenCard) -> str:
    return card.card_no or card.project.label


def subject_of(card: GreenCard) -> Subject:
    """The card as follow-ups and tasks know it; a talk about it is a talk with its enterprise."""
    return Subject(KIND, card.id, _label(card), card.unit_id, None, speaking.spoken_with(card.enterprise_id))
