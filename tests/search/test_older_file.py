"""A search file that an older version wrote is searched and written until its rebuild is done."""

import sqlite3
from pathlib import Path

from search.document import Filters
from search.embedded.engine import EmbeddedEngine
from tests.search.test_engines import firm, put, titles


def test_columns_that_came_later_are_added_and_counted_by(tmp_path: Path) -> None:
    path = tmp_path / "search.db"
    engine = EmbeddedEngine(path)
    put(engine, firm(1, "甲电池有限公司", region="四川"), firm(2, "乙电池有限公司", region="广东"))
    engine.close()
    with sqlite3.connect(path) as older:
        for column in ("updated", "bin"):
            older.execute(f"ALTER TABLE facet_a DROP COLUMN {column}")
    older.close()

    engine = EmbeddedEngine(path)
    put(engine, firm(3, "丙电池有限公司", region="广东"))
    found = engine.search("电池", ["pub"], Filters.of(region=["广东"]))
    assert (found.total, found.facets["region"]) == (2, {"四川": 1, "广东": 2})
    assert titles(engine, "丙电池") == ["丙电池有限公司"]
    engine.close()
