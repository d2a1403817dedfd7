"""A map is made, its offices are filled, home is chosen. Verbs never commit; the edge opens the unit of work."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import access, exchange, lifecycle, writing
from chains.models import Chain, ChainOffice
from core import audit, settings
from core import lifecycle as lc
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid
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
        as_of=writing.cutoff(draft.cutoff),
    )
    session.add(chain)
    session.flush()
    ids = writing.insert_nodes(session, chain.id, draft)
    writing.insert_edges(session, chain.id, draft.edges, ids)
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


def appoint(
    session: Session,
    chain: Chain,
    kind: str,
    name: str,
    *,
    account_id: int | None = None,
    unit_id: int | None = None,
    actor: Actor,
) -> None:
    """Name the chain chief or lead department in place of whoever held the office; an empty name leaves it vacant."""
    require(actor, access.EDIT)
    before, name = chain.office(kind), name.strip()
    if before == name:
        return
    chain.offices = [office for office in chain.offices if office.kind != kind]
    if name:
        chain.offices.append(ChainOffice(kind=kind, name=name, account_id=account_id, unit_id=unit_id))
    session.flush()
    audit.record(
        "chains.appointed", KIND, chain.id, actor=actor, label=f"{chain.name} {kind} {name}".strip(),
        changes={kind: (before, name)},
    )  # fmt: skip
    touch(KIND, [chain.id])


def describe(
    session: Session,
    public_id: str,
    values: Mapping[str, str],
    offices: Mapping[str, str],
    *,
    version: int | None,
    actor: Actor,
) -> Chain:
    """Change name, basis and who prepares the map, and who holds its offices; also of a published one.

    Versions keep what they were published with. Raises Conflict, or Refused once the map is archived.
    """
    require(actor, access.EDIT)
    chain = load(session, Chain, public_id, version, where=access.visible_to(actor))
    if lifecycle.MAP.closed(chain.status):
        lc.ensure_open(lifecycle.MAP, chain.status)
    for name, value in values.items():
        setattr(chain, name, value)
    session.flush()
    if changes := audit.changes_of(chain):
        audit.record("chains.described", KIND, chain.id, actor=actor, label=chain.name, changes=changes)
        touch(KIND, [chain.id])
    for kind, holder in offices.items():
        appoint(session, chain, kind, holder, actor=actor)
    return chain


def set_home(session: Session, home: str, *, actor: Actor) -> None:
    """Which city, province or park is home when nothing else is chosen."""
    require(actor, access.SET_HOME)
    settings.put(session, HOME, home, actor=actor)
