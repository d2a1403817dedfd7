"""A map as an Excel workbook of three pages: the map, its nodes, its edges. Rows in, the form of the JSON out. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from chains.exchange import ChainDraft
from chains.words import EDGE_OF, STAGE_OF

MAP, NODES, EDGES = "图谱", "节点", "连线"
ABOUT: Final = {
    "chain": "产业链", "code": "编码", "name_en": "英文名称", "cutoff_date": "基准日", "basis": "依据",
    "keywords": "链关键词",
}  # fmt: skip
OF_NODE: Final = {
    "code": "编码", "parent": "上级编码", "stage": "环节", "name": "名称", "name_en": "英文名称",
    "gbt4754": "国标行业代码", "keywords": "产品关键词", "exclude": "排除词", "trade_words": "本行业词",
    "see_also": "另见", "shared": "引用", "note": "说明",
}  # fmt: skip
OF_EDGE: Final = {"from": "起点编码", "to": "终点编码", "type": "类型", "basis": "依据"}
_LISTS = ("gbt4754", "keywords", "exclude", "trade_words", "see_also")
_BETWEEN = re.compile(r"[、，,；;\n|]+")


def pages(draft: ChainDraft) -> dict[str, list[list[Any]]]:
    """Title → rows, the first one being the head."""
    stages = {code: word for word, code in STAGE_OF.items()}
    kinds = {code: word for word, code in EDGE_OF.items()}
    about = {
        "chain": draft.name, "code": draft.code, "name_en": draft.name_en, "cutoff_date": draft.cutoff,
        "basis": draft.basis, "keywords": "、".join(draft.keywords),
    }  # fmt: skip
    nodes: list[list[Any]] = []
    for node in draft.nodes:
        values = {name: getattr(node, name) for name in OF_NODE} | {"stage": stages[node.stage]}
        nodes.append(["、".join(values[name]) if name in _LISTS else values[name] or "" for name in OF_NODE])
    return {
        MAP: [["项目", "内容"], *([label, about[name]] for name, label in ABOUT.items())],
        NODES: [list(OF_NODE.values()), *nodes],
        EDGES: [
            list(OF_EDGE.values()),
            *([edge.source, edge.target, kinds[edge.kind], edge.basis] for edge in draft.edges),
        ],
    }


Rows = Iterable[tuple[int, Sequence[Any]]]


def content(about: Rows, nodes: Rows, edges: Rows) -> dict[str, Any]:
    """The form that `exchange.read` takes, from numbered rows of the three pages.

    Columns are found by their heads, in any order; rows without anything are left out.
    """
    told = {str(cells[0] or "").strip(): cells[1] for _number, cells in about if len(cells) > 1}
    found: dict[str, Any] = {name: _text(told.get(label)) for name, label in ABOUT.items()}
    found["keywords"] = _list(found["keywords"])
    found["nodes"] = [
        {name: _list(value) if name in _LISTS else value for name, value in row.items()}
        for row in _rows(nodes, OF_NODE)
    ]
    found["edges"] = list(_rows(edges, OF_EDGE))
    return found


def _rows(rows: Rows, columns: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    names = {label: name for name, label in columns.items()}
    order: list[str | None] = []
    for number, cells in rows:
        if not order:
            order = [names.get(_text(cell)) for cell in cells]
            continue
        values = {name: _text(cell) for name, cell in zip(order, cells, strict=False) if name}
        if any(values.values()):
            yield {**dict.fromkeys(columns, ""), **values, "row": number}


def _text(cell: Any) -> str:
    """A code that Excel turned into a number comes back without its point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _list(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]
