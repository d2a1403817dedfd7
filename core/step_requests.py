"""A step of a lifecycle that one person asks for and another approves, such as going back a stage.

The area says what may be asked (`core.lifecycle.ask`) and takes the step on approval (`core.lifecycle.check` with
`asked_by`); this module keeps who asked, for what and why, and who decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit, clock
from core.db import Base, Keyed, Versioned, load
from core.errors import Fault, Invalid, Missing, NotFound, NotPermitted, Refused
from core.i18n import lazy as _l
from core.lifecycle import Passage
from core.notify import notify, words
from core.permissions import Actor
from core.types import BIG, UtcDateTime

words("steps.asked", _l("%(who)s申请“%(step)s”：%(label)s，请审批。"))
words("steps.approved", _l("您申请的“%(step)s”已批准：%(label)s。"))
words("steps.refused", _l("您申请的“%(step)s”没有批准：%(label)s。%(note)s"))


class StepRequest(Keyed, Versioned, Base):
    """`given` is what was said with the step, as JSON keeps it; a record has at most one open request."""

    __tablename__ = "step_request"
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BIG)
    verb: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    given: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(12), default="open")
    requested_by: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"))
    requested_name: Mapped[str] = mapped_column(String(120))
    decided_by: Mapped[int | None] = mapped_column(BIG)
    decided_name: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("state IN ('open', 'approved', 'refused', 'withdrawn')", name="known_state"),
        CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="decided_by_another"),
        Index("ix_step_request_kind_record_id", "kind", "record_id"),
        Index(
            "uq_step_request_open", "kind", "record_id", unique=True,
            postgresql_where=text("state = 'open'"), sqlite_where=text("state = 'open'"),
        ),
    )  # fmt: skip


def make(
    session: Session,
    passage: Passage,
    *,
    kind: str,
    record_id: int,
    label: str,
    url: str,
    given: Mapping[str, Any],
    reason: str,
    approvers: Iterable[int],
    actor: Actor,
) -> StepRequest:
    """Keep what is asked for and tell those who may approve. Refused while another request is open."""
    if open_of(session, kind, record_id) is not None:
        raise Refused([Missing(None, "open", _l("已经有一份申请在等批准，请先等结果或撤回。"))])
    made = StepRequest(
        kind=kind, record_id=record_id, verb=passage.step.verb, label=str(passage.step.label),
        source=passage.source, target=passage.target, reason=reason.strip(), given=dict(given),
        requested_by=actor.account_id, requested_name=actor.name,
    )  # fmt: skip
    session.add(made)
    session.flush()
    changes = {"step": (None, made.verb), "source": (None, made.source), "target": (None, made.target)}
    audit.record(
        "steps.asked", kind, record_id, actor=actor, label=label, changes=changes, reason=made.reason
    )
    params = {"who": actor.name, "step": made.label, "label": label}
    notify(session, set(approvers) - {actor.account_id}, "steps.asked", params, url)
    return made


def opened(session: Session, public_id: str, kind: str, record_id: int, version: int | None) -> StepRequest:
    """The open request of a record. Raises NotFound for another record's, Refused when it is decided."""
    found = load(session, StepRequest, public_id, version)
    if (found.kind, found.record_id) != (kind, record_id):
        raise NotFound()
    if found.state != "open":
        raise Refused([Missing(None, "closed", _l("这份申请已经办完。"))])
    return found


def decide(
    session: Session, request: StepRequest, approve: bool, note: str, *, label: str, url: str, actor: Actor
) -> None:
    """Note the decision and tell who asked. Nobody decides what he asked for himself."""
    if actor.account_id == request.requested_by:
        raise NotPermitted(_l("自己申请的要由另一个人批准。"))
    if not approve and len(note.strip()) < 4:
        raise Invalid(Fault("note", "required", _l("不批准要写明原因。")))
    request.state = "approved" if approve else "refused"
    request.decided_by, request.decided_name = actor.account_id, actor.name
    request.decided_at, request.note = clock.now(), note.strip()
    session.flush()
    changes = {"step": (None, request.verb), "requested_name": (None, request.requested_name)}
    action = f"steps.{request.state}"
    audit.record(
        action,
        request.kind,
        request.record_id,
        actor=actor,
        label=label,
        changes=changes,
        reason=request.note,
    )
    params = {"step": request.label, "label": label, "note": request.note}
    notify(session, [request.requested_by], action, params, url)


def withdraw(session: Session, request: StepRequest, *, label: str, actor: Actor) -> None:
    """Whoever asked takes it back."""
    if actor.account_id != request.requested_by:
        raise NotPermitted()
    request.state = "withdrawn"
    session.flush()
    changes = {"step": (None, request.verb)}
    audit.record(
        "steps.withdrawn", request.kind, request.record_id, actor=actor, label=label, changes=changes
    )


def open_of(session: Session, kind: str, record_id: int) -> StepRequest | None:
    statement = select(StepRequest).where(
        StepRequest.kind == kind, StepRequest.record_id == record_id, StepRequest.state == "open"
    )
    return session.scalars(statement).first()


def open_ones(session: Session, kind: str, limit: int) -> Sequence[StepRequest]:
    """The open requests about a kind of record, the oldest first."""
    statement = select(StepRequest).where(StepRequest.kind == kind, StepRequest.state == "open")
    return session.scalars(statement.order_by(StepRequest.id).limit(limit)).all()
