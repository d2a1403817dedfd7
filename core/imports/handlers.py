"""What an area offers so that its records can be imported, and the list of those that do."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

from sqlalchemy.orm import Session

from core.errors import NotFound, Text
from core.imports.columns import CellFault, Column
from core.permissions import Actor

Action = Literal["create", "update", "same", "ask", "fault", "skip"]
"""What the dry run says of a row. `ask`: a person has to decide; undecided, the row is skipped."""

Result = Literal["created", "updated", "unchanged", "skipped", "rejected"]
"""What became of a row. The five add up to all rows."""

Existing = Literal["overwrite", "fill", "skip"]
"""What happens to records that stand already: take the file's values, fill blanks only, leave them."""

NOTHING: Final = "—"
"""How a field of the register that holds nothing is shown in a difference."""


@dataclass(frozen=True)
class Line:
    """One row of the sheet as values. `decision` is what a person chose for it: "new" (it is another
    one) or the id of the record that it belongs to; `action` what the dry run said of it."""

    row_no: int
    values: Mapping[str, Any]
    decision: str = ""
    action: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the dry run found for one line.

    `diff` maps a column to (in the register, in the file), both as they are shown, a blank as `NOTHING`;
    `suspects` are (record id, its label) that the line may be.
    """

    row_no: int
    action: Action
    record_id: int | None = None
    faults: Sequence[CellFault] = ()
    diff: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    suspects: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True)
class Outcome:
    """What one line did: `before` holds the replaced values of an update and `after` the written ones,
    both by the record's fields, for taking it back.

    `reason` is shown in the report where a line was skipped or rejected.
    """

    row_no: int
    result: Result
    record_id: int | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: Text = ""


@dataclass(frozen=True)
class Done:
    """What one line once did, on its way back; values as JSON keeps them."""

    row_no: int
    result: str
    record_id: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


Group = Literal["reversed", "kept", "failed"]


@dataclass(frozen=True)
class Undone:
    """What became of one line on its way back: taken back, kept because it was edited since, or impossible.

    `restored` are the fields that have their old values again, `deleted` says that the record is gone.
    """

    row_no: int
    group: Group
    reason: Text = ""
    record_id: int | None = None
    restored: Mapping[str, Any] = field(default_factory=dict)
    deleted: bool = False


@dataclass(frozen=True)
class Options:
    """What was chosen at confirmation, and where the values come from (for the records' `source`)."""

    existing: Existing = "overwrite"
    source: str = ""


class ImportHandler(ABC):
    """How the rows of one kind are checked and written, always many at once.

    `kind` is the word in addresses and commands, e.g. `enterprises`; `counter` the counting word of a
    record (家, 条). One handler serves one import and may keep look-up tables.
    """

    kind: ClassVar[str]
    label: ClassVar[Text]
    counter: ClassVar[Text]
    permission: ClassVar[str]
    columns: ClassVar[Sequence[Column]]
    aside: ClassVar[str] = ""
    """The pure module whose `work` does what needs no database, outside the lock (`core.aside`)."""
    may_be_new: ClassVar[bool] = True
    """Whether a row that may be a known record can also be another one; else it belongs to a known one."""
    bound: ClassVar[frozenset[str]] = frozenset()
    """Columns whose values hang on others of the row: nobody can keep the register's value of one alone."""

    @abstractmethod
    def key_of(self, values: Mapping[str, Any]) -> str:
        """What makes two lines of one file the same record, e.g. its code; empty when nothing does."""

    @abstractmethod
    def title_of(self, values: Mapping[str, Any]) -> str:
        """How a row is called on the pages."""

    @abstractmethod
    def check(self, session: Session, lines: Sequence[Line], *, actor: Actor) -> list[Verdict]:
        """Match lines with what stands already and judge them; reads only, a fixed number of statements."""

    def words_of(self, session: Session, key: str) -> Sequence[str]:
        """The words that a column takes, where they are few enough to choose among."""
        return ()

    def question(self, lines: Sequence[Line]) -> Any:
        """What `aside` is asked about lines that will be written, as plain values; its answer goes to `apply`."""
        return None

    @abstractmethod
    def apply(
        self, session: Session, lines: Sequence[Line], answer: Any, options: Options, *, actor: Actor
    ) -> list[Outcome]:
        """Write one batch in the open unit of work: match again, bulk statements, dirty marks.

        One outcome for each line. It must bear being asked twice for the same line.
        """

    @abstractmethod
    def undo(self, session: Session, rows: Sequence[Done], *, actor: Actor) -> list[Undone]:
        """Take back what a batch of lines created or updated, the last line first, in the open unit of
        work; `core.imports.reversing.reverse` does it for the records of one table."""


_factories: dict[str, Callable[[], ImportHandler]] = {}


def offer(kind: str, factory: Callable[[], ImportHandler]) -> None:
    """Register the handler of a kind; `factory` makes one that may keep look-up tables for one import."""
    _factories[kind] = factory


def handler_for(kind: str) -> ImportHandler:
    """A fresh handler. Raises NotFound for a kind that no area offers."""
    if kind not in _factories:
        raise NotFound()
    return _factories[kind]()


def kinds() -> list[str]:
    """In the order in which the areas offered them."""
    return list(_factories)


def permissions() -> tuple[str, ...]:
    """Every permission that opens one kind or another: who holds none of them never sees an import."""
    return tuple(sorted({handler_for(kind).permission for kind in kinds()}))
