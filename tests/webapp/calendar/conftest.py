"""The cast of the request tests."""

import pytest
from sqlalchemy.orm import Session

from tests.support import requests
from tests.support.requests import Scene


@pytest.fixture
def scene(session: Session) -> Scene:
    return requests.build(session)
