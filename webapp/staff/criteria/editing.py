"""A rule as a form: every node of the tree has its fields by its path, buttons add and remove nodes.

Works without script: a button sends the whole form, the fields are taken over, then the tree is changed.
"""

import copy
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from core.criteria import words
from core.criteria.model import Library, Metric
from core.criteria.store import plain
from core.db import new_ulid

Node = dict[str, Any]
Form = MultiDict[str, str]
MOST_NODES = 200


class Editing:
    """One pass over a rule: takes the fields over, notes what is no number, does what a button says."""

    def __init__(self, library: Library, form: Form) -> None:
        self.library, self.form = library, form
        self.faults: dict[str, str] = {}

    def rule(self, rule: Node | None) -> Node | None:
        """The rule after this form. `faults` maps a field name to the text that could not be read."""
        found = copy.deepcopy(rule)
        if found is not None:
            self._take(found, "r")
        return self._deed(found, self.form.get("do", ""))

    def text(self, path: str, name: str, before: Any) -> Any:
        key = f"{path}|{name}"
        return self.form[key].strip()[:500] if key in self.form else before

    def number(self, path: str, name: str, before: Any) -> Any:
        key = f"{path}|{name}"
        text = self.form.get(key)
        if text is None:
            return before
        if not text.strip():
            return None
        try:
            found = Decimal(text.replace(",", "").strip())
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or len(found.as_tuple().digits) > 15:
            self.faults[key] = text
            return before
        return plain(found)

    def _take(self, node: Node, path: str) -> None:
        takers: Mapping[str, Callable[[Node, str], None]] = {"compare": self._compare, "score": self._score}
        takers.get(node["kind"], self._group)(node, path)

    def _group(self, node: Node, path: str) -> None:
        node["label"] = self.text(path, "label", node.get("label", ""))
        kind = self.text(path, "kind", node["kind"])
        node["kind"] = kind if kind in ("all", "any", "at_least") else node["kind"]
        node["n"] = int(self.number(path, "n", node.get("n", 1)) or 1)
        for number, child in enumerate(node["of"]):
            self._take(child, f"{path}.{number}")

    def _compare(self, node: Node, path: str) -> None:
        metric = self._metric(self.text(path, "metric", node["metric"]), node["metric"])
        changed, node["metric"] = metric.code != node["metric"], metric.code
        for name in ("label", "note"):
            node[name] = self.text(path, name, node.get(name, ""))
        node["source"] = self._source(path, node)
        if changed:
            node["op"], node["value"] = _first_value(metric)
        else:
            self._threshold(node, metric, path)

    def _threshold(self, node: Node, metric: Metric, path: str) -> None:
        if metric.kind == "number":
            operator = self.text(path, "op", node["op"])
            node["op"] = operator if operator in (">=", ">", "<=", "<", "==") else node["op"]
            value = self.number(path, "value", node["value"])
            node["value"] = node["value"] if value is None else value
        elif metric.kind == "flag":
            node["op"], node["value"] = (
                "==",
                self.text(path, "value", "true" if node["value"] else "") == "true",
            )
        elif metric.kind == "choice":
            chosen = [code for code in self.form.getlist(f"{path}|value") if code in metric.choices]
            node["op"], node["value"] = "in", chosen or node["value"]
        else:
            node["value"] = self.text(path, "value", node["value"])

    def _metric(self, code: str, before: str) -> Metric:
        known = {metric.code: metric for metric in self.library.metrics}
        return known.get(code, known[before])

    def _source(self, path: str, node: Node) -> str:
        found = self.text(path, "source", node["source"])
        return found if found in words.SOURCES else str(node["source"])

    def _score(self, node: Node, path: str) -> None:
        node["label"] = self.text(path, "label", node.get("label", ""))
        above = self.text(path, "limit", "above" if node.get("total_above") is not None else "min") == "above"
        points = self.number(path, "points", node.get("total_above") if above else node.get("total_min"))
        points = points if points is not None else node.get("total_min") or node.get("total_above") or 0
        node["total_min"], node["total_above"] = (None, points) if above else (points, None)
        for number, indicator in enumerate(node["indicators"]):
            self._indicator(indicator, f"{path}.{number}")
        categories = list(dict.fromkeys(each["category"] for each in node["indicators"]))
        least = {
            name: self.number(path, f"min:{name}", node.get("category_min", {}).get(name))
            for name in categories
        }
        node["category_min"] = {name: points for name, points in least.items() if points is not None}
        if f"{path}|limit" in self.form:
            chosen = self.form.getlist(f"{path}|not_zero")
            node["category_not_zero"] = [name for name in categories if name in chosen]

    def _indicator(self, node: Node, path: str) -> None:
        for name in ("label", "category", "note"):
            node[name] = self.text(path, name, node.get(name, "")) or node.get(name, "")
        most = self.number(path, "max", node["max"])
        node["max"] = node["max"] if most is None else most
        node["source"] = self._source(path, node)
        for number, way in enumerate(node["ways"]):
            self._way(way, f"{path}.w{number}")

    def _way(self, way: Node, path: str) -> None:
        metric = self._metric(self.text(path, "metric", way["metric"]), way["metric"])
        way["metric"] = metric.code
        if way["kind"] == "bands" and f"{path}|b0|points" in self.form:
            way["bands"] = self._bands(path)
        elif way["kind"] == "steps":
            for name in ("every", "per"):
                value = self.number(path, name, way.get(name, 1))
                way[name] = value if value is not None else 1
        elif way["kind"] == "options":
            given = {code: self.number(path, f"o:{code}", way["points"].get(code)) for code in metric.choices}
            way["points"] = {code: points for code, points in given.items() if points is not None}

    def _bands(self, path: str) -> list[Node]:
        rows: list[Node] = []
        number = 0
        while f"{path}|b{number}|points" in self.form:
            points = self.number(path, f"b{number}|points", None)
            low, high = self.number(path, f"b{number}|min", None), self.number(path, f"b{number}|max", None)
            if points is not None:
                rows.append({"min": low, "max": high, "points": points})
            number += 1
        return rows

    def _deed(self, rule: Node | None, deed: str) -> Node | None:
        verb, _colon, path = deed.partition(":")
        if verb == "remove":
            return _removed(rule, path)
        made = _made(verb, self.library)
        if made is None or count(rule) >= MOST_NODES:
            return rule
        if rule is None:
            return made if verb == "add-group" else {"kind": "all", "label": "", "n": 1, "of": [made]}
        parent = at(rule, path)
        if parent is not None and verb == "add-indicator" and parent["kind"] == "score":
            parent["indicators"].append(made)
        elif parent is not None and "of" in parent and verb != "add-indicator":
            parent["of"].append(made)
        return rule


def _first_value(metric: Metric) -> tuple[str, Any]:
    if metric.kind == "flag":
        return "==", True
    if metric.kind == "choice":
        return "in", [next(iter(metric.choices))]
    return (">=", "2026-01-01") if metric.kind == "day" else (">=", 0)


def _made(verb: str, library: Library) -> Node | None:
    """A new node as a button asks for it; its id is new for ever."""
    number = next(metric for metric in library.metrics if metric.kind == "number")
    identity = f"n{new_ulid()[-8:].lower()}"
    way = {"kind": "bands", "metric": number.code, "bands": [{"min": None, "max": None, "points": 0}]}
    indicator = {
        "id": identity, "label": number.label, "category": "—", "max": 10, "ways": [way], "source": "P", "note": "",
    }  # fmt: skip
    made: dict[str, Node] = {
        "add-compare": {
            "kind": "compare", "id": identity, "label": "", "metric": number.code, "op": ">=", "value": 0,
            "source": "P", "note": "",
        },
        "add-group": {"kind": "any", "label": "", "n": 1, "of": []},
        "add-score": {
            "kind": "score", "id": identity, "label": "", "indicators": [indicator | {"id": identity + "i"}],
            "total_min": 60, "total_above": None, "category_min": {}, "category_not_zero": [],
        },
        "add-indicator": indicator,
    }  # fmt: skip
    return made.get(verb)


def at(rule: Node, path: str) -> Node | None:
    """The node at a path such as r.0.2."""
    found: Any = rule
    for step in path.split(".")[1:]:
        inner = found.get("of") or found.get("indicators") or []
        if not step.isdecimal() or int(step) >= len(inner):
            return None
        found = inner[int(step)]
    return found if isinstance(found, dict) else None


def _removed(rule: Node | None, path: str) -> Node | None:
    if rule is None or path == "r":
        return None
    parent = at(rule, path.rpartition(".")[0])
    last = path.rpartition(".")[2]
    inner = None if parent is None else parent.get("of") if "of" in parent else parent.get("indicators")
    if inner and last.isdecimal() and int(last) < len(inner):
        del inner[int(last)]
    return rule


def count(rule: Node | None) -> int:
    if rule is None:
        return 0
    return 1 + sum(count(each) for each in rule.get("of", [])) + len(rule.get("indicators", []))
