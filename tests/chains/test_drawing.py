"""The drawing: everything is there once, nothing overlaps, no line runs over a box."""

import json
import re
import time
from pathlib import Path

import pytest

from chains import drawing, sheets
from chains.words import STAGE_OF

DATA = Path(__file__).resolve().parents[2] / "data" / "chains_deep"
MAPS = [path for path in sorted(DATA.glob("*.json")) if path.stem != "demo_city"]


def shown(content):
    parents = {node.get("parent") for node in content["nodes"]}
    return [
        drawing.Shown(
            node["code"],
            node.get("parent"),
            STAGE_OF[node["stage"]],
            node["name"],
            "missing",
            missing=int(node["code"] not in parents),
        )
        for node in content["nodes"]
    ]


def supply(content):
    return [(edge["from"], edge["to"]) for edge in content["edges"] if edge["type"] == "供应"]


def large(boxes, rows):
    nodes, edges = [], []
    for box in range(boxes):
        stage = ("up", "mid", "down")[box * 3 // boxes]
        nodes.append(drawing.Shown(f"B{box}", None, stage, f"环节{box}", "missing"))
        for row in range(rows):
            nodes.append(drawing.Shown(f"B{box}-{row}", f"B{box}", stage, f"节点{row}", "missing"))
            if box:
                edges.append((f"B{(box * row) % box}-{row}", f"B{box}-{row}"))
    return nodes, edges


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_every_node_is_drawn_once(path):
    content = json.loads(path.read_text("utf-8"))
    made = drawing.draw(shown(content), supply(content))
    keys = [box.node.key for box in (*made.boxes, *made.bands) if box.head]
    keys += [row.node.key for box in (*made.boxes, *made.bands) for row in box.rows]
    assert sorted(keys) == sorted(node["code"] for node in content["nodes"])
    assert [column.stage for column in made.columns] == sorted(
        (column.stage for column in made.columns), key=("up", "mid", "down").index
    )


def overlaps(one, other):
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_boxes_do_not_overlap_and_no_line_runs_over_one(path):
    content = json.loads(path.read_text("utf-8"))
    made = drawing.draw(shown(content), supply(content))
    boxes = [*made.boxes, *made.bands]
    assert not [1 for at, one in enumerate(boxes) for other in boxes[at + 1 :] if overlaps(one, other)]
    assert made.lines
    for line in made.lines:
        for x, y, end in re.findall(r"([\d.]+) ([\d.]+)H([\d.]+)", line.path):
            left, right = sorted((float(x), float(end)))
            crossed = [
                box
                for box in boxes
                if box.x < right and left < box.x + box.width and box.y < float(y) < box.y + box.height
            ]
            assert not crossed, (line.source, line.target)


def test_the_chosen_node_is_marked_and_its_lines_are_lit():
    content = json.loads((DATA / "新型显示.json").read_text("utf-8"))
    made = drawing.draw(shown(content), supply(content), chosen="XXXS-01-01-01")
    rows = [row.node.key for box in made.boxes for row in box.rows if row.chosen]
    assert rows == ["XXXS-01-01-01"]
    lit = {(line.source, line.target) for line in made.lines if line.lit}
    assert lit
    assert all("XXXS-01" in pair for pair in lit)
    assert made.lines[-1].lit


def test_a_node_of_another_map_chosen_by_address_changes_nothing():
    content = json.loads((DATA / "新型显示.json").read_text("utf-8"))
    assert drawing.draw(shown(content), [], chosen="nonsense") == drawing.draw(shown(content), [])


def test_three_hundred_nodes_keep_every_row():
    nodes, edges = large(20, 14)
    made = drawing.draw(nodes, edges)
    assert len(nodes) == 300
    assert not made.folded
    assert sum(len(box.rows) for box in made.boxes) == 280
    assert made.width <= 824


def test_two_thousand_nodes_fold_and_open_the_branch():
    nodes, edges = [], []
    for box in range(20):
        nodes.append(drawing.Shown(f"B{box}", None, "mid", "环节", "missing"))
        for row in range(9):
            nodes.append(drawing.Shown(f"B{box}-{row}", f"B{box}", "mid", "组", "missing"))
            nodes += [
                drawing.Shown(f"B{box}-{row}-{end}", f"B{box}-{row}", "mid", "节点", "missing")
                for end in range(10)
            ]
    started = time.perf_counter()
    made = drawing.draw(nodes, edges, chosen="B3-2-4")
    assert time.perf_counter() - started < 1
    rows = [row.node.key for box in made.boxes for row in box.rows]
    assert made.folded
    assert len(rows) == 20 * 9 + 10
    assert "B3-2-9" in rows


def test_long_names_are_cut_but_kept_whole_in_the_label():
    name = "显示用柔性印制电路板与连接组件"
    made = drawing.draw([drawing.Shown("A", None, "up", name, "weak")], [])
    row = made.boxes[0].rows[0]
    assert row.text.endswith("…")
    assert row.node.name == name


def test_an_empty_map_draws_nothing():
    made = drawing.draw([], [])
    assert (made.boxes, made.bands, made.lines) == ([], [], [])


def test_a_name_leaves_room_for_the_word_beside_it() -> None:
    nodes = [
        drawing.Shown(
            "A",
            None,
            "up",
            "Display materials and optical films",
            "missing",
            mark="M 7 W 6",
            missing=7,
            weak=6,
        ),
        drawing.Shown("A1", "A", "up", "Ultra-thin flexible glass", "missing", mark="Missing"),
        drawing.Shown("A2", "A", "up", "盖板玻璃", "strong", mark="优势"),
    ]
    box = drawing.draw(nodes, []).boxes[0]
    assert box.text.endswith("…") and box.text.startswith("Display")
    assert [row.text for row in box.rows] == ["Ultra-thi…", "盖板玻璃"]


def test_a_broad_column_shows_more_of_a_name_in_letters() -> None:
    nodes = [
        drawing.Shown("A", None, "up", "Materials", "missing", missing=1, mark="M 1"),
        drawing.Shown("A1", "A", "up", "Ultra-thin flexible glass", "weak", mark="Weak"),
    ]
    made = drawing.draw(nodes, [], column=drawing.BROAD)
    assert made.boxes[0].rows[0].text == "Ultra-thin flexible glass"
    assert made.columns[0].width == made.boxes[0].width == drawing.BROAD


def test_the_band_stays_inside_the_picture_however_broad_its_columns_are() -> None:
    nodes = [
        drawing.Shown("A", None, "up", "Glass", "weak"),
        drawing.Shown("S", None, "support", "Services", "weak"),
    ]
    nodes += [drawing.Shown(f"S{at}", "S", "support", f"Service {at}", "weak") for at in range(8)]
    for column in (drawing.COLUMN, drawing.BROAD):
        made = drawing.draw(nodes, [], column=column)
        assert max(row.x + row.width for row in made.bands[0].rows) <= made.width


def test_a_large_map_is_spread_over_the_sheet() -> None:
    """300 nodes in six columns would take a third of a sheet, and 14 a strip of it."""
    around = (48.0, 196.0)

    def scale(nodes: list[drawing.Shown]) -> float:
        on_sheet, plain = (
            sheets.draw(nodes, [], [], column=drawing.COLUMN, around=around),
            drawing.draw(nodes, [], wanted=6),
        )
        filled = [min(sheets.ACROSS / (one.width + 48), 1 / (one.height + 196)) for one in (on_sheet, plain)]
        return filled[0] / filled[1]

    def boxes(count: int, rows: int) -> list[drawing.Shown]:
        made = []
        for box in range(count):
            stage = ("up", "mid", "down")[box * 3 // count]
            made.append(drawing.Shown(f"B{box}", None, stage, "环节", "weak"))
            made += [drawing.Shown(f"B{box}-{row}", f"B{box}", stage, "产品", "weak") for row in range(rows)]
        return made

    assert scale(boxes(20, 14)) > 1.25
    assert scale(boxes(6, 8)) >= 1
    assert scale(boxes(14, 0)) > 1.3
