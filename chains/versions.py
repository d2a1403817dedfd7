"""Versions of a map: submitted, published and frozen, revised, archived; read back and compared (DOMAIN 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import access, exchange, lifecycle, queries
from chains.comparing import Firm
from chains.models import Chain, ChainNode, ChainOffice, ChainVersion, NodeOverride
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
    purchases: Sequence[Sequence[Any]] = (),
    actor: Actor,
) -> Chain:
    """Submit, publish, send back, revise, archive or reopen.

    `firms` stand on the nodes as it is published, `purchases` is what their local supply rate follows from.
    """
    chain = load(session, Chain, public_id, version, where=access.visible_to(actor))
    found = queries.load_map(session, chain)
    facts = {"reason": reason, "as_of": as_of, **facts_of(found, actor)}
    passage = lc.check(lifecycle.MAP, chain.status, verb, facts, actor=actor)
    submitter = chain.submitted_by
    chain.status, chain.status_note = passage.target, reason.strip()[:300]
    chain.submitted_by = (actor.account_id or None) if verb == "submit" else None
    if verb == "publish":
        chain.as_of = as_of
        _freeze(session, found, firms, {"purchases": list(purchases)}, actor)
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


def facts_of(found: queries.Map, actor: Actor) -> dict[str, Any]:
    """What the guards of the lifecycle ask of a map; `own_request` when the actor handed it in himself."""
    submitter = found.chain.submitted_by
    own = submitter is not None and submitter == actor.account_id
    return {"nodes": len(found.nodes), "own_request": own}


def _tell(session: Session, chain: Chain, verb: str, submitter: int | None, actor: Actor) -> None:
    """Whoever submitted hears what came of it."""
    codes = {"publish": "chains.published", "send_back": "chains.sent_back"}
    if verb in codes and submitter and submitter != actor.account_id:
        told = {"name": chain.name, "number": chain.number, "reason": chain.status_note}
        notify.notify(session, [submitter], codes[verb], told, f"/chains/{chain.public_id}")


def _freeze(
    session: Session, found: queries.Map, firms: Sequence[Firm], told: Mapping[str, Any], actor: Actor
) -> None:
    frozen = ChainVersion(
        chain_id=found.chain.id,
        number=found.chain.number,
        as_of=found.chain.as_of,
        content=exchange.write(queries.draft_of(found)),
        firms=[asdict(firm) for firm in firms],
        besides={**_besides(session, found), **told},
        published_by=actor.account_id or None,
        published_at=clock.now(),
    )
    session.add(frozen)


def _besides(session: Session, found: queries.Map) -> dict[str, Any]:
    """Offices, who prepared the map, and every state that a person had set, whatever the home."""
    rows = session.execute(
        select(ChainNode.code, NodeOverride.home, NodeOverride.state, NodeOverride.reason)
        .join(ChainNode, ChainNode.id == NodeOverride.node_id)
        .where(ChainNode.chain_id == found.chain.id)
        .order_by(NodeOverride.id)
    )
    return {
        "offices": [[office.kind, office.name] for office in found.chain.offices],
        "prepared_by": found.chain.prepared_by,
        "overrides": [list(row) for row in rows],
    }


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


@dataclass(frozen=True)
class Frozen:
    """A published version. `overrides` are (state, reason) by home and node code; `purchases` is None where none
    were kept.
    """

    number: int
    as_of: date | None
    published_at: datetime
    published_by: str
    draft: exchange.ChainDraft
    firms: Sequence[Firm]
    offices: Sequence[tuple[str, str]]
    prepared_by: str
    overrides: Mapping[str, Mapping[str, tuple[str, str]]]
    purchases: Sequence[Sequence[Any]] | None = None


def frozen(session: Session, chain: Chain, number: int) -> Frozen:
    """A published version as it was frozen. Raises NotFound."""
    found = session.execute(
        select(ChainVersion, Account.name)
        .outerjoin(Account, Account.id == ChainVersion.published_by)
        .where(ChainVersion.chain_id == chain.id, ChainVersion.number == number)
    ).one_or_none()
    draft = exchange.read(found[0].content)[0] if found is not None else None
    if found is None or draft is None:
        raise NotFound()
    row, who = found
    overrides: dict[str, dict[str, tuple[str, str]]] = {}
    for code, home, state, reason in row.besides.get("overrides", ()):
        overrides.setdefault(home, {})[code] = (state, reason)
    return Frozen(
        number=row.number,
        as_of=row.as_of,
        published_at=row.published_at,
        published_by=who or "",
        draft=draft,
        firms=[Firm(**firm) for firm in row.firms],
        offices=[(kind, name) for kind, name in row.besides.get("offices", ())],
        prepared_by=row.besides.get("prepared_by", ""),
        overrides=overrides,
        purchases=row.besides.get("purchases"),
    )


def map_of(chain: Chain, version: Frozen) -> queries.Map:
    """The frozen version as a map to be drawn. Its rows belong to no session and are never saved."""
    draft = version.draft
    ids = {node.code: number for number, node in enumerate(draft.nodes, 1)}
    nodes = [
        ChainNode(
            id=ids[node.code], code=node.code, parent_id=ids.get(node.parent or ""), stage=node.stage,
            level=node.level, name=node.name, name_en=node.name_en, industry_codes=list(node.gbt4754),
            keywords=list(node.keywords), note=node.note,
        )
        for node in draft.nodes
    ]  # fmt: skip
    edges = [queries.Edge(ids[e.source], ids[e.target], e.kind, e.basis) for e in draft.edges]
    standing = Chain(
        id=chain.id, public_id=chain.public_id, code=draft.code, name=draft.name, name_en=draft.name_en,
        basis=draft.basis, as_of=version.as_of, status="published", number=version.number,
        prepared_by=version.prepared_by,
        offices=[ChainOffice(kind=kind, name=name) for kind, name in version.offices],
    )  # fmt: skip
    return queries.Map(standing, nodes, edges)
