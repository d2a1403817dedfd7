"""A person sets a node's state against the numbers, for one home, with the reason (DOMAIN 4)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import access, queries
from chains.gaps import State
from chains.models import ChainNode, NodeOverride
from chains.service import KIND, NODE_KIND
from core import audit, clock
from core.dirty import touch
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import Actor, require


def of(session: Session, node: ChainNode, home: str) -> NodeOverride | None:
    return session.scalars(
        select(NodeOverride).where(NodeOverride.node_id == node.id, NodeOverride.home == home)
    ).one_or_none()


def set_state(
    session: Session, node_pid: str, home: str, state: str, *, reason: str, local_firms: int, actor: Actor
) -> None:
    """Set the state, or with an empty one go back to what the numbers say.

    `local_firms` stand on the node: one that has any is never missing. Raises Invalid.
    """
    require(actor, access.EDIT)
    node = queries.node(session, node_pid, actor=actor)
    reason = reason.strip()
    faults = []
    if not reason:
        faults.append(Fault("reason", "required", _l("请写明为什么改判。")))
    if state and state not in set(State):
        faults.append(Fault("state", "unknown", _l("请选择优势、潜力、薄弱或缺失。")))
    if state == State.MISSING and local_firms:
        message = _l("本地有 %(count)s 家企业在这个节点上，不能判为缺失。", count=local_firms)
        faults.append(Fault("state", "has_firms", message))
    if faults:
        raise Invalid(faults)
    found = of(session, node, home)
    before = found.state if found else None
    if not state:
        if found is not None:
            session.delete(found)
    else:
        row = found or NodeOverride(node_id=node.id, home=home)
        row.state, row.reason, row.made_on = state, reason[:300], clock.today()
        row.account_id, row.account_name = actor.account_id or None, actor.name
        session.add(row)
    session.flush()
    audit.record(
        "chains.state_set", KIND, node.chain_id, actor=actor, label=f"{node.code} {home}",
        changes={"state": (before, state or None)}, reason=reason,
    )  # fmt: skip
    touch(NODE_KIND, [node.id])
