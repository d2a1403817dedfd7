"""The roster, what was entered for assessments, and evaluations go with their enterprise.

An enterprise stands in one pool: of two entries one must be left first.
"""

from typing import Any

from sqlalchemy import ColumnElement

from core.i18n import lazy as _l
from crm.cultivation.models import AssessmentInput, Evaluation, RosterEntry
from crm.cultivation.roster import KIND
from crm.enterprises.duplicates.moving import Mover, register


def _open() -> ColumnElement[bool]:
    clause: ColumnElement[bool] = RosterEntry.left_on.is_(None)
    return clause


def _words(entry: Any) -> tuple[str, str]:
    return f"{entry.enterprise.name} · {entry.pool.name}", f"/cultivation/{entry.public_id}"


MOVERS = register(
    Mover(
        "roster", _l("培优名录"), RosterEntry, alone=_open, words=_words, also=("open_enterprise_id",),
        subject=KIND, order=37,
    ),
    Mover("assessment", _l("评估填报"), AssessmentInput, unique=("metric", "year"), order=38),
    Mover("evaluation", _l("评估结果"), Evaluation, order=39),
)  # fmt: skip
