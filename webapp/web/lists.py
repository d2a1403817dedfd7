"""Opening a list: its state, its page, its tabs and what can be done with it. One call in a view.

`opened = lists.open_list(SPEC, tabs=…)`, then `return lists.show(opened, "staff/area/index.html", …)`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from core.db import db
from core.lists import bulk, reading, views
from core.lists.bulk import BulkAction
from core.lists.conditions import Condition, Group
from core.lists.fields import Asking, Field
from core.lists.grouping import Heading
from core.lists.models import SavedView
from core.lists.reading import Listed
from core.lists.spec import Column, ListSpec, Tab
from webapp.web.acting import acting
from webapp.web.list_state import State, args_of
from webapp.web.rendering import render

Tabs = Callable[["OpenList"], Sequence[Tab]]


class OpenList:
    """One list as a page shows it."""

    def __init__(
        self,
        spec: ListSpec,
        *,
        tabs: Tabs | None = None,
        cells: str = "",
        kept: Sequence[str] = (),
        counts: Mapping[str, Any] | None = None,
        path: str = "",
        within: Mapping[str, tuple[str, ...]] | None = None,
        keeps: bool = True,
    ) -> None:
        self.spec = spec = spec.seen_by(acting())
        self.cells = cells or "ui/no_cells.html"
        self.asking = Asking(db.session(), acting())
        self.within = within or {}
        self.keeps = keeps and acting().kind == "staff" and not self.within
        self.kept = views.of_list(db.session(), spec.key, actor=acting()) if self.keeps else views.NOTHING
        args: MultiDict[str, str] = request.args
        if not args and self.kept.opens_with is not None:
            opens = self.kept.opens_with
            args = args_of(f"{opens.query}&v={opens.public_id}")
        carried = {name: value for name in (*kept, "v") if (value := args.get(name, "")[:200])}
        self.state = State(
            spec,
            args,
            self.asking,
            path=path or url_for(spec.endpoint),
            columns=self.kept.columns,
            kept=carried,
        )
        self.view = next((each for each in self.kept.views if each.public_id == carried.get("v")), None)
        self.all_chosen = args.get("all") == "1"
        self.adding = spec.field(args.get("add", ""))
        self._tabs, self.counts = tabs, counts or {}

    def read(self) -> Listed:
        """The page of rows; read once."""
        if not hasattr(self, "_page"):
            fixed = [self._fixed(name, values) for name, values in self.within.items()]
            asked = self.state.query
            query = replace(asked, conditions=(*fixed, *asked.conditions)) if fixed else asked
            self._page = reading.page(self.asking.session, self.spec, query, actor=self.asking.actor)
        return self._page

    def _fixed(self, name: str, values: tuple[str, ...]) -> Group:
        field = self.spec.field(name)
        assert field is not None, name
        return (Condition(name, field.ops[0], values),)

    @property
    def page(self) -> Listed:
        return self.read()

    @property
    def rows(self) -> list[tuple[int, str, Any, Heading | None]]:
        """(key, row, heading above it) in order."""
        page = self.read()
        return [
            (number, self.spec.pid(row), row, page.headings.get(number))
            for number, row in zip(page.ids, page.rows, strict=True)
        ]

    @property
    def columns(self) -> list[Column]:
        return self.state.columns

    def tabs(self) -> list[tuple[Any, str, bool, Any]]:
        """(label, address, whether it is the present one, count) of the standing views."""
        return [
            (tab.label, tab.url or self._address_of(_wanted(tab)), self._present(tab), tab.count)
            for tab in self._standing
        ]

    def standing(self) -> Tab | None:
        """The standing view that is shown as it stands; None where a condition was added, or there is none."""
        return next((tab for tab in self._standing if _wanted(tab) and self._present(tab)), None)

    @cached_property
    def _standing(self) -> Sequence[Tab]:
        return self._tabs(self) if self._tabs else ()

    def _present(self, tab: Tab) -> bool:
        wanted, query = _wanted(tab), self.state.query
        same = dict(query.filters) == wanted and len(query.conditions) == len(wanted)
        return not tab.url and self.view is None and same

    def _address_of(self, wanted: dict[str, tuple[str, ...]]) -> str:
        pairs = [(name, value) for name, values in wanted.items() for value in values]
        if not pairs and self.kept.opens_with is not None:
            return f"{self.state.path}?v=all"
        return f"{self.state.path}?{urlencode(pairs)}" if pairs else self.state.path

    def views(self, scope: str) -> list[tuple[SavedView, str, bool]]:
        """(view, address, whether it is the present one) of one's own views, the unit's, or the public ones."""
        return [
            (each, f"{self.state.path}?{each.query}&v={each.public_id}".replace("?&", "?"), each is self.view)
            for each in self.kept.views
            if each.scope == scope
        ]

    def changed(self) -> bool:
        """Whether the list shows something else than the saved view that it was opened with."""
        return self.view is not None and self.state.query_string() != self.view.query

    def may_change_view(self) -> bool:
        return self.view is not None and views.may_change(self.asking.actor, self.view)

    def more_url(self, path: str, state_field: str, code: str) -> str:
        """The list with the board's conditions and one of its states."""
        columns = {each.name: getattr(each, "column", None) for each in self.spec.fields}
        name = next(
            (name for name, column in columns.items() if getattr(column, "key", "") == state_field), ""
        )
        address = self.state.url(at="", **({name: code} if name else {}))
        return address.replace(self.state.path, path, 1)

    def deeds(self) -> list[BulkAction]:
        """What this person may do to many rows at once."""
        return bulk.offered(self.spec.key, self.asking.actor)

    def quick(self) -> list[Field]:
        return [each for each in self.spec.fields if each.quick]

    def added(self) -> str | None:
        """The address with the condition that the little form has just given; None when it gave none."""
        field, args = self.adding, request.args
        if field is None or "op" not in args:
            return None
        values = tuple(text.strip()[:200] for text in args.getlist("val")[:50])
        settled = self.state.settled(Condition(field.name, args.get("op", ""), values))
        groups = list(self.state.query.conditions)
        if settled is None:
            return self.state.url(add=field.name, bad="1")
        at = args.get("with", "")
        if at.isascii() and at.isdigit() and int(at[:3]) < len(groups):
            groups[int(at)] = (*groups[int(at)], settled)
        else:
            groups.append((settled,))
        return self.state.with_groups(groups)


def _wanted(tab: Tab) -> dict[str, tuple[str, ...]]:
    """The conditions of a standing view by field; those without a value are none."""
    texts = {name: _texts(value) for name, value in tab.parameters.items()}
    return {name: values for name, values in texts.items() if values}


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, (tuple, list)):
        return tuple(str(each) for each in value)
    return (str(value),) if value else ()


def open_list(
    spec: ListSpec,
    *,
    tabs: Tabs | None = None,
    cells: str = "",
    kept: Sequence[str] = (),
    counts: Mapping[str, Any] | None = None,
    path: str = "",
    within: Mapping[str, tuple[str, ...]] | None = None,
    keeps: bool = True,
) -> OpenList:
    """The list that this request asks for. `cells` names the template whose macros write special cells:
    a macro `park(row)` writes the column `park`; a column without one is written by its kind.

    `within` are conditions that always hold and stand in no address: the rows of one record on its own page.
    Such a list, a list of the portal and one that is not a table (`keeps` is false) has no saved views, no choice
    of columns and no export.
    """
    return OpenList(
        spec, tabs=tabs, cells=cells, kept=kept, counts=counts, path=path, within=within, keeps=keeps
    )


def show(
    opened: OpenList, template: str, *, fragment: str = "ui/list_rows.html", **context: Any
) -> ResponseReturnValue:
    """The whole page, or for htmx its rows; a condition just given leads to its own address first."""
    if (address := opened.added()) is not None:
        return redirect(address, 302)
    return render(
        template,
        fragment=fragment,
        listing=opened,
        state=opened.state,
        page=opened.page,
        **context,
    )
