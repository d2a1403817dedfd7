"""A list's state in its address: filters, sort, page. What a person sees he can send to a colleague."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from core.lists.query import SIZES, ListQuery

LAST_PAGE = 1_000_000
LONGEST = 200
MOST_VALUES = 50


@dataclass(frozen=True)
class Filter:
    """One condition of a list. With `options` it is chosen, without it is typed.

    `options` are (value, label) pairs, or a function that returns them when the list is opened.
    """

    name: str
    label: Any
    options: Sequence[tuple[str, Any]] | Callable[[], Sequence[tuple[str, Any]]] | None = None
    several: bool = False

    def choices(self) -> Sequence[tuple[str, Any]]:
        return self.options() if callable(self.options) else (self.options or ())


@dataclass(frozen=True)
class Chip:
    """One chosen condition, and the address without it."""

    label: Any
    value: Any
    without: str


class ListState:
    """What the address asks for. Unknown names and values are left out, so nothing breaks on a bad link."""

    def __init__(
        self,
        filters: Sequence[Filter] = (),
        sorts: Mapping[str, Any] | None = None,
        default_sort: str = "",
        *,
        default_size: int = 50,
        keep: Sequence[str] = (),
        **url_values: Any,
    ) -> None:
        self.filters = list(filters)
        self.sorts = dict(sorts or {})
        self.default_sort, self.default_size = default_sort, default_size
        self._url_values = {**(request.view_args or {}), **url_values}
        self._choices = {each.name: each.choices() for each in self.filters}
        args = request.args
        self.kept = {name: value for name in keep if (value := args.get(name, "")[:LONGEST])}
        self.query = ListQuery(self._chosen(args), self._sort(args), _page(args), self._size(args))

    def _chosen(self, args: MultiDict[str, str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for each in self.filters:
            values = [text.strip()[:LONGEST] for text in args.getlist(each.name)[:MOST_VALUES]]
            if each.options is not None:
                allowed = {str(value) for value, _label in self._choices[each.name]}
                values = [value for value in values if value in allowed]
            if kept := tuple(dict.fromkeys(value for value in values if value)):
                found[each.name] = kept if each.several else kept[:MOST_VALUES]
        return found

    def _sort(self, args: MultiDict[str, str]) -> str:
        asked = args.get("sort", "")
        return asked if asked.removeprefix("-") in self.sorts else self.default_sort

    def _size(self, args: MultiDict[str, str]) -> int:
        asked = args.get("size", "")
        return int(asked) if asked in {str(size) for size in SIZES} else self.default_size

    def choices(self, name: str) -> Sequence[tuple[str, Any]]:
        return self._choices[name]

    def values(self, name: str) -> tuple[str, ...]:
        return self.query.all(name)

    def label_of(self, name: str, value: str) -> Any:
        return next((label for known, label in self._choices[name] if str(known) == value), value)

    def chips(self) -> list[Chip]:
        found = []
        for each in self.filters:
            chosen = self.query.all(each.name)
            for value in chosen:
                rest = tuple(other for other in chosen if other != value)
                found.append(Chip(each.label, self.label_of(each.name, value), self.url(**{each.name: rest})))
        return found

    def url(self, **changes: Any) -> str:
        """The address of this list with something changed; any change but `page` starts at page 1.

        A filter is given as one value or a tuple; an empty one removes it.
        """
        parameters: dict[str, Any] = {**self.kept, **dict(self.query.filters)}
        if self.query.sort != self.default_sort:
            parameters["sort"] = self.query.sort
        if self.query.size != self.default_size:
            parameters["size"] = self.query.size
        parameters.update(changes)
        if parameters.get("page") == 1:
            del parameters["page"]
        shown = {name: value for name, value in parameters.items() if value not in (None, "", ())}
        return url_for(request.endpoint or "", **{**self._url_values, **shown})

    def clear_url(self) -> str:
        return self.url(**{each.name: () for each in self.filters})

    def sort_url(self, key: str) -> str:
        """Sort by `key`; a second click turns the order round."""
        return self.url(sort=f"-{key}" if self.query.sort == key else key)

    def direction(self, key: str) -> str | None:
        """For `aria-sort`: ascending, descending, or None when another column leads."""
        if self.query.sort.removeprefix("-") != key:
            return None
        return "descending" if self.query.sort.startswith("-") else "ascending"

    def page_numbers(self, pages: int) -> list[int | None]:
        """Numbers for the foot of the list; None stands for a gap."""
        here = min(self.query.page, pages)
        wanted = sorted({1, pages, *range(max(1, here - 2), min(pages, here + 2) + 1)})
        shown: list[int | None] = []
        for number in wanted:
            if shown and shown[-1] is not None and number - shown[-1] > 1:
                shown.append(None)
            shown.append(number)
        return shown

    def hidden(self) -> list[tuple[str, str]]:
        """What a filter form must carry along: sort and size."""
        carried = list(self.kept.items())
        if self.query.sort != self.default_sort:
            carried.append(("sort", self.query.sort))
        if self.query.size != self.default_size:
            carried.append(("size", str(self.query.size)))
        return carried


def _page(args: MultiDict[str, str]) -> int:
    asked = args.get("page", "")
    return (
        min(int(asked), LAST_PAGE)
        if asked.isascii() and asked.isdigit() and len(asked) < 9 and int(asked)
        else 1
    )
