"""Two enterprises that may be one, and who may say so."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from core.permissions import Actor
from tests.support.merging import Pair, add


@pytest.fixture
def office(actor: Callable[[str], Actor]) -> Actor:
    return actor("office")


@pytest.fixture
def pair(session: Session, office: Actor) -> Pair:
    return add(office, "示例市华澜光电科技有限公司"), add(office, "示例市华澜光电科技有限责任公司")
