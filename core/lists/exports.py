"""Exports: asked for with a purpose, approved by a second person where they are large; `export_files` makes them.

The file is for the person who asked, for a day; every step is audited. Rights are asked again when the file is made.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, settings
from core.db import load
from core.errors import Fault, Invalid, NotFound, NotPermitted
from core.i18n import lazy as _l
from core.jobs import service as jobs
from core.jobs.models import Job
from core.lists import reading, sealed_zip
from core.lists.export_models import Export
from core.lists.query import ListQuery
from core.lists.spec import ListSpec, known
from core.notify import notify, words
from core.permissions import Actor, require

JOB = "lists.export"
KIND = "export"
APPROVE = "lists:export:approve"
SETTING = "export_rows_without_approval"
ROWS_WITHOUT_APPROVAL = 5000
MOST_SETTING = "export_rows_at_most"
ROWS_AT_MOST = 1_000_000
"""What one sheet of a workbook holds, less its heading and foot."""

words("export_wanted", _l("%(name)s 申请导出“%(title)s”，行数较多，要您审批。"), _l("导出审批"))
words("export_decided", _l("“%(title)s”的导出申请有了结果：%(decision)s。"), _l("导出结果"))


def limit(session: Session) -> int:
    """Up to so many rows nobody else has to agree."""
    found = settings.get(session, SETTING, ROWS_WITHOUT_APPROVAL)
    return found if isinstance(found, int) and found >= 0 else ROWS_WITHOUT_APPROVAL


def most(session: Session) -> int:
    """No file has more rows than this, whoever agrees."""
    found = settings.get(session, MOST_SETTING, ROWS_AT_MOST)
    return min(found, ROWS_AT_MOST) if isinstance(found, int) and found > 0 else ROWS_AT_MOST


def count(session: Session, spec: ListSpec, query: ListQuery, *, actor: Actor) -> tuple[int, bool]:
    """(rows that the file would have, whether there are more than any file may have)."""
    return reading.count(session, spec, query, actor=actor, cap=most(session))


def ask(
    session: Session,
    spec: ListSpec,
    *,
    query: str,
    columns: Sequence[str],
    heading: Mapping[str, Any],
    file_type: str,
    purpose: str,
    wanted: int,
    too_many: bool = False,
    sealed: bool = False,
    approvers: Sequence[int] = (),
    actor: Actor,
) -> Export:
    """Ask for a file. Up to the limit it is made at once, beyond it one of `approvers` must agree; they are told.

    `sealed` puts it in an encrypted zip, whose password is drawn here and shown to the person who asked alone.
    """
    permitted(spec, actor)
    _sound(session, purpose, too_many)
    made = Export(
        list_key=spec.key,
        title=str(heading["title"])[:120],
        file_type=file_type,
        query=query,
        columns=list(columns),
        heading=dict(heading),
        purpose=purpose.strip(),
        as_of=clock.today(),
        account_id=actor.account_id,
        wanted=wanted,
        password=sealed_zip.draw_password() if sealed else "",
        state="asked" if wanted > limit(session) else "queued",
    )
    session.add(made)
    session.flush()
    audited("lists.export_asked", made, actor, reason=made.purpose)
    _send_on(session, made, approvers, actor)
    return made


def _send_on(session: Session, made: Export, approvers: Sequence[int], actor: Actor) -> None:
    if made.state == "queued":
        _enqueue(session, made, actor)
    else:
        params = {"name": actor.name, "title": made.title}
        notify(session, approvers, "export_wanted", params, f"/lists/exports/{made.public_id}")


def _sound(session: Session, purpose: str, too_many: bool) -> None:
    if len(purpose.strip()) < 4:
        raise Invalid(Fault("purpose", "too_short", _l("请写明导出来做什么用，至少 4 个字。")))
    if too_many:
        message = _l("一个文件最多 %(most)s 行，请先加条件缩小范围。", most=most(session))
        raise Invalid(Fault("purpose", "too_many", message))


def permitted(spec: ListSpec, actor: Actor) -> None:
    """Raises NotPermitted unless the list can be taken out and this person may do so."""
    if not spec.export or not spec.permission:
        raise NotPermitted()
    require(actor, spec.permission)
    require(actor, spec.export)


def _enqueue(session: Session, made: Export, actor: Actor) -> None:
    owner = Actor(made.account_id, actor.name, "staff") if made.account_id != actor.account_id else actor
    job = jobs.enqueue(session, JOB, {"export_id": made.id}, actor=owner, queue="documents", title=made.title)
    made.job_id = job.id


def may_decide(actor: Actor, made: Export) -> bool:
    """A second person who may approve, and who could take this list out himself."""
    spec = known(made.list_key)
    return (
        made.state == "asked"
        and made.account_id != actor.account_id
        and actor.can(APPROVE)
        and spec is not None
        and actor.can(spec.permission)
        and actor.can(spec.export)
    )


def decide(
    session: Session, public_id: str, *, agreed: bool, note: str, version: int, actor: Actor
) -> Export:
    """Approve or refuse. Nobody approves his own; a decision is made once."""
    made = load(session, Export, public_id, version)
    if not may_decide(actor, made):
        raise NotPermitted()
    if not agreed and not note.strip():
        raise Invalid(Fault("note", "required", _l("不同意要写明理由。")))
    made.decided_by, made.decided_at, made.decision = actor.account_id, clock.now(), note.strip()
    made.state = "queued" if agreed else "refused"
    audited("lists.export_approved" if agreed else "lists.export_refused", made, actor, reason=made.decision)
    if agreed:
        _enqueue(session, made, actor)
    decision = str(_l("同意") if agreed else _l("不同意"))
    notify(
        session, [made.account_id], "export_decided", {"title": made.title, "decision": decision},
        f"/lists/exports/{made.public_id}", event=f"export:{made.id}",
    )  # fmt: skip
    return made


def get(session: Session, public_id: str, *, actor: Actor) -> Export:
    """One's own export, or one that waits for one's approval or was decided by one."""
    made = session.scalars(select(Export).where(Export.public_id == public_id)).one_or_none()
    if made is None or not concerns(made, actor):
        raise NotFound()
    return made


def concerns(made: Export, actor: Actor) -> list[Any]:
    """Why an export is this actor's to read, in words; nothing when it is not."""
    because = (
        (actor.account_id == made.account_id, _l("由您申请")),
        (actor.account_id == made.decided_by, _l("由您审批过")),
        (may_decide(actor, made), _l("等您审批")),
    )
    return [words for holds, words in because if holds]


def mine(session: Session, *, actor: Actor, count: int = 50) -> list[Export]:
    return list(
        session.scalars(
            select(Export)
            .where(Export.account_id == actor.account_id)
            .order_by(Export.id.desc())
            .limit(count)
        )
    )


def waiting(session: Session, *, actor: Actor, count: int = 50) -> list[Export]:
    """What this person may approve, the oldest first."""
    if not actor.can(APPROVE):
        return []
    rows = session.scalars(select(Export).where(Export.state == "asked").order_by(Export.asked_at).limit(200))
    return [made for made in rows if may_decide(actor, made)][:count]


def job_of(session: Session, made: Export) -> Job | None:
    return session.get(Job, made.job_id) if made.job_id else None


def audited(
    action: str,
    made: Export,
    actor: Actor,
    *,
    reason: str = "",
    changes: dict[str, tuple[Any, Any]] | None = None,
) -> None:
    """One audit row about an export."""
    audit.record(
        action,
        KIND,
        made.id,
        actor=actor,
        label=f"{made.title} {made.wanted}",
        reason=reason,
        changes=changes,
    )
