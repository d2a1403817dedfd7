"""A list's state in its address: conditions, columns, sort, group, page. What one sees one can send to a colleague.

A condition that stands alone with its field's own operator is `name=value`; every other group is a `w` in the
grammar of `core.lists.conditions`. Unknown names and values are left out, so nothing breaks on a bad link.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from core.i18n import _
from core.lists import conditions as grammar
from core.lists.conditions import Condition, Group
from core.lists.fields import Asking, Field, Option
from core.lists.query import SIZES, ListQuery
from core.lists.spec import Column, ListSpec

LAST_PAGE = 1_000_000
LONGEST = 200
LONGEST_KEY = 400
LONGEST_QUERY = 8000
PLAIN_OPS = ("in", "is", "has")
"""Operators that `name=value` says of itself; a range is always written out."""


@dataclass(frozen=True)
class Chip:
    """One condition in words, and the address without it."""

    label: Any
    value: str
    without: str
    field: str


@dataclass(frozen=True)
class ChipGroup:
    """Conditions joined by OR. `join` merges it with the one before, `split` takes it apart; both are addresses."""

    chips: Sequence[Chip]
    join: str
    split: str


class State:
    """What the address asks of one list. `path` is the list's own address, `kept` what else it carries along."""

    def __init__(
        self,
        spec: ListSpec,
        args: MultiDict[str, str],
        asking: Asking,
        *,
        path: str,
        columns: Sequence[str] = (),
        kept: Mapping[str, str] | None = None,
    ) -> None:
        self.spec = spec = spec.seen_by(asking.actor)
        self.asking, self.path = asking, path
        self.kept = dict(kept or {})
        self._choices: dict[str, Sequence[Option]] = {}
        groups = tuple(self._groups(args))
        asked = tuple(name for name in args.get("cols", "").split(",")[:60] if spec.column(name))
        self.own_columns = bool(asked)
        group = args.get("group", "")
        self.query = ListQuery(
            filters=_alone(spec, groups),
            sort=self._sort(args.get("sort", "")),
            page=_page(args.get("page", "")),
            size=self._size(args.get("size", "")),
            conditions=groups,
            columns=asked or tuple(columns),
            group=group if group in spec.groups else "",
            after=args.get("after", "")[:LONGEST_KEY],
            before=args.get("before", "")[:LONGEST_KEY],
        )

    def choices(self, name: str) -> Sequence[Option]:
        """The options of a field; asked for once."""
        if name not in self._choices:
            self._choices[name] = self.spec.choices(name, self.asking)
        return self._choices[name]

    def settled(self, condition: Condition) -> Condition | None:
        found = self.spec.field(condition.field)
        return found.settled(condition, self.choices(found.name)) if found is not None else None

    def _groups(self, args: MultiDict[str, str]) -> list[Group]:
        found: list[Group] = []
        for each in self.spec.fields:
            values = [text.strip()[:LONGEST] for text in args.getlist(each.name)[: grammar.MOST_VALUES]]
            kept = tuple(dict.fromkeys(value for value in values if value))
            settled = self.settled(Condition(each.name, each.ops[0], kept)) if kept else None
            if settled is not None:
                found.append((settled,))
        for group in grammar.parse(args.getlist("w")):
            good = tuple(fine for each in group if (fine := self.settled(each)) is not None)
            if good and good not in found:
                found.append(good)
        return found[: grammar.MOST_GROUPS]

    def _sort(self, asked: str) -> str:
        return asked if asked.removeprefix("-") in self.spec.sorts else self.spec.default_sort

    def _size(self, asked: str) -> int:
        return int(asked) if asked in {str(size) for size in SIZES} else self.spec.default_size

    @cached_property
    def columns(self) -> list[Column]:
        return self.spec.chosen(self.query.columns)

    def one(self, name: str) -> str:
        """The first value of a condition that stands alone, or an empty string."""
        return self.query.one(name)

    def values(self, name: str) -> tuple[str, ...]:
        return self.query.all(name)

    def chips(self) -> list[ChipGroup]:
        """The conditions in words, group by group."""
        found = []
        for at, group in enumerate(self.query.conditions):
            chips = [self._chip(at, place, condition) for place, condition in enumerate(group)]
            rest = list(self.query.conditions)
            apart = [*rest[:at], *((condition,) for condition in group), *rest[at + 1 :]]
            joined = [*rest[: at - 1], (*rest[at - 1], *group), *rest[at + 1 :]] if at else rest
            found.append(ChipGroup(chips, self.with_groups(joined), self.with_groups(apart)))
        return found

    def _chip(self, at: int, place: int, condition: Condition) -> Chip:
        field: Field | None = self.spec.field(condition.field)
        assert field is not None
        groups = list(self.query.conditions)
        left = tuple(each for number, each in enumerate(groups[at]) if number != place)
        groups[at : at + 1] = [left] if left else []
        words = field.words(condition, self.choices(field.name))
        return Chip(field.label, words, self.with_groups(groups), field.name)

    def with_groups(self, groups: Sequence[Group]) -> str:
        """The address with other conditions, from page 1."""
        return self._address(tuple(groups), {})

    def url(self, **changes: Any) -> str:
        """The address with something changed; any change but of the page starts at page 1.

        A field is given one value or a tuple (its own operator); an empty one removes its conditions that stand
        alone. `page`, `after`, `before`, `sort`, `size`, `group`, `cols` and what else is kept go by name.
        """
        groups = self.query.conditions
        others: dict[str, Any] = {}
        for name, value in changes.items():
            field = self.spec.field(name)
            if field is None:
                others[name] = value
                continue
            groups = tuple(group for group in groups if not _is_alone(group, field))
            values = tuple(
                str(each) for each in (value if isinstance(value, (tuple, list)) else (value,)) if each
            )
            if values:
                groups = (*groups, (Condition(name, field.ops[0], values),))
        return self._address(groups, others)

    def _address(self, groups: tuple[Group, ...], others: Mapping[str, Any]) -> str:
        pairs = [*self._group_pairs(groups), *self._look_pairs(others)]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def _group_pairs(self, groups: Sequence[Group]) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        named: set[str] = set()
        for group in groups:
            field = self.spec.field(group[0].field)
            if field is not None and _is_alone(group, field) and field.name not in named:
                named.add(field.name)
                pairs += [(field.name, value) for value in group[0].values]
            else:
                pairs.append(("w", grammar.format_group(group)))
        return pairs

    def _look_pairs(self, others: Mapping[str, Any]) -> list[tuple[str, str]]:
        query = self.query
        shown: dict[str, Any] = {
            **self.kept,
            "sort": query.sort if query.sort != self.spec.default_sort else "",
            "size": query.size if query.size != self.spec.default_size else "",
            "group": query.group,
            "cols": ",".join(query.columns) if self.own_columns else "",
            **others,
        }
        if str(shown.get("page", "")) == "1":
            shown["page"] = ""
        return [(name, str(value)) for name, value in shown.items() if value not in (None, "", ())]

    def query_string(self) -> str:
        """The state as a saved view, a bulk run or an export keeps it: without page and selection."""
        pairs = [
            *self._group_pairs(self.query.conditions),
            *self._look_pairs(dict.fromkeys(self.kept, "")),
        ]
        return urlencode(pairs)

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """What a filter form must carry along; quick fields that it shows itself are left out by name."""
        pairs = self._group_pairs(self.query.conditions)
        return [pair for pair in (*pairs, *self._look_pairs({})) if pair[0] not in without]

    def clear_url(self) -> str:
        return self._address((), {})

    def sort_url(self, key: str) -> str:
        """Sort by `key`; a second click turns the order round."""
        return self.url(sort=f"-{key}" if self.query.sort == key else key)

    def direction(self, key: str) -> str | None:
        """For `aria-sort`: ascending, descending, or None when another column leads."""
        if not key or self.query.sort.removeprefix("-") != key:
            return None
        return "descending" if self.query.sort.startswith("-") else "ascending"

    def page_numbers(self, page: int, pages: int) -> list[int | None]:
        """Numbers for the foot of the list; None stands for a gap."""
        wanted = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
        shown: list[int | None] = []
        for number in wanted:
            if shown and shown[-1] is not None and number - shown[-1] > 1:
                shown.append(None)
            shown.append(number)
        return shown


def args_of(query: str) -> MultiDict[str, str]:
    """The parameters of a kept query."""
    return MultiDict(parse_qsl(query[:LONGEST_QUERY], max_num_fields=400))


def _is_alone(group: Group, field: Field) -> bool:
    """Whether a group is one condition by its field's own operator, so that `name=value` says it."""
    one = group[0]
    return len(group) == 1 and one.field == field.name and one.op == field.ops[0] and one.op in PLAIN_OPS


def _alone(spec: ListSpec, groups: Sequence[Group]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        field = spec.field(group[0].field)
        if field is not None and _is_alone(group, field):
            found.setdefault(field.name, group[0].values)
    return found


def _page(asked: str) -> int:
    fits = asked.isascii() and asked.isdigit() and len(asked) < 9 and int(asked)
    return min(int(asked), LAST_PAGE) if fits else 1


def conditions_in_words(state: State) -> str:
    """“园区 高新区，且（规上 是 或 资质 小巨人）”; “全部” without a condition."""
    said = []
    for group in state.chips():
        chips = [f"{chip.label} {chip.value}" for chip in group.chips]
        said.append(chips[0] if len(chips) == 1 else "（" + _(" 或 ").join(chips) + "）")
    return str(_("，且 ")).join(said) or str(_("全部"))
