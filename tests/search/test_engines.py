"""What both engines promise: permission inside the query, versions, deletes, filters, rebuild."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from search.document import Document, Filters, Key
from search.engine import LATEST, Engine


def firm(number: int, title: str, **values: object) -> Document:
    made = Document(
        kind="enterprise",
        id=number,
        public_id=f"P{number}",
        path=f"/enterprises/P{number}",
        title=title,
        acl=("pub",),
    )
    return replace(made, **values)  # type: ignore[arg-type]  # the fields of the dataclass, by name


def put(engine: Engine, *documents: Document, version: int = 1) -> None:
    assert engine.index([(document, version) for document in documents]) == {}
    engine.refresh()


def titles(engine: Engine, typed: str, *acl: str, **chosen: list[str]) -> list[str]:
    found = engine.search(typed, acl or ("pub",), Filters.of(**chosen))
    return [hit.card.title for hit in found.hits]


def test_what_one_may_not_see_is_in_no_hit_no_total_no_facet_no_suggestion(engine: Engine) -> None:
    put(
        engine,
        firm(1, "示例甲电池有限公司", acl=("enterprise:all", "enterprise:u1"), region="四川"),
        firm(2, "示例乙电池有限公司", acl=("enterprise:all", "enterprise:u2"), region="广东"),
    )
    found = engine.search("电池", ["enterprise:u1"])
    assert [hit.card.id for hit in found.hits] == [1]
    assert found.total == 1
    assert found.facets["region"] == {"四川": 1}
    assert [hit.card.id for hit in engine.suggest("dianchi", ["enterprise:u1"])] == [1]
    assert {hit.card.id for hit in engine.search("示例乙", ["enterprise:u1"]).hits} <= {1}
    assert engine.search("电池", ["enterprise:all"]).total == 2


def test_a_token_is_compared_whole(engine: Engine) -> None:
    put(engine, firm(1, "示例甲电池有限公司", acl=("enterprise:u12",)))
    assert titles(engine, "电池", "enterprise:u1") == []
    assert titles(engine, "电池", "enterprise:u12") == ["示例甲电池有限公司"]


def test_nobody_without_a_token_finds_anything(engine: Engine) -> None:
    put(engine, firm(1, "示例甲电池有限公司"))
    assert engine.search("电池", []).total == 0
    assert engine.suggest("电池", []) == ()


def test_near_hits_obey_the_permission(engine: Engine) -> None:
    put(engine, firm(1, "示例长虹电子有限公司", acl=("enterprise:u2",)))
    assert engine.search("示例长红电子", ["enterprise:u1"]).hits == ()
    assert engine.search("示例长红电子", ["enterprise:u2"]).hits[0].near


def test_an_older_version_that_arrives_late_is_refused(engine: Engine) -> None:
    put(engine, firm(1, "新名称电池有限公司"), version=5)
    put(engine, firm(1, "旧名称电池有限公司"), version=4)
    assert titles(engine, "电池") == ["新名称电池有限公司"]
    assert dict(engine.versions()) == {Key("enterprise", 1): 5}


def test_a_late_older_write_does_not_bring_a_deleted_document_back(engine: Engine) -> None:
    put(engine, firm(1, "示例电池有限公司"), version=2)
    engine.delete([(Key("enterprise", 1), 3)])
    put(engine, firm(1, "示例电池有限公司"), version=2)
    assert titles(engine, "电池") == []
    assert dict(engine.versions()) == {}
    put(engine, firm(1, "示例电池有限公司"), version=4)
    assert titles(engine, "电池") == ["示例电池有限公司"]


def test_a_late_older_delete_is_refused(engine: Engine) -> None:
    put(engine, firm(1, "示例电池有限公司"), version=7)
    engine.delete([(Key("enterprise", 1), 6)])
    engine.refresh()
    assert titles(engine, "电池") == ["示例电池有限公司"]


def test_deleting_what_is_not_there_is_fine(engine: Engine) -> None:
    assert engine.delete([(Key("enterprise", 404), 1)]) == {}


def test_a_changed_document_is_found_by_its_new_words_only(engine: Engine) -> None:
    put(engine, firm(1, "示例电池有限公司"), version=1)
    put(engine, firm(1, "示例轴承有限公司"), version=2)
    assert titles(engine, "电池") == []
    assert titles(engine, "轴承") == ["示例轴承有限公司"]


def test_filters_of_one_facet_add_up_and_its_counts_stay(engine: Engine) -> None:
    put(
        engine,
        firm(1, "甲电池有限公司", region="四川", industry="电池"),
        firm(2, "乙电池有限公司", region="广东", industry="电池"),
        firm(3, "丙电池有限公司", region="广东", industry="汽车"),
    )
    found = engine.search("电池", ["pub"], Filters.of(region=["广东"]))
    assert found.total == 2
    assert found.facets["region"] == {"四川": 1, "广东": 2}
    assert found.facets["industry"] == {"电池": 1, "汽车": 1}
    assert engine.search("电池", ["pub"], Filters.of(region=["广东", "四川"], industry=["电池"])).total == 2


def test_the_latest_change_may_come_first(engine: Engine) -> None:
    days = (3, 9, 1, 5)
    put(
        engine,
        *[
            firm(
                number,
                f"示例{number}电池有限公司",
                weight=number,
                updated=datetime(2026, 11, day, tzinfo=UTC),
            )
            for number, day in enumerate(days, start=1)
        ],
        firm(5, "示例5电池有限公司", weight=900),
    )
    found = engine.search("电池", ["pub"], order=LATEST)
    assert ([hit.card.id for hit in found.hits], found.total) == ([2, 4, 1, 3, 5], 5)
    second = engine.search("电池", ["pub"], page=2, size=2, order=LATEST)
    assert [hit.card.id for hit in second.hits] == [1, 3]


def test_what_is_left_out_is_in_no_hit_no_total_no_facet(engine: Engine) -> None:
    put(engine, firm(1, "甲电池有限公司", region="四川"), firm(2, "乙电池有限公司", region="广东"))
    found = engine.search("电池", ["pub"], without=[Key("enterprise", 1), Key("enterprise", 77)])
    assert ([hit.card.id for hit in found.hits], found.total, found.facets["region"]) == ([2], 1, {"广东": 1})
    assert engine.search("甲点池", ["pub"], without=[Key("enterprise", 1)]).hits == ()


def test_of_two_versions_in_one_batch_the_newer_stays(engine: Engine) -> None:
    engine.index([(firm(1, "新名称电池有限公司"), 2), (firm(1, "旧名称电池有限公司"), 1)])
    engine.refresh()
    assert titles(engine, "电池") == ["新名称电池有限公司"]


def test_kinds_are_a_facet(engine: Engine) -> None:
    put(engine, firm(1, "示例电池有限公司"), firm(1, "电池生产基地项目", kind="project"))
    found = engine.search("电池", ["pub"])
    assert found.facets["kind"] == {"enterprise": 1, "project": 1}
    assert titles(engine, "电池", kind=["project"]) == ["电池生产基地项目"]


def test_pages_show_everything_once(engine: Engine) -> None:
    put(engine, *[firm(number, f"示例{number:03d}号电池有限公司", weight=number) for number in range(1, 131)])
    seen = [
        hit.card.id for page in range(1, 8) for hit in engine.search("电池", ["pub"], page=page, size=20).hits
    ]
    assert len(seen) == 130
    assert sorted(seen) == list(range(1, 131))


def test_more_than_ten_thousand_hits_are_not_counted_to_the_end_nor_paged(engine: Engine) -> None:
    assert engine.search("电池", ["pub"], page=501, size=20).hits == ()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "（）",
        '"',
        "*",
        "name:x OR y",
        "a" * 5000,
        "NEAR(",
        "'; DROP TABLE x",
        "\x00",
        "%",
        "《》",
        "𠮷野家",
        "ß",
        "é",
    ],
)
def test_nothing_that_is_typed_breaks_a_query(engine: Engine, typed: str) -> None:
    put(engine, firm(1, "示例电池有限公司"))
    engine.search(typed, ["pub"])
    engine.suggest(typed, ["pub"])


def test_a_former_name_finds_the_present_one_and_says_so(engine: Engine) -> None:
    put(
        engine, firm(1, "中信泰富特钢集团股份有限公司", former=("大冶特殊钢股份有限公司",), codes=("000708",))
    )
    hit = engine.search("大冶特殊钢", ["pub"]).hits[0]
    assert (hit.card.title, hit.matched_as, hit.matched) == (
        "中信泰富特钢集团股份有限公司", "former", "大冶特殊钢股份有限公司",
    )  # fmt: skip
    assert [hit.card.id for hit in engine.search("000708", ["pub"]).hits] == [1]


def test_a_rebuild_under_writes_loses_nothing_and_brings_nothing_back(engine: Engine) -> None:
    put(engine, firm(1, "甲电池有限公司"), firm(2, "乙电池有限公司"), firm(3, "丙电池有限公司"))
    with engine.rebuild() as target:
        put(engine, firm(1, "甲轴承有限公司"), version=2)
        engine.delete([(Key("enterprise", 2), 2)])
        put(engine, firm(4, "丁电池有限公司"))
        target.index([(firm(number, f"{name}电池有限公司"), 1) for number, name in enumerate("甲乙丙", 1)])
        assert sorted(titles(engine, "电池")) == ["丁电池有限公司", "丙电池有限公司"]
    engine.refresh()
    assert sorted(titles(engine, "电池")) == ["丁电池有限公司", "丙电池有限公司"]
    assert titles(engine, "轴承") == ["甲轴承有限公司"]
    assert engine.health().documents == 3


def test_a_write_that_was_under_way_when_a_rebuild_began_brings_nothing_back(engine: Engine) -> None:
    put(engine, firm(1, "甲电池有限公司"), firm(2, "乙电池有限公司"))
    engine.delete([(Key("enterprise", 1), 2)])
    with engine.rebuild() as target:
        target.index([(firm(2, "乙电池有限公司"), 1)])
        target.delete([(Key("enterprise", 1), 2)])
        put(engine, firm(1, "甲电池有限公司"), version=1)
    put(engine, firm(1, "甲电池有限公司"), version=1)
    assert titles(engine, "电池") == ["乙电池有限公司"]


def test_a_rebuild_that_fails_leaves_the_old_index_serving(engine: Engine) -> None:
    put(engine, firm(1, "甲电池有限公司"))
    with pytest.raises(ZeroDivisionError), engine.rebuild() as target:
        target.index([(firm(2, "乙电池有限公司"), 1)])
        raise ZeroDivisionError
    assert titles(engine, "电池") == ["甲电池有限公司"]
    put(engine, firm(3, "丙电池有限公司"))
    assert sorted(titles(engine, "电池")) == ["丙电池有限公司", "甲电池有限公司"]


def test_readers_see_a_whole_index_while_one_is_rebuilt(engine: Engine) -> None:
    put(engine, *[firm(number, f"示例{number}电池有限公司") for number in range(1, 51)])
    totals: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            totals.append(engine.search("电池", ["pub"]).total)

    reader = threading.Thread(target=read)
    reader.start()
    for _round in range(3):
        with engine.rebuild() as target:
            target.index([(firm(number, f"示例{number}电池有限公司"), 1) for number in range(1, 51)])
    stop.set()
    reader.join()
    assert set(totals) == {50}
