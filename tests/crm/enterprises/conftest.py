"""An enterprise of zone A to work on."""

from collections.abc import Callable

import pytest

from core.db import unit_of_work
from core.permissions import Actor
from crm.enterprises import service
from tests.support.world import World


@pytest.fixture
def firm(world: World, actor: Callable[[str], Actor]) -> str:
    """The public id of a firm in a park of zone A, a manufacturer of displays."""
    park_id = world.park("Z1-01").id
    world.session.rollback()
    with unit_of_work() as session:
        values = {
            "name": "示例市华澜光电科技有限公司",
            "reg_status": "active",
            "park_id": park_id,
            "industry_code": "3974",
        }
        return service.create(session, values, actor=actor("spec_a")).public_id
