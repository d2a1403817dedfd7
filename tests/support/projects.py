"""A lead in negotiation and the project made of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from chains.models import Chain, ChainNode
from core import settings
from core.db import unit_of_work
from core.permissions import SYSTEM, Actor
from crm.leads import progress
from crm.leads import service as leads
from crm.projects import service
from crm.projects.models import Project


@pytest.fixture
def node_id(session: Session) -> int:
    with unit_of_work() as writing:
        chain = Chain(code="XXXS", name="新型显示")
        writing.add(chain)
        writing.flush()
        node = ChainNode(chain_id=chain.id, code="XXXS-01-01", stage="up", level=2, name="偏光片")
        writing.add(node)
        settings.put(writing, "home_region", "519900", actor=SYSTEM)
        writing.flush()
        return node.id


@pytest.fixture
def make_lead(node_id: int, actor: Callable[[str], Actor], world: Any) -> Callable[..., str]:
    """`make_lead(zone="a", total=…)`: the public id of a lead that can become a project."""

    def make(zone: str = "a", **other: Any) -> str:
        spec, head = actor(f"spec_{zone}"), actor(f"head_{zone}")
        specialist_id = world.account(f"spec_{zone}").id
        values = {
            "source": "fair", "investor_name": f"示例市华澜光电科技有限公司{zone}", "content": "偏光片生产线两条",
            "chain_node_id": node_id, "total_investment_wan": Decimal(50000),
            "fixed_investment_wan": Decimal(30000), **other,
        }  # fmt: skip
        with unit_of_work() as session:
            pid = leads.draft(session, values, actor=spec).public_id
            leads.register(session, pid, version=None, actor=spec)
            progress.respond(session, pid, specialist_id, version=None, actor=head)
            progress.study(session, pid, "study_follow", "值得跟进", version=None, actor=head)
            progress.assign(session, pid, specialist_id, version=None, actor=head)
        return pid

    return make


@pytest.fixture
def make_project(
    make_lead: Callable[..., str], actor: Callable[[str], Actor], world: Any
) -> Callable[..., Project]:
    """`make_project(zone="a", land_mode="sold", …)`."""

    def make(zone: str = "a", lead: dict[str, Any] | None = None, **values: Any) -> Project:
        lead_pid = make_lead(zone, **(lead or {}))
        spec, specialist_id = actor(f"spec_{zone}"), world.account(f"spec_{zone}").id
        given = {"name": "华澜光电偏光片生产基地项目", "kind": "new", "land_mode": "none", **values}
        with unit_of_work() as session:
            return service.create_from_lead(
                session, lead_pid, given, specialist_id=specialist_id, lead_version=None, actor=spec
            )

    return make
