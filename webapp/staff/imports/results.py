"""What the pages of a dry run and of work under way show."""

from datetime import datetime
from typing import Any, Final

from flask import url_for

from core import clock
from core.db import db
from core.imports import access, choosing, differing, queries, rows_listing, undoing
from core.imports.columns import FAMILY_LABELS
from core.imports.handlers import handler_for
from core.imports.models import Import
from core.lists.spec import ListSpec
from webapp.staff.imports.forms import ConfirmForm
from webapp.web import lists
from webapp.web.acting import acting

PACE_SECONDS: Final = 5
"""After so long a run's pace says something."""


def rows_of(record: Import, spec: ListSpec, action: str, path: str = "") -> lists.OpenList:
    """The rows of which the dry run said this, a page of them."""
    within = {"import": (str(record.id),), "kind": (action,)}
    return lists.open_list(spec, within=within, path=path or url_for(".show", pid=record.public_id))


def dry_run(record: Import) -> dict[str, Any]:
    """What the page of the dry run shows: counts, a page of faulty rows, a page of undecided ones."""
    session, handler = db.session(), handler_for(record.kind)
    counts = queries.counts(session, record)
    families = [(key, count) for key, count in counts.cells.items() if count]
    faulty = rows_of(record, rows_listing.FAULTS, "fault")
    columns = queries.shown_columns(record)
    faulty_keys = {fault[0] for row in faulty.page.rows for fault in row.faults or []}
    shown = [each for place, each in enumerate(columns) if place < 5 or each[0] in faulty_keys]
    return {
        "record": record,
        "handler": handler,
        "counts": counts,
        "cells": (cells := choosing.by_column(session, record)),
        "changed_cells": sum(each.changed for each in cells.values()),
        "open_cells": sum(each.open for each in cells.values()),
        "choosable": differing.choosable(handler),
        "labels": {column.key: column.label for column in handler.columns},
        "undo_days": undoing.days(session),
        "others": queries.others(session, record),
        "conversions": queries.conversions(record),
        "families": families,
        "family": faulty.state.one("family"),
        "family_labels": FAMILY_LABELS,
        "faulty": faulty,
        "asked": rows_of(record, rows_listing.ROWS, "ask"),
        "left_out": rows_of(record, rows_listing.ROWS, "skip") if counts.skip else None,
        "columns": shown,
        "letters": queries.letters(record),
        "codes": [column.key for column in handler.columns if column.family == "code"],
        "form": ConfirmForm(version=record.version),
        "may_change": access.can_change(acting(), record),
    }


def under_way(record: Import) -> dict[str, Any]:
    """How far a dry run, a run or an undo is, and for how long it may still go on."""
    job = queries.job_of(db.session(), record)
    checks, undoes = record.state == "checking", record.state == "undoing"
    done, total = record.done, record.total
    if checks:
        done, total = (job.progress_done, job.progress_total) if job else (0, 0)
    elif undoes:
        done, total = undoing.taken_back(record), record.created + record.updated
    return {
        "record": record,
        "checks": checks,
        "undoes": undoes,
        "done": done,
        "total": total,
        "minutes": None if checks or undoes else minutes_left(record.started_at, done, total),
        "stopping": job is not None and job.cancel_asked,
        "waiting": job is not None and job.state == "queued",
        "retrying": job is not None and job.state == "queued" and job.attempts > 0,
        "may_change": access.can_change(acting(), record),
        "handler": handler_for(record.kind),
    }


def minutes_left(since: datetime | None, done: int, total: int) -> int | None:
    """Whole minutes that a run may still take, at its pace so far; None while that says nothing."""
    gone = (clock.now() - since).total_seconds() if since else 0.0
    return None if gone < PACE_SECONDS or not done else round(gone * (total - done) / done / 60)
