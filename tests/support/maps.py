"""A small map for tests: display materials upstream, panels midstream, sets downstream, one service."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import exchange, service
from chains.models import Chain, ChainNode
from core.permissions import SYSTEM
from crm.enterprises import placing
from crm.enterprises.cutting import derived_names
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement

CONTENT: dict[str, Any] = {
    "chain": "新型显示",
    "name_en": "New display",
    "code": "XXXS",
    "cutoff_date": "2026-11",
    "basis": "草稿，未经主管部门核定。",
    "nodes": [
        {"code": "X-01", "name": "显示材料", "stage": "上游", "keywords": ["显示材料"], "gbt4754": ["3974"]},
        {
            "code": "X-01-01", "parent": "X-01", "name": "偏光片", "name_en": "Polarizer", "stage": "上游",
            "keywords": ["偏光片"], "exclude": ["眼镜"], "gbt4754": ["3974"],
        },
        {"code": "X-01-02", "parent": "X-01", "name": "玻璃基板", "stage": "上游", "keywords": ["玻璃基板"]},
        {"code": "X-02", "name": "显示面板", "stage": "中游", "keywords": ["液晶面板"]},
        {"code": "X-03", "name": "电视整机", "stage": "下游", "keywords": ["电视"], "exclude": ["电视剧"]},
        {"code": "X-04", "name": "检测服务", "stage": "配套", "keywords": ["显示检测"]},
    ],
    "edges": [
        {"from": "X-01-01", "to": "X-02", "type": "供应"},
        {"from": "X-01-02", "to": "X-02", "type": "供应"},
        {"from": "X-02", "to": "X-03", "type": "供应"},
        {"from": "X-04", "to": "X-02", "type": "配套"},
    ],
}  # fmt: skip


def build(session: Session) -> Chain:
    """The map, inside a unit of work."""
    draft, report = exchange.read(CONTENT)
    assert draft is not None and report.sound
    return service.create_from(session, draft, actor=SYSTEM)


def node(session: Session, code: str) -> ChainNode:
    return session.scalars(select(ChainNode).where(ChainNode.code == code)).one()


def firm(session: Session, name: str, **values: Any) -> Enterprise:
    """An enterprise of the register, with what its products match."""
    made = Enterprise(name=name, **{"reg_status": "active", **derived_names(name), **values})
    session.add(made)
    session.flush()
    placing.refresh_matches(session, [made.id])
    return made


def place(
    session: Session, enterprise: Enterprise, code: str, role: str = "backbone", **values: Any
) -> Placement:
    """A placement written directly; the verb has tests of its own."""
    given = {
        "product": "偏光片",
        "revenue_share": Decimal("0.5"),
        "evidence": "2025 年年报",
        "evidence_on": date(2025, 12, 31),
    } | values
    made = Placement(enterprise_id=enterprise.id, node_id=node(session, code).id, role=role, **given)
    session.add(made)
    session.flush()
    return made
