"""Whatever names an enterprise goes with it when it is merged: no table may be forgotten."""

from core.db import Base
from webapp import models
from webapp.movers import DERIVED, MOVERS


def test_every_column_that_names_an_enterprise_is_moved() -> None:
    assert models.AREAS
    moved = {
        (mover.table.name, getattr(mover.model, mover.column).property.columns[0].name) for mover in MOVERS
    }
    named = {
        (table.name, key.parent.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "enterprise" and table.name not in DERIVED
    }
    forgotten = named - moved
    assert not forgotten, f"say in crm/<area>/movers.py how these go over: {sorted(forgotten)}"
