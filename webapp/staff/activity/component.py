"""What every record page shows of activity: who spoke when, open tasks, files, and all that happened."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from jinja2 import Environment
from markupsafe import Markup
from sqlalchemy.orm import Session

from core import files, guarded
from core.db import db
from core.files import Attachment
from core.permissions import Actor
from crm.activity import access, queries
from crm.activity.models import Task
from crm.activity.queries import Strand, Timeline, Words
from webapp.staff.activity.subjects import KINDS, kind_of
from webapp.web.acting import acting

SHORT, LONG, DEEPEST = 20, 200, 5000


def readable(session: Session, public_id: str, actor: Actor) -> tuple[Attachment, Any]:
    """A file and its record, when the reader may see the record. Raises NotFound otherwise."""
    found = files.get(session, public_id)
    return found, kind_of(found.kind).find(session, found.record_id, actor)


def timeline(
    kind: str,
    record_id: int,
    words: Words,
    around: Sequence[Strand] = (),
    hidden: frozenset[str] | None = None,
) -> Timeline:
    """All that happened to a record and to what belongs to it, as far as the address asks (`show`, `from`).

    `hidden`: the fields of this one record that the reader is not shown; else what he is not shown of the kind.
    """
    asked = request.args.get("show", "")
    show = asked if asked in ("follow", "change") else "all"
    start = min(request.args.get("from", 0, int), DEEPEST)
    limit = LONG if start > 0 else SHORT
    own = next((strand for strand in around if strand.kind == kind), Strand(kind, {}, words))
    whole = Strand(kind, {**own.records, record_id: None}, words, _hidden(kind) if hidden is None else hidden)
    others = [replace(strand, hidden=_hidden(strand.kind)) for strand in around if strand is not own]
    return queries.timeline(db.session(), [whole, *others], show=show, start=max(0, start), limit=limit)


def _hidden(kind: str) -> frozenset[str]:
    return guarded.hidden_in_history(acting(), kind)


def attachments(kind: str, record: Any) -> Markup:
    """The files of a record with thumbnails, and a button for who may add one."""
    actor = acting()
    may_add = actor.can(access.NOTE) and KINDS[kind].may_add(actor, record)
    html = render_template(
        "staff/activity/_files.html",
        rows=files.list_for(db.session(), kind, record.id),
        upload=url_for("activity.new_file", kind=kind, pid=record.public_id) if may_add else None,
    )
    return Markup(html)  # noqa: S704 - our own template


def work(kind: str, record: Any, tasks: Sequence[Task] | None = None, *, contact: bool = True) -> Markup:
    """Open tasks with the ways to add to them; `contact`: when it was last spoken about, and the next step.

    `tasks` where the page has read them already.
    """
    actor, known = acting(), KINDS[kind]
    adding = known.may_add(actor, record)
    ways = [
        (endpoint, permission)
        for endpoint, permission in (
            ("follow_up", access.FOLLOW),
            ("new_task", access.TASK),
            ("new_note", access.NOTE),
        )
        if adding and actor.can(permission)
    ]
    html = render_template(
        "staff/activity/_work.html",
        record=record,
        tasks=queries.tasks(db.session(), kind, record.id) if tasks is None else tasks,
        keeps_contact=contact and hasattr(record, "last_contact_on"),
        may_report=actor.can(access.TASK) and known.may(actor, record),
        kind=kind,
        **{
            endpoint: url_for(f"activity.{endpoint}", kind=kind, pid=record.public_id)
            for endpoint, _permission in ways
        },
    )
    return Markup(html)  # noqa: S704 - our own template


def init_app(environment: Environment) -> None:
    """Every record page writes `{{ work(kind, record) }}` and `{{ attachments(kind, record) }}`."""
    environment.globals.update(attachments=attachments, work=work)
