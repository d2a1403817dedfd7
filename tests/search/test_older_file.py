"""A search file that an older version wrote is searched and written until its rebuild is done."""

import sqlite3
from pathlib import Path

import pytest

from search.document import Filters
from search.embedded.engine import EmbeddedEngine
from search.tokens import TOKEN_VERSION
from tests.search.test_engines import firm, put, titles


@pytest.mark.parametrize("more", ["", ", updated, bin"])
def test_a_file_with_the_facets_in_every_row_is_brought_forward_and_wants_a_rebuild(
    tmp_path: Path, more: str
) -> None:
    path = tmp_path / "search.db"
    engine = EmbeddedEngine(path)
    put(engine, firm(1, "甲电池有限公司", region="四川"), firm(2, "乙电池有限公司", region="广东"))
    engine.close()
    with sqlite3.connect(path) as older:
        texts = "kind, region, industry, status"
        older.execute(
            f"CREATE TABLE wide AS SELECT rid, {texts}, place{more} FROM facet_a JOIN bin_a USING (bin)"
        )
        older.execute("DROP TABLE facet_a")
        older.execute("DROP TABLE bin_a")
        older.execute("ALTER TABLE wide RENAME TO facet_a")
        older.execute("UPDATE state SET value = ? WHERE name = 'tokens_a'", (str(TOKEN_VERSION),))
    older.close()

    engine = EmbeddedEngine(path)
    assert (engine.health().up, engine.health().stale, engine.health().documents) == (True, True, 2)
    put(engine, firm(3, "丙电池有限公司", region="广东"))
    found = engine.search("电池", ["pub"], Filters.of(region=["广东"]))
    assert (found.total, found.facets["region"]) == (2, {"四川": 1, "广东": 2})
    assert titles(engine, "丙电池") == ["丙电池有限公司"]
    with engine.rebuild() as building:
        building.index([(firm(1, "甲电池有限公司"), 2)])
    assert not engine.health().stale
    engine.close()
