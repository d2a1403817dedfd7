"""A chain node and the values of a complete lead."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from chains.models import Chain, ChainNode
from core.db import unit_of_work


@pytest.fixture
def nodes(session: Session) -> list[int]:
    """Two end nodes of one map."""
    with unit_of_work() as writing:
        chain = Chain(code="DC", name="动力电池")
        writing.add(chain)
        writing.flush()
        made = [
            ChainNode(
                chain_id=chain.id, code=f"DC-01-0{number}", stage="mid", level=2, position=number, name=name
            )
            for number, name in ((1, "动力电池 PACK"), (2, "电芯"))
        ]
        writing.add_all(made)
        writing.flush()
        return [node.id for node in made]


@pytest.fixture
def complete(nodes: list[int]) -> Callable[..., dict[str, Any]]:
    """The values of a lead that lacks nothing, some of them replaced."""

    def values(**other: Any) -> dict[str, Any]:
        return {
            "source": "fair",
            "investor_name": "宁德时代新能源科技股份有限公司",
            "group_name": "宁德时代",
            "content": "动力电池 PACK 生产线",
            "chain_node_id": nodes[0],
            "total_investment_wan": Decimal(50000),
            "fixed_investment_wan": Decimal(30000),
            "contact_person": "江听澜",
            "contact_mobile": "13800001234",
            **other,
        }

    return values
