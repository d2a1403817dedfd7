"""How a kind of record is found: its table, its view permission, its document builder.

An area adds a file `search/documents/<area>.py` that holds `SOURCES`, a tuple of `Source`; it is picked
up by being there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from core.permissions import Actor
from search.document import Document

Parents = Callable[[Sequence[int]], Select[Any]]
"""From the ids of parents to a SELECT of the ids of the documents that show something of them."""

Builder = Callable[[Session, Sequence[int]], dict[int, Document]]


@dataclass(frozen=True)
class Source:
    """One kind of document.

    `build(session, ids)` returns the documents of those ids that exist, with a fixed number of
    statements whatever the number of ids; the drain and the full rebuild call the same one. `visible`
    is the area's `visible_to`; it re-checks the hits of a page and scopes the fallback. With `common`
    whoever holds `view` over anything sees all of the kind (token `<kind>:all`). `prefixes` are the
    columns, indexed where possible, that the fallback compares while the engine is down. `statuses` are
    the labels of the codes that documents carry as `status`. `labelled` kinds carry a confidentiality label.
    `shows` names, by kind, the records whose names, codes or permission the documents repeat: when those
    change, these are written anew.
    """

    kind: str
    label: Any
    model: type[Any]
    view: str
    visible: Callable[[Actor], ColumnElement[bool]]
    build: Builder
    common: bool = False
    labelled: bool = False
    prefixes: tuple[Any, ...] = ()
    statuses: Mapping[str, Any] = field(default_factory=dict)
    shows: Mapping[str, Parents] = field(default_factory=dict)


def by(model: type[Any], *columns: Any) -> Parents:
    """The documents of `model` one of whose foreign keys names the parent."""
    return lambda ids: select(model.id).where(or_(*(column.in_(ids) for column in columns)))
