"""Editing the draft of a map step by step, with undo and redo. Verbs never commit."""

from collections.abc import Callable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chains import access, lifecycle, queries, writing
from chains.comparing import difference, patched
from chains.exchange import ChainDraft
from chains.models import Chain, ChainEdit
from chains.service import KIND, NODE_KIND
from core import audit
from core import lifecycle as lc
from core.db import load
from core.dirty import touch
from core.errors import Conflict, Missing, Refused
from core.i18n import lazy as _l
from core.permissions import Actor, require

Change = Callable[[ChainDraft], ChainDraft]
_KEPT = 200
"""Steps that can be undone; older ones are forgotten."""


def open_draft(session: Session, public_id: str, version: int | None, *, actor: Actor) -> queries.Map:
    """The map for changing it. Raises Conflict, or Refused while it is not a draft."""
    require(actor, access.EDIT)
    chain = load(session, Chain, public_id, version, where=access.visible_to(actor))
    lc.ensure_open(lifecycle.MAP, chain.status)
    return queries.load_map(session, chain)


def edit(
    session: Session,
    public_id: str,
    change: Change,
    *,
    label: str,
    version: int | None = None,
    seen: tuple[str, int | None] = ("", None),
    actor: Actor,
) -> bool:
    """Take one step; False when it changes nothing. What was undone before cannot be redone after it.

    `seen` is a node's code and version as the form was opened: Conflict when somebody changed that node since.
    Steps on other nodes do not disturb each other.
    """
    found = open_draft(session, public_id, version, actor=actor)
    node = found.by_code.get(seen[0])
    if node is not None and seen[1] is not None and node.version != seen[1]:
        raise Conflict(present=node)
    before = queries.draft_of(found)
    after = change(before)
    what = difference(before, after)
    if not what:
        return False
    _write(session, found, after)
    mine = (ChainEdit.chain_id == found.chain.id, ChainEdit.number == found.chain.number)
    session.execute(delete(ChainEdit).where(*mine, ChainEdit.undone.is_(True)))
    session.add(
        ChainEdit(
            chain_id=found.chain.id, number=found.chain.number, label=label[:200], change=what,
            account_id=actor.account_id or None,
        )
    )  # fmt: skip
    session.flush()
    _forget_old(session, found.chain)
    audit.record(
        "chains.edited", KIND, found.chain.id, actor=actor, label=f"{found.chain.name} {label}"[:200]
    )
    return True


def _write(session: Session, found: queries.Map, after: ChainDraft) -> None:
    touched = writing.rewrite(session, found, after)
    session.flush()
    touch(KIND, [found.chain.id])
    touch(NODE_KIND, touched)


def _forget_old(session: Session, chain: Chain) -> None:
    oldest = session.scalars(
        select(ChainEdit.id)
        .where(ChainEdit.chain_id == chain.id)
        .order_by(ChainEdit.id.desc())
        .offset(_KEPT)
        .limit(1)
    ).first()
    if oldest is not None:
        session.execute(delete(ChainEdit).where(ChainEdit.chain_id == chain.id, ChainEdit.id <= oldest))


def steps(session: Session, chain: Chain) -> tuple[ChainEdit | None, ChainEdit | None]:
    """(what undo would take back, what redo would do again) in the present version."""
    mine = (ChainEdit.chain_id == chain.id, ChainEdit.number == chain.number)
    done = select(ChainEdit).where(*mine, ChainEdit.undone.is_(False)).order_by(ChainEdit.id.desc()).limit(1)
    taken = select(ChainEdit).where(*mine, ChainEdit.undone.is_(True)).order_by(ChainEdit.id).limit(1)
    return session.scalars(done).first(), session.scalars(taken).first()


def undo(session: Session, public_id: str, step_pid: str, *, actor: Actor, redo: bool = False) -> str:
    """Take the last step back, or do it again; its label.

    Raises Refused unless `step_pid` still is the one that comes next: nobody takes back a step he has not seen.
    """
    found = open_draft(session, public_id, None, actor=actor)
    step = steps(session, found.chain)[1 if redo else 0]
    if step is None or step.public_id != step_pid:
        message = _l("这一步已经不是最近的一步：别人又改过，或已经撤销。请看清现在的图谱再试。")
        raise Refused([Missing(None, "no_step", message)])
    _write(session, found, patched(queries.draft_of(found), step.change, backwards=not redo))
    step.undone = not redo
    session.flush()
    action = "chains.redone" if redo else "chains.undone"
    audit.record(action, KIND, found.chain.id, actor=actor, label=f"{found.chain.name} {step.label}"[:200])
    return step.label
