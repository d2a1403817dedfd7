"""Reads of versions with a shape: every one in turn, those of one standard, the trial over all records."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.criteria.models import RuleVersion
from core.jobs.models import Job

Rows = dict[tuple[str, str], list[RuleVersion]]


def by_standard(session: Session) -> Rows:
    """All versions by book and standard, in the order in which they come into force."""
    rows: Rows = {}
    for row in session.scalars(select(RuleVersion).order_by(RuleVersion.effective_from, RuleVersion.id)):
        rows.setdefault((row.book, row.standard), []).append(row)
    return rows


def of_standard(session: Session, book: str, standard: str) -> Sequence[RuleVersion]:
    """The versions of one standard, the newest first."""
    statement = select(RuleVersion).where(RuleVersion.book == book, RuleVersion.standard == standard)
    return session.scalars(statement.order_by(RuleVersion.id.desc())).all()


def trial_of(session: Session, row: RuleVersion) -> Job | None:
    """The job that tries a version on all records, if one was begun."""
    return session.get(Job, row.dry_run_job_id) if row.dry_run_job_id else None
