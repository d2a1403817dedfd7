"""Versions of a map: submitted, published and frozen, revised, archived; read back and compared (DOMAIN 4)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import access, exchange, lifecycle, queries
from chains.comparing import Firm
from chains.models import Chain, ChainVersion
from chains.service import KIND
from core import audit, clock, notify
from core import lifecycle as lc
from core.accounts.models import Account
from core.db import load
from core.dirty import touch
from core.errors import NotFound
from core.i18n import lazy as _l
from core.permissions import Actor

notify.words("chains.published", _l("图谱“%(name)s”第 %(number)s 版已发布。"), _l("送审的图谱有了结果"))
notify.words(
    "chains.sent_back", _l("图谱“%(name)s”第 %(number)s 版被退回：%(reason)s"), _l("送审的图谱被退回")
)


def take(
    session: Session,
    public_id: str,
    verb: str,
    *,
    version: int | None,
    reason: str = "",
    as_of: date | None = None,
    firms: Sequence[Firm] = (),
    actor: Actor,
) -> Chain:
    """Submit, publish, send back, revise, archive or reopen. `firms` stand on the nodes as it is published."""
    chain = load(session, Chain, public_id, version, where=access.visible_to(actor))
    found = queries.load_map(session, chain)
    facts = {"nodes": len(found.nodes), "reason": reason, "as_of": as_of}
    passage = lc.check(lifecycle.MAP, chain.status, verb, facts, actor=actor)
    submitter = chain.submitted_by
    chain.status, chain.status_note = passage.target, reason.strip()[:300]
    chain.submitted_by = (actor.account_id or None) if verb == "submit" else None
    if verb == "publish":
        chain.as_of = as_of
        _freeze(session, found, firms, actor)
    if verb == "revise" or (verb == "reopen" and _is_frozen(session, chain)):
        chain.number += 1
    session.flush()
    audit.record(
        f"chains.{verb}", KIND, chain.id, actor=actor, label=f"{chain.name} {chain.number}",
        changes={"status": (passage.source, chain.status)}, reason=reason.strip(),
    )  # fmt: skip
    touch(KIND, [chain.id])
    _tell(session, chain, verb, submitter, actor)
    return chain


def _tell(session: Session, chain: Chain, verb: str, submitter: int | None, actor: Actor) -> None:
    """Whoever submitted hears what came of it."""
    codes = {"publish": "chains.published", "send_back": "chains.sent_back"}
    if verb in codes and submitter and submitter != actor.account_id:
        told = {"name": chain.name, "number": chain.number, "reason": chain.status_note}
        notify.notify(session, [submitter], codes[verb], told, f"/chains/{chain.public_id}")


def _freeze(session: Session, found: queries.Map, firms: Sequence[Firm], actor: Actor) -> None:
    frozen = ChainVersion(
        chain_id=found.chain.id,
        number=found.chain.number,
        as_of=found.chain.as_of,
        content=exchange.write(queries.draft_of(found)),
        firms=[asdict(firm) for firm in firms],
        published_by=actor.account_id or None,
        published_at=clock.now(),
    )
    session.add(frozen)


def _is_frozen(session: Session, chain: Chain) -> bool:
    statement = select(ChainVersion.id).where(
        ChainVersion.chain_id == chain.id, ChainVersion.number == chain.number
    )
    return session.scalar(statement) is not None


def listed(session: Session, chain: Chain) -> list[Any]:
    """Number, day and counts of every published version, the latest first; content is not read."""
    statement = (
        select(ChainVersion.number, ChainVersion.as_of, ChainVersion.published_at, Account.name)
        .outerjoin(Account, Account.id == ChainVersion.published_by)
        .where(ChainVersion.chain_id == chain.id)
        .order_by(ChainVersion.number.desc())
    )
    return list(session.execute(statement))


def frozen(session: Session, chain: Chain, number: int) -> tuple[exchange.ChainDraft, list[Firm]]:
    """A published version as it was frozen. Raises NotFound."""
    row = session.scalars(
        select(ChainVersion).where(ChainVersion.chain_id == chain.id, ChainVersion.number == number)
    ).one_or_none()
    draft = exchange.read(row.content)[0] if row is not None else None
    if row is None or draft is None:
        raise NotFound()
    return draft, [Firm(**firm) for firm in row.firms]
