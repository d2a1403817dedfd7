"""Every change of a map. Verbs never commit; the edge opens the unit of work."""

from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from chains import access, exchange, queries
from chains.models import Chain, ChainEdge, ChainNode, ChainOffice, ChainVersion
from chains.rings import rings
from core import audit, clock, settings
from core.db import load, new_ulid
from core.dirty import touch
from core.errors import Fault, Invalid, Missing, Refused
from core.i18n import lazy as _l
from core.permissions import Actor, require
from core.text.readings import initials

KIND = "chain"
NODE_KIND = "chain_node"
HOME = "home_region"
"""The setting that names the home: a region code, or `park:<code>`."""


def create_from(session: Session, draft: exchange.ChainDraft, *, actor: Actor) -> Chain:
    """A new map from a sound draft; it begins as a draft. Raises Invalid when its code is in use."""
    require(actor, access.IMPORT)
    taken = set(session.scalars(select(Chain.code)))
    if draft.code in taken:
        raise Invalid(Fault("code", "taken", _l("编码为 %(code)s 的图谱已经有了。", code=draft.code)))
    chain = Chain(
        code=draft.code or _free_code(draft.name, taken),
        name=draft.name,
        name_en=draft.name_en,
        keywords=list(draft.keywords),
        basis=draft.basis,
        as_of=_cutoff(draft.cutoff),
    )
    session.add(chain)
    session.flush()
    ids = _insert_nodes(session, chain.id, draft)
    _insert_edges(session, chain.id, draft, ids)
    audit.record("chains.created", KIND, chain.id, actor=actor, label=f"{chain.name} {len(draft.nodes)}")
    touch(KIND, [chain.id])
    touch(NODE_KIND, ids.values())
    return chain


def _free_code(name: str, taken: set[str]) -> str:
    """The initials of the name, numbered when another map has them: XXXS, XXXS-2."""
    stem = initials(name).upper()[:16] or "CHAIN"
    number = 1
    while (code := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return code


def _cutoff(text: str) -> date | None:
    """2026-11 or 2026-11-24; the first day stands for a month."""
    try:
        return date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        return None


def _insert_nodes(session: Session, chain_id: int, draft: exchange.ChainDraft) -> dict[str, int]:
    """Level by level, so that every parent has its id before its children."""
    ids: dict[str, int] = {}
    now = clock.now()
    position = {node.code: at for at, node in enumerate(draft.nodes)}
    for level in range(1, exchange.MAX_LEVEL + 1):
        here = [node for node in draft.nodes if node.level == level]
        rows = [
            {
                "public_id": new_ulid(),
                "chain_id": chain_id,
                "parent_id": ids[node.parent] if node.parent else None,
                "code": node.code,
                "stage": node.stage,
                "level": node.level,
                "position": position[node.code],
                "name": node.name,
                "name_en": node.name_en,
                "industry_codes": list(node.gbt4754),
                "keywords": list(node.keywords),
                "exclude": list(node.exclude),
                "trade_words": list(node.trade_words),
                "note": node.note,
                "see_also": list(node.see_also),
                "version": 1,
                "created_at": now,
                "updated_at": now,
            }
            for node in here
        ]
        if rows:
            statement = insert(ChainNode).returning(ChainNode.id, sort_by_parameter_order=True)
            made = session.scalars(statement, rows)
            ids.update(zip((node.code for node in here), made, strict=True))
    return ids


def _insert_edges(session: Session, chain_id: int, draft: exchange.ChainDraft, ids: dict[str, int]) -> None:
    now = clock.now()
    known = dict.fromkeys((edge.source, edge.target, edge.kind) for edge in draft.edges)
    bases = {(edge.source, edge.target, edge.kind): edge.basis for edge in draft.edges}
    rows = [
        {
            "public_id": new_ulid(),
            "chain_id": chain_id,
            "source_id": ids[source],
            "target_id": ids[target],
            "kind": kind,
            "basis": bases[source, target, kind],
            "created_at": now,
            "updated_at": now,
        }
        for source, target, kind in known
    ]
    if rows:
        session.execute(insert(ChainEdge), rows)


def link(
    session: Session, public_id: str, source: str, target: str, kind: str, *, basis: str = "", actor: Actor
) -> ChainEdge:
    """Add an edge between two nodes by code. A ring of supply is refused and named (DOMAIN 4)."""
    require(actor, access.EDIT)
    chain = load(session, Chain, public_id, where=access.visible_to(actor))
    _ensure_open(chain)
    found = queries.load_map(session, chain)
    absent = [code for code in (source, target) if code not in found.by_code]
    if absent:
        message = _l("图谱里没有节点 %(node)s。", node="、".join(absent))
        raise Invalid(Fault("target", "unknown_node", message))
    if kind == "supply" and (closed := rings([*found.pairs("supply"), (source, target)])):
        message = _l("供应连线绕成了环：%(ring)s。", ring=" → ".join(closed[0]))
        raise Invalid(Fault("target", "ring", message))
    edge = ChainEdge(
        chain_id=chain.id,
        source_id=found.by_code[source].id,
        target_id=found.by_code[target].id,
        kind=kind,
        basis=basis,
    )
    session.add(edge)
    session.flush()
    audit.record("chains.linked", KIND, chain.id, actor=actor, label=f"{source} → {target} {kind}")
    touch(KIND, [chain.id])
    return edge


def appoint(
    session: Session,
    chain: Chain,
    kind: str,
    name: str,
    *,
    account_id: int | None = None,
    unit_id: int | None = None,
    actor: Actor,
) -> ChainOffice:
    """Name a chain chief or lead department."""
    require(actor, access.EDIT)
    office = ChainOffice(chain_id=chain.id, kind=kind, name=name, account_id=account_id, unit_id=unit_id)
    session.add(office)
    session.flush()
    audit.record("chains.appointed", KIND, chain.id, actor=actor, label=f"{kind} {name}")
    touch(KIND, [chain.id])
    return office


def publish(session: Session, public_id: str, *, version: int, as_of: date, actor: Actor) -> ChainVersion:
    """Freeze the map as it stands under its number; the chain goes on with the next."""
    require(actor, access.PUBLISH)
    chain = load(session, Chain, public_id, version, where=access.visible_to(actor))
    _ensure_open(chain)
    chain.as_of = as_of
    frozen = ChainVersion(
        chain_id=chain.id,
        number=chain.number,
        as_of=as_of,
        content=exchange.write(queries.draft_of(queries.load_map(session, chain))),
        published_by=actor.account_id or None,
        published_at=clock.now(),
    )
    session.add(frozen)
    before = chain.status
    chain.status, chain.number = "published", chain.number + 1
    session.flush()
    audit.record(
        "chains.published", KIND, chain.id, actor=actor, label=f"{chain.name} {frozen.number}",
        changes={"status": (before, chain.status)},
    )  # fmt: skip
    touch(KIND, [chain.id])
    return frozen


def _ensure_open(chain: Chain) -> None:
    if chain.status == "archived":
        raise Refused([Missing(None, "closed", _l("图谱已归档，不能再改。"))])


def set_home(session: Session, home: str, *, actor: Actor) -> None:
    """Which city, province or park is home when nothing else is chosen."""
    require(actor, access.SET_HOME)
    settings.put(session, HOME, home, actor=actor)
