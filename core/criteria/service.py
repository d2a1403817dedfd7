"""Verbs of the versions of standards and sheets. They never commit; every one leaves an audit row."""

from datetime import date
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, settings
from core import lifecycle as lc
from core.criteria import sheets, store
from core.criteria.lifecycle import CONFIRM, DRAFT, VERSION
from core.criteria.model import Library, Version, parts
from core.criteria.models import RuleVersion
from core.db import load
from core.errors import Fault, Invalid, NotFound
from core.i18n import _
from core.i18n import lazy as _l
from core.jobs.models import Job
from core.jobs.service import enqueue
from core.permissions import Actor, require

KIND = "rule_version"
DRY_RUN = "criteria.dry_run"


def draft(
    session: Session, book: str, standard: str, *, based_on: str | None, effective_from: date, actor: Actor
) -> RuleVersion:
    """Begin a new version, as a copy of another one or with nothing in it."""
    require(actor, DRAFT)
    if standard not in standards_of(book):
        raise NotFound()
    pattern = find(session, based_on) if based_on else None
    row = RuleVersion(
        book=book, standard=standard, code=_free_code(session, book, standard, effective_from), state="draft",
        effective_from=effective_from, effective_to=None,
        body=dict(pattern.body) if pattern else _empty(book), based_on_id=pattern.id if pattern else None,
        drafted_by=actor.account_id, drafted_by_name=actor.name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _note(row, "criteria.drafted", actor, {"based_on": (None, pattern.code if pattern else None)})
    return row


def standards_of(book: str) -> dict[str, Any]:
    """Code → name of what has versions in a book; a sheet is its own only one. Empty for an unknown book."""
    if sheet := sheets.find(book):
        return {sheet.code: sheet.label}
    if book not in {each.code for each in store.books()}:
        return {}
    return {each.code: each.name for each in store.shipped(book).standards}


def _empty(book: str) -> dict[str, Any]:
    """What a version begins with that is based on none: nothing, or what the sheet ships with."""
    sheet = sheets.find(book)
    return {"rule": None} if sheet is None else dict(sheet.shipped()[-1][2])


def _free_code(session: Session, book: str, standard: str, day: date) -> str:
    """`srdi_sme_2026`, or with a number behind it where that is taken."""
    taken = set(
        session.scalars(
            select(RuleVersion.code).where(RuleVersion.book == book, RuleVersion.standard == standard)
        )
    )
    base = f"{standard}_{day.year}"
    return next(code for code in (base, *(f"{base}_{n}" for n in range(2, 1000))) if code not in taken)


def find(session: Session, public_id: str) -> RuleVersion:
    found = session.scalars(select(RuleVersion).where(RuleVersion.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def edit(
    session: Session, public_id: str, values: dict[str, Any], *, version: int | None, actor: Actor
) -> RuleVersion:
    """Change a draft: `body`, `effective_from`, `effective_to`, `reason`. What contradicts itself is kept and named."""
    require(actor, DRAFT)
    row = load(session, RuleVersion, public_id, version)
    lc.ensure_open(VERSION, row.state)
    if "effective_from" in values and values["effective_from"] is None:
        raise Invalid(Fault("effective_from", "required", _l("请填生效日。")))
    end = values.get("effective_to", row.effective_to)
    if end is not None and end < values.get("effective_from", row.effective_from):
        raise Invalid(Fault("effective_to", "order", _l("失效日不能早于生效日。")))
    for name, value in values.items():
        setattr(row, name, value)
    if "body" in values:
        row.dry_run_job_id = None
    row.updated_at = clock.now()
    session.flush()
    _note(row, "criteria.edited", actor, audit.changes_of(row))
    return row


def take(
    session: Session, public_id: str, verb: str, *, reason: str = "", version: int | None, actor: Actor
) -> RuleVersion:
    """Submit, publish, send back or drop. Raises Refused with everything that is missing."""
    row = load(session, RuleVersion, public_id, version)
    passage = lc.check(VERSION, row.state, verb, facts_of(session, row, reason, actor), actor=actor)
    before, row.state = row.state, passage.target
    if verb == "submit":
        row.submitted_by, row.reason = actor.account_id, reason.strip()
    else:
        row.decided_by, row.decided_by_name, row.decided_note = actor.account_id, actor.name, reason.strip()
        row.decided_at = clock.now()
    session.flush()
    audit.changes_of(row)
    if verb == "publish" and sheets.find(row.book) is None:
        store.forget(session)
        _whole(row)
    changes = {"state": (before, row.state), "effective_from": (None, row.effective_from)}
    _note(row, f"criteria.{verb}", actor, changes, reason=reason.strip())
    return row


def facts_of(session: Session, row: RuleVersion, reason: str, actor: Actor) -> dict[str, Any]:
    """What the steps of a version ask for."""
    tried = session.get(Job, row.dry_run_job_id) if row.dry_run_job_id else None
    return {
        "reason": reason, "effective_from": row.effective_from, "today": clock.today(), "actor_id": actor.account_id,
        "submitted_by": row.submitted_by, "drafted_by": row.drafted_by, "fault": fault_of(row),
        "tried": tried is not None and tried.state == "done",
    }  # fmt: skip


_FAULTS: Final = (
    ("do not cover every value", _l("有一项的分档没有覆盖全部数值：最低一档不填下限，最高一档不填上限。")),
    ("leave a gap or overlap", _l("有一项的分档之间有空档或重叠：上一档的上限要等于下一档的下限。")),
    ("impossible or empty", _l("有一组要求满足的条数比条件还多。")),
    ("knows no category", _l("评分里有一类没有任何指标。")),
    ("at least 1 item", _l("有一组还没有条件。")),
    ("compares", _l("有一条的门槛与指标的类型对不上。")),
    ("overlap", _l("与另一版的生效期重叠。")),
)


def fault_of(row: RuleVersion) -> str:
    """What contradicts itself in a version, in one sentence; empty when nothing does."""
    if sheet := sheets.find(row.book):
        return sheet.fault(row)
    if row.body.get("rule") is None:
        return str(_("还没有任何条件。"))
    try:
        _whole(row)
    except ValidationError as error:
        said = " ".join(str(each["msg"]) for each in error.errors())
        return str(
            next((words for part, words in _FAULTS if part in said), _l("这一版前后矛盾，请检查各项。"))
        )
    return ""


def _whole(row: RuleVersion) -> Library:
    """The book with this version alone in its standard."""
    return store.assembled(row.book, [row])


def version_in(row: RuleVersion) -> Version:
    return store.version_of(row)


def try_out(session: Session, public_id: str, *, version: int | None, actor: Actor) -> Job:
    """Queue the dry run of a draft over everybody; its result belongs to the text as it stands now."""
    require(actor, DRAFT)
    row = load(session, RuleVersion, public_id, version)
    if fault := fault_of(row):
        raise Invalid(Fault(None, "contradicts_itself", fault))
    title = _("试算：%(code)s", code=row.code)
    job = enqueue(session, DRY_RUN, {"version": row.public_id}, actor=actor, title=title)
    row.dry_run_job_id = job.id
    session.flush()
    audit.changes_of(row)
    _note(row, "criteria.tried", actor, {})
    return job


def confirm(session: Session, line_ids: list[str], *, source: str, actor: Actor) -> None:
    """Say that lines of source M were compared with the text; from now on they bind. Lines bind by their id."""
    require(actor, CONFIRM)
    if len(source.strip()) < 4:
        raise Invalid(Fault("source", "required", _l("请写明核对的原文：文号、条款或网址。")))
    known = {
        part.id
        for book in store.books()
        for standard in store.library(book.code).standards
        for version in standard.versions
        for part in (parts(version.rule) if version.rule else ())
        if part.source == "M"
    }
    chosen = [line for line in dict.fromkeys(line_ids) if line in known]
    if not chosen:
        raise Invalid(Fault("lines", "nothing", _l("请先选要确认的条目。")))
    before = store.confirmed(session)
    after = sorted({*before, *chosen})
    settings.put(session, store.CONFIRMED, after, actor=actor)
    audit.record(
        "criteria.confirmed", KIND, 0, actor=actor, label="、".join(chosen), reason=source.strip(),
        changes={"confirmed": (before, after)},
    )  # fmt: skip


def _note(
    row: RuleVersion, action: str, actor: Actor, changes: dict[str, tuple[Any, Any]], *, reason: str = ""
) -> None:
    label = f"{(sheets.find(row.book) or store.book(row.book)).label} {row.code}"
    audit.record(action, KIND, row.id, actor=actor, label=label, changes=changes, reason=reason)
