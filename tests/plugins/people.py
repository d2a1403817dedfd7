"""What the search index holds of the world's people."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import ACCOUNT, UNIT, Account, Unit
from core.db import unit_of_work
from core.dirty import touch

_MODELS = {ACCOUNT: Account, UNIT: Unit}


@pytest.fixture
def people(session: Session) -> int:
    """Accounts and units of the world wait for the index, too; so many."""
    session.rollback()
    with unit_of_work() as writing:
        found = {kind: writing.scalars(select(model.id)).all() for kind, model in _MODELS.items()}
        for kind, numbers in found.items():
            touch(kind, numbers)
    return sum(map(len, found.values()))
