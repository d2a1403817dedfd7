"""On what new thresholds of the maps are tried: every end node, seen from the home that is set."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from chains import queries, thresholds, words
from chains.models import Chain, ChainNode
from chains.thresholds import Thresholds
from core.criteria import sheets
from core.permissions import SYSTEM
from crm.enterprises import coverage, homes

Subject = tuple[int, str, str]
FOUND = 20
LABELS: Final = {
    state: (label, tone)
    for (state, label), tone in zip(words.STATES.items(), ("ok", "info", "warn", "late"), strict=True)
}


def _ends() -> Any:
    below = aliased(ChainNode)
    return (
        select(ChainNode.id, ChainNode.public_id, Chain.name, ChainNode.code, ChainNode.name)
        .join(Chain, Chain.id == ChainNode.chain_id)
        .where(~select(below.id).where(below.parent_id == ChainNode.id).exists())
        .order_by(ChainNode.id)
    )


def _named(session: Session, statement: Any) -> list[Subject]:
    return [(row[0], row[1], f"{row[2]} {row[3]} {row[4]}") for row in session.execute(statement)]


def subjects(session: Session, after: int, limit: int) -> Sequence[Subject]:
    return _named(session, _ends().where(ChainNode.id > after).limit(limit))


def find(session: Session, text: str) -> Sequence[Subject]:
    """End nodes by a part of their name, or by their code."""
    called = ChainNode.name.contains(text, autoescape=True) | (ChainNode.code == text)
    return _named(session, _ends().where(called).limit(FOUND))


def outcomes(session: Session, ids: Sequence[int], version: Thresholds, _day: date) -> Mapping[int, str]:
    """What the numbers say of the nodes; states that a person has set are left out of it."""
    chains = list(session.scalars(select(ChainNode.chain_id).where(ChainNode.id.in_(ids)).distinct()))
    maps = queries.maps(session, actor=SYSTEM, ids=chains)
    reports = coverage.reports(session, maps, homes.locate(session), rule=version)
    asked = frozenset(ids)
    return {
        node.id: report.nodes[node.code].judged.value
        for found, report in zip(maps, reports, strict=True)
        for node in found.nodes
        if node.id in asked
    }


sheets.try_on(thresholds.SHEET.code, sheets.Trial(LABELS, subjects, find, outcomes))
