"""A map as JSON: read with every fault named before anything is written, and written back. Pure.

Takes the form of data/chains_deep (nodes with parent, words, edges) and the flat one of
data/chains_seed (nodes with their companies). Kept as draft until somebody confirms it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chains.rings import rings
from chains.words import EDGE_OF, STAGE_OF
from core.errors import Fault
from core.i18n import lazy as _l

MAX_LEVEL = 4
_YEAR = re.compile(r"(20\d\d)\s*年")


@dataclass(frozen=True)
class NodeDraft:
    """A node as read. `stage` is up, mid, down or support; `level` counts from 1.

    `shared` names the node of another map that this one stands for, e.g. "JCDL/JCDL-02-03-01".
    """

    code: str
    parent: str | None
    stage: str
    level: int
    name: str
    name_en: str = ""
    gbt4754: Sequence[str] = ()
    keywords: Sequence[str] = ()
    exclude: Sequence[str] = ()
    note: str = ""
    see_also: Sequence[str] = ()
    trade_words: Sequence[str] = ()
    shared: str = ""


@dataclass(frozen=True)
class EdgeDraft:
    source: str
    target: str
    kind: str
    basis: str = ""


@dataclass(frozen=True)
class PlacementDraft:
    """A listed company that a file names on a node. `share` of revenue as text, e.g. "0.7683".

    `evidence_on` is the company's own date, else the end of the year that the file's note names.
    """

    node: str
    stock_code: str
    product: str
    share: str | None
    evidence_on: date


@dataclass(frozen=True)
class ChainDraft:
    """A whole map as read. `code` is empty when the file gives none: it is then made from the name."""

    code: str
    name: str
    name_en: str
    basis: str
    cutoff: str
    keywords: Sequence[str]
    nodes: Sequence[NodeDraft]
    edges: Sequence[EdgeDraft]
    placements: Sequence[PlacementDraft] = ()


@dataclass
class Report:
    """What a dry run says: how much there is, and every fault. Nothing is written while faults stand."""

    nodes: int = 0
    end_nodes: int = 0
    edges: int = 0
    rings: list[list[str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.faults


def read(content: Mapping[str, Any]) -> tuple[ChainDraft | None, Report]:
    """A map from parsed JSON and its report; no map when the content has no list of nodes at all."""
    report = Report()
    raw_nodes = content.get("nodes")
    name = str(content.get("chain") or "").strip()
    if not name:
        report.faults.append(Fault("chain", "required", _l("文件没有写产业链名称（chain）。")))
    if not isinstance(raw_nodes, list) or not all(isinstance(item, dict) for item in raw_nodes):
        report.faults.append(Fault("nodes", "required", _l("文件没有节点清单（nodes）。")))
        return None, report
    nodes = _nodes(raw_nodes, report)
    edges = _edges(content.get("edges") or [], {node.code for node in nodes}, report)
    draft = ChainDraft(
        code=str(content.get("code") or "")[:20],
        name=name,
        name_en=str(content.get("name_en") or ""),
        basis=str(content.get("basis") or content.get("note") or ""),
        cutoff=str(content.get("cutoff_date") or ""),
        keywords=_texts(content.get("keywords")),
        nodes=nodes,
        edges=edges,
        placements=_placements(raw_nodes, str(content.get("note") or content.get("basis") or ""), report),
    )
    parents = {node.parent for node in nodes}
    report.nodes, report.edges = len(nodes), len(edges)
    report.end_nodes = sum(1 for node in nodes if node.code not in parents)
    return draft, report


def _nodes(raw: Sequence[Mapping[str, Any]], report: Report) -> list[NodeDraft]:
    parent_of = {str(item.get("code") or ""): item.get("parent") for item in raw}
    seen: set[str] = set()
    made = []
    for row, item in enumerate(raw, 1):
        code, name = str(item.get("code") or "").strip(), str(item.get("name") or "").strip()
        stage = STAGE_OF.get(str(item.get("stage") or ""), "")
        level = _level(code, parent_of)
        for fault in _node_faults(item, code, name, stage, level, parent_of, seen):
            report.faults.append(
                Fault("nodes", fault[0], fault[1], row=item.get("row", row), column=code or None)
            )
        seen.add(code)
        made.append(
            NodeDraft(
                code=code,
                parent=item.get("parent") or None,
                stage=stage,
                level=level or 1,
                name=name,
                name_en=str(item.get("name_en") or ""),
                gbt4754=_texts(item.get("gbt4754")),
                keywords=_texts(item.get("keywords")),
                exclude=_texts(item.get("exclude")),
                trade_words=_texts(item.get("trade_words")),
                note=str(item.get("note") or ""),
                see_also=_texts(item.get("see_also")),
                shared=str(item.get("shared") or ""),
            )
        )
    return made


def _node_faults(
    item: Mapping[str, Any],
    code: str,
    name: str,
    stage: str,
    level: int,
    parent_of: Mapping[str, Any],
    seen: set[str],
) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    label = code or name
    if not code or not name:
        found.append(("nameless", _l("有一个节点缺编码或名称。")))
    if code in seen:
        found.append(("twice", _l("节点 %(node)s 的编码出现了两次。", node=label)))
    if not stage:
        found.append(("no_stage", _l("节点 %(node)s 没有环节（上游、中游、下游、配套）。", node=label)))
    parent = item.get("parent")
    if parent and parent not in parent_of:
        message = _l("节点 %(node)s 的上级 %(parent)s 不在文件里。", node=label, parent=parent)
        found.append(("no_parent", message))
    elif level == 0:
        found.append(("parent_ring", _l("节点 %(node)s 的上级绕回了自己。", node=label)))
    elif level > MAX_LEVEL:
        message = _l("节点 %(node)s 在第 %(level)s 级，最多四级。", node=label, level=level)
        found.append(("too_deep", message))
    return found


def _level(code: str, parent_of: Mapping[str, Any]) -> int:
    """1 for a node without parent; 0 when the parents lead round in a ring."""
    level, here, seen = 1, parent_of.get(code), {code}
    while here:
        if here in seen:
            return 0
        seen.add(here)
        level, here = level + 1, parent_of.get(here)
    return level


def _edges(raw: Sequence[Mapping[str, Any]], codes: set[str], report: Report) -> list[EdgeDraft]:
    made: list[EdgeDraft] = []
    for row, item in enumerate(raw, 1):
        source, target = str(item.get("from") or ""), str(item.get("to") or "")
        kind = EDGE_OF.get(str(item.get("type") or ""), "")
        unknown = [code for code in (source, target) if code not in codes]
        if unknown:
            message = _l("第 %(row)s 条连线指向文件里没有的节点 %(node)s。", row=row, node="、".join(unknown))
            report.faults.append(Fault("edges", "unknown_node", message, row=item.get("row", row)))
        elif not kind:
            message = _l("第 %(row)s 条连线没有类型（供应、配套、替代、衍生）。", row=row)
            report.faults.append(Fault("edges", "no_kind", message, row=item.get("row", row)))
        else:
            made.append(EdgeDraft(source, target, kind, str(item.get("basis") or "")))
    report.rings = rings((edge.source, edge.target) for edge in made if edge.kind == "supply")
    for ring in report.rings:
        message = _l("供应连线绕成了环：%(ring)s。", ring=" → ".join(ring))
        report.faults.append(Fault("edges", "ring", message))
    return made


def _placements(raw: Sequence[Mapping[str, Any]], note: str, report: Report) -> list[PlacementDraft]:
    named = _YEAR.search(note)
    made = []
    for item in raw:
        for company in item.get("companies") or ():
            if not isinstance(company, dict) or not company.get("stock_code"):
                continue
            day = _day(str(company.get("evidence_date") or (f"{named[1]}-12-31" if named else "")))
            if day is None:
                message = _l("企业 %(code)s 没有证据日期。", code=company["stock_code"])
                report.faults.append(
                    Fault("nodes", "no_evidence_date", message, column=str(item.get("code")))
                )
                continue
            share = company.get("revenue_share")
            made.append(
                PlacementDraft(
                    str(item.get("code")),
                    str(company["stock_code"]),
                    str(company.get("product") or ""),
                    None if share is None else str(share),
                    day,
                )
            )
    return made


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def faults(draft: ChainDraft) -> list[Fault]:
    """Everything that a map as it would become is not allowed to be."""
    return read(write(draft))[1].faults


def write(draft: ChainDraft) -> dict[str, Any]:
    """The same form again, so that what was exported can be imported."""
    stages = {code: word for word, code in STAGE_OF.items()} | {"": ""}
    kinds = {code: word for word, code in EDGE_OF.items()}
    return {
        "chain": draft.name,
        "name_en": draft.name_en,
        "code": draft.code,
        "cutoff_date": draft.cutoff,
        "basis": draft.basis,
        "keywords": list(draft.keywords),
        "nodes": [
            {
                "code": node.code,
                "parent": node.parent,
                "stage": stages[node.stage],
                "level": node.level,
                "name": node.name,
                "name_en": node.name_en,
                "gbt4754": list(node.gbt4754),
                "keywords": list(node.keywords),
                "exclude": list(node.exclude),
                **({"trade_words": list(node.trade_words)} if node.trade_words else {}),
                "note": node.note,
                **({"see_also": list(node.see_also)} if node.see_also else {}),
                **({"shared": node.shared} if node.shared else {}),
            }
            for node in draft.nodes
        ],
        "edges": [
            {"from": edge.source, "to": edge.target, "type": kinds[edge.kind], "basis": edge.basis}
            for edge in draft.edges
        ],
    }
