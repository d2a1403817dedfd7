"""How a kind of record is found: its table, its view permission, its document builder.

An area adds a file `search/documents/<area>.py` that holds `SOURCES`, a tuple of `Source`; it is picked
up by being there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from core.permissions import Actor
from search.document import Document

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
