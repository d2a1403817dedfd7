"""What one list is: where its rows come from, its fields, columns, sorts, groups. Areas declare it once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlalchemy.orm import Session

from core.guarded import Guard
from core.lists.fields import Asking, Field, Option
from core.lists.query import AnySelect, ListQuery
from core.permissions import Actor

Kind = Literal["text", "wan", "yi", "mu", "number", "day", "instant", "code", "yesno", "many"]


@dataclass(frozen=True)
class Column:
    """A column by name: on the page, in the choice of columns and in exports.

    `value(row)` gives the plain value (default: the attribute of that name); `kind` says how it is written:
    `wan` and `yi` take 万元, `mu` takes ㎡, `code` is looked up in `labels`. `total` sums it at an export's foot.
    `shown` columns are there until a person chooses others. `cls` are the cell's classes (`p1`–`p3`: its place on
    a phone). A `guarded` one is left out for whom the list's guard hides it.
    """

    name: str
    label: Any
    kind: Kind = "text"
    unit: Any = ""
    cls: str = ""
    shown: bool = True
    sort: str = ""
    value: Callable[[Any], Any] | None = None
    labels: Mapping[str, Any] = field(default_factory=dict)
    total: bool = False
    guarded: bool = False

    def of(self, row: Any) -> Any:
        return self.value(row) if self.value is not None else getattr(row, self.name)


@dataclass(frozen=True)
class Sort:
    """An order by one column; the record's key settles ties. Empty values (`nullable`) stand last both ways,
    or count as the lowest (`empty_lowest`: never spoken to is longest ago).

    `kind` says what the column holds, for the key of a page beyond the numbered ones. Ascending and descending
    in words: “最久在前”, “最近在前”; `serial` is a number that rises with time, as a row's key does. A `guarded` one
    is none for whom the list's guard hides it: an order tells.
    """

    label: Any
    column: Any
    nullable: bool = False
    empty_lowest: bool = False
    kind: Literal["text", "number", "whole", "serial", "day", "instant"] = "text"
    guarded: bool = False

    def empty_first(self, down: bool) -> bool:
        return self.nullable and self.empty_lowest and not down


@dataclass(frozen=True)
class GroupBy:
    """Rows under headings: by `column`, each value named by `labels` or by `name(row)`."""

    label: Any
    column: Any
    labels: Mapping[Any, Any] = field(default_factory=dict)
    names: Callable[[Asking, Sequence[Any]], Mapping[Any, Any]] | None = None


@dataclass(frozen=True)
class Tab:
    """A standing view: a label, the parameters of its address, a count where it is cheap.

    `url` leads to another list instead.
    """

    label: Any
    parameters: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None
    url: str = ""


@dataclass(frozen=True)
class ListSpec:
    """One list. `base(actor)` selects the key of every record that the actor may see, joined as far as fields and
    sorts need; `rows(session, ids, actor)` gives the rows to show by key, in one go.

    `definition` says what counts, `unit` what is counted (家, 条); `owner` is the unit column of the records.
    """

    key: str
    title: Any
    unit: Any
    permission: str
    endpoint: str
    id_column: Any
    pid_column: Any
    base: Callable[[Actor], AnySelect]
    fields: tuple[Field, ...]
    columns: tuple[Column, ...]
    sorts: Mapping[str, Sort]
    default_sort: str
    rows: Callable[[Session, Sequence[int], Actor], Mapping[int, Any]] | None = None
    rows_by_query: Callable[[Session, Sequence[int], Actor, ListQuery], Mapping[int, Any]] | None = None
    """Instead of `rows` where what a row shows depends on a condition, e.g. on the place it is seen from."""
    groups: Mapping[str, GroupBy] = field(default_factory=dict)
    definition: Any = ""
    export: str = ""
    """The permission to export; without one there is no export."""
    numbered: bool = False
    """Whether its files count their rows (序号)."""
    record: str | None = None
    """The endpoint of one record's page (default: `show` beside the list's own); empty where there is none."""
    default_size: int = 50
    always: Callable[[Any, Asking], Any] | None = None
    """A WHERE that holds unless the conditions say otherwise, e.g. "open ones only": (query, asking) → clause."""
    guard: Guard | None = None
    """Whose right the `guarded` columns, fields and sorts need."""
    emptied: tuple[str, ...] = ()
    """What was left out for the reader, see `seen_by`: his rows hold nothing there."""

    def seen_by(self, actor: Actor) -> "ListSpec":
        """The list as this actor may read it: without guarded columns, conditions and orders, if he lacks the right."""
        if self.guard is None or self.emptied or self.guard.open_everywhere(actor):
            return self
        return replace(
            self,
            fields=tuple(each for each in self.fields if not each.guarded),
            columns=tuple(each for each in self.columns if not each.guarded),
            sorts={name: each for name, each in self.sorts.items() if not each.guarded},
            emptied=tuple(each.name for each in self.columns if each.guarded),
        )

    def rows_of(
        self, session: Session, ids: Sequence[int], actor: Actor, query: ListQuery | None = None
    ) -> Mapping[int, Any]:
        """The rows to show by key, in a fixed number of statements."""
        if self.rows_by_query is not None:
            return self.rows_by_query(session, ids, actor, query or ListQuery())
        assert self.rows is not None, self.key
        rows = self.rows(session, ids, actor)
        if not (emptied := self.seen_by(actor).emptied):
            return rows
        return {key: replace(row, **dict.fromkeys(emptied)) for key, row in rows.items()}

    @property
    def by_number(self) -> bool:
        """Whether rows are named by their own number, as in logs, instead of by a public id."""
        return self.pid_column is self.id_column

    def pid(self, row: Any) -> str:
        """How a row is named in addresses and selections."""
        return str(getattr(row, self.pid_column.key))

    @property
    def show_endpoint(self) -> str:
        """Where one record of the list stands; empty where records have no page by `pid`."""
        return f"{self.endpoint.rpartition('.')[0]}.show" if self.record is None else self.record

    def field(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)

    def column(self, name: str) -> Column | None:
        return next((each for each in self.columns if each.name == name), None)

    def chosen(self, names: Sequence[str]) -> list[Column]:
        """The named columns in that order, or those that are shown by themselves; the first one always leads."""
        found = [column for name in dict.fromkeys(names) if (column := self.column(name)) is not None]
        found = found or [column for column in self.columns if column.shown]
        head = self.columns[0]
        return [head, *(column for column in found if column is not head)]

    def choices(self, name: str, asking: Asking) -> Sequence[Option]:
        found = self.field(name)
        return found.choices(asking) if found is not None else ()


_specs: dict[str, ListSpec] = {}


def register(spec: ListSpec) -> ListSpec:
    """Make a list known by its key, for saved views, bulk work and exports."""
    _specs[spec.key] = spec
    return spec


def known(key: str) -> ListSpec | None:
    return _specs.get(key)


def all_specs() -> list[ListSpec]:
    return list(_specs.values())
