"""A draft put into the tables of its map: what is new is inserted, what changed is changed, what is gone goes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from chains import exchange, queries
from chains.comparing import difference
from chains.models import Chain, ChainEdge, ChainNode
from core import clock
from core.db import Base, new_ulid
from core.errors import Fault, Invalid
from core.i18n import lazy as _l


def cutoff(text: str) -> date | None:
    """2026-11 or 2026-11-24; the first day stands for a month."""
    try:
        return date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        return None


def rewrite(session: Session, found: queries.Map, after: exchange.ChainDraft) -> set[int]:
    """Make the map what `after` says; the ids of nodes that changed. Nodes keep their ids by code.

    Raises Invalid when something is wrong with it, or when a node goes on which records stand.
    """
    if faults := exchange.faults(after):
        raise Invalid(faults)
    change = difference(queries.draft_of(found), after)
    nodes = change.get("nodes", {})
    gone = [found.by_code[code] for code, pair in nodes.items() if pair[1] is None]
    _ensure_unused(session, gone)
    _delete_edges(session, found, change.get("edges", {}))
    for level in range(exchange.MAX_LEVEL, 0, -1):
        here = [node.id for node in gone if node.level == level]
        session.execute(delete(ChainNode).where(ChainNode.id.in_(here)))
    kept = {node.code: node.id for node in found.nodes if node not in gone}
    fresh = [node for node in after.nodes if node.code not in kept]
    ids = kept | insert_nodes(session, found.chain.id, after, {node.code for node in fresh}, kept)
    touched = _update_nodes(session, found, after, ids)
    wanted = {key for key, pair in change.get("edges", {}).items() if pair[1] is not None}
    insert_edges(session, found.chain.id, [e for e in after.edges if _key(e) in wanted], ids)
    touched |= {ids[node.code] for node in fresh} | {node.id for node in gone}
    _of_chain(found.chain, after)
    session.flush()
    session.expire_all()
    return touched


def _key(edge: exchange.EdgeDraft) -> str:
    return f"{edge.source}|{edge.target}|{edge.kind}"


def _of_chain(chain: Chain, after: exchange.ChainDraft) -> None:
    chain.name, chain.name_en, chain.basis = after.name, after.name_en, after.basis
    chain.keywords = list(after.keywords)
    chain.as_of = cutoff(after.cutoff)
    flag_modified(
        chain, "number"
    )  # the version counts every step, also one that leaves the chain's own row as it was


def _ensure_unused(session: Session, gone: Sequence[ChainNode]) -> None:
    """Refuse to delete nodes that any area's records point at; suggestions alone go with the node."""
    ids = [node.id for node in gone]
    if not ids:
        return
    names = {node.id: f"{node.code} {node.name}" for node in gone}
    used: dict[int, int] = {}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            own = table.name == ChainNode.__tablename__ and key.parent.name == "parent_id"
            if key.target_fullname != "chain_node.id" or key.ondelete == "CASCADE" or own:
                continue
            statement = select(key.parent, func.count()).where(key.parent.in_(ids)).group_by(key.parent)
            for number, count in session.execute(statement):
                used[number] = used.get(number, 0) + count
    if used:
        listed = "、".join(f"{names[number]}（{count}）" for number, count in used.items())
        message = _l(
            "这些节点上还有企业、目标、线索、项目或别的图谱的引用，不能删除：%(nodes)s。", nodes=listed
        )
        raise Invalid(Fault("code", "in_use", message))


def _delete_edges(session: Session, found: queries.Map, edges: dict[str, Any]) -> None:
    """Edges that are gone or changed; the changed ones are written anew."""
    old = [key.split("|") for key, pair in edges.items() if pair[0] is not None]
    for source, target, kind in old:
        session.execute(
            delete(ChainEdge).where(
                ChainEdge.source_id == found.by_code[source].id,
                ChainEdge.target_id == found.by_code[target].id,
                ChainEdge.kind == kind,
            )
        )


def _update_nodes(
    session: Session, found: queries.Map, after: exchange.ChainDraft, ids: dict[str, int]
) -> set[int]:
    """Only what differs, in one statement for all; the ids of nodes whose words or place changed."""
    shared = _shared(session, after)
    told = {node.code: node for node in queries.draft_of(found).nodes}
    rows, touched = [], set()
    for position, node in enumerate(after.nodes):
        old = found.by_code.get(node.code)
        if old is None or (told[node.code] == node and old.position == position):
            continue
        values = _values(node, position, shared)
        moved = {"id": old.id, "version": old.version, "parent_id": ids.get(node.parent or "")}
        rows.append(moved | values)
        if told[node.code] != node:
            touched.add(old.id)
    if rows:
        now = clock.now()
        session.execute(update(ChainNode), [{**row, "updated_at": now} for row in rows])
    return touched


def _values(node: exchange.NodeDraft, position: int, shared: dict[str, int]) -> dict[str, Any]:
    return {
        "stage": node.stage,
        "level": node.level,
        "position": position,
        "name": node.name,
        "name_en": node.name_en,
        "industry_codes": list(node.gbt4754),
        "keywords": list(node.keywords),
        "exclude": list(node.exclude),
        "trade_words": list(node.trade_words),
        "note": node.note,
        "see_also": list(node.see_also),
        "shared_id": shared.get(node.shared),
    }


def _shared(session: Session, draft: exchange.ChainDraft) -> dict[str, int]:
    """Ids of the originals that shared nodes name. Raises Invalid for one that is not there or is shared itself."""
    wanted = {node.shared for node in draft.nodes if node.shared}
    if not wanted:
        return {}
    statement = (
        select(Chain.code, ChainNode.code, ChainNode.id)
        .join(Chain, Chain.id == ChainNode.chain_id)
        .where(
            ChainNode.code.in_({name.partition("/")[2] for name in wanted}),
            ChainNode.shared_id.is_(None),
            Chain.code != draft.code,
        )
    )
    known = {f"{chain}/{code}": number for chain, code, number in session.execute(statement)}
    if absent := sorted(wanted - known.keys()):
        message = _l(
            "找不到要引用的节点 %(node)s：请写“图谱编码/节点编码”，引用别的图谱里的原节点。",
            node="、".join(absent),
        )
        raise Invalid(Fault("shared", "unknown_node", message))
    return known


def insert_nodes(
    session: Session,
    chain_id: int,
    draft: exchange.ChainDraft,
    only: Iterable[str] | None = None,
    known: dict[str, int] | None = None,
) -> dict[str, int]:
    """Level by level, so that every parent has its id before its children; ids by code.

    `only` limits it to some codes; `known` are ids of nodes that are there already.
    """
    ids: dict[str, int] = {}
    wanted = None if only is None else set(only)
    shared = _shared(session, draft)
    now = clock.now()
    for level in range(1, exchange.MAX_LEVEL + 1):
        here = [
            (at, node)
            for at, node in enumerate(draft.nodes)
            if node.level == level and (wanted is None or node.code in wanted)
        ]
        rows = [
            {
                "public_id": new_ulid(),
                "chain_id": chain_id,
                "parent_id": ((known or {}) | ids)[node.parent] if node.parent else None,
                "code": node.code,
                **_values(node, at, shared),
                "version": 1,
                "created_at": now,
                "updated_at": now,
            }
            for at, node in here
        ]
        if rows:
            statement = insert(ChainNode).returning(ChainNode.id, sort_by_parameter_order=True)
            made = session.scalars(statement, rows)
            ids.update(zip((node.code for _at, node in here), made, strict=True))
    return ids


def insert_edges(
    session: Session, chain_id: int, edges: Iterable[exchange.EdgeDraft], ids: dict[str, int]
) -> None:
    """Each edge once; of several with one key the last basis counts."""
    now = clock.now()
    known = {(edge.source, edge.target, edge.kind): edge.basis for edge in edges}
    rows = [
        {
            "public_id": new_ulid(),
            "chain_id": chain_id,
            "source_id": ids[source],
            "target_id": ids[target],
            "kind": kind,
            "basis": basis,
            "created_at": now,
            "updated_at": now,
        }
        for (source, target, kind), basis in known.items()
    ]
    if rows:
        session.execute(insert(ChainEdge), rows)
