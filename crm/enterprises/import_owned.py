"""What belongs to an enterprise out of a sheet: the enterprise is found first, by code, else as a suspect."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from core.dirty import touch
from core.errors import Invalid, Text
from core.i18n import _
from core.imports.columns import CellFault, Column
from core.imports.handlers import NOTHING, Done, ImportHandler, Line, Options, Outcome, Undone, Verdict
from core.imports.reversing import Reversal, reverse
from core.permissions import Actor
from core.text import forms
from crm.enterprises import access, import_match
from crm.enterprises.import_columns import COLUMNS
from crm.enterprises.import_match import Matches
from crm.enterprises.import_owner import owner_of
from crm.enterprises.import_rights import Rights
from crm.enterprises.models import Enterprise

_BY_KEY = {column.key: column for column in COLUMNS}
OWNER_COLUMNS: tuple[Column, ...] = (
    replace(_BY_KEY["name"], required=False), _BY_KEY["uscc"], _BY_KEY["stock_code"],
)  # fmt: skip
"""How a sheet says whose row it is: name, credit code, stock code."""

Owners = Mapping[int, tuple[int | None, list[tuple[int, str]], list[CellFault]]]
"""By row: the enterprise, those it may be, what is wrong."""

_OWNER_KEYS = frozenset(column.key for column in OWNER_COLUMNS)


@dataclass(frozen=True)
class Standing:
    """What stands already for a line: its record, and the fields whose values in the file are others."""

    record_id: int
    pairs: Mapping[str, tuple[Any, Any]]

    @staticmethod
    def of(record: Any, given: Mapping[str, Any], names: Iterable[str]) -> "Standing":
        """The record beside the values of a line, of which these fields count."""
        there = {name: getattr(record, name) for name in names if name in given}
        return Standing(
            record.id, {name: (old, given[name]) for name, old in there.items() if old != given[name]}
        )


class OwnedImport(ImportHandler):
    """The common part of kinds whose rows belong to an enterprise of the register."""

    permission = access.IMPORT
    may_be_new = False
    reversal: ClassVar[Reversal]

    @abstractmethod
    def part_key(self, values: Mapping[str, Any]) -> str:
        """What makes two rows of one enterprise the same record."""

    @abstractmethod
    def part_title(self, values: Mapping[str, Any]) -> str:
        """What a row is about, behind the enterprise's name."""

    @abstractmethod
    def judge(self, values: Mapping[str, Any]) -> list[CellFault]:
        """What is wrong with the values themselves."""

    def examine(
        self, session: Session, owners: Mapping[int, int], lines: Sequence[Line]
    ) -> Mapping[int, list[CellFault]]:
        """What is wrong with lines and can only be told with the database, by row."""
        return {}

    def rights(self, actor: Actor) -> Rights:
        """How far the person may change what belongs to enterprises."""
        return Rights.of(actor)

    @abstractmethod
    def standing(
        self, session: Session, owners: Mapping[int, int], lines: Sequence[Line]
    ) -> dict[int, Standing]:
        """What stands already, by row; `owners` are the enterprises' ids by row."""

    @abstractmethod
    def write(
        self,
        session: Session,
        owner: Row[Any],
        values: Mapping[str, Any],
        standing: Standing | None,
        options: Options,
        *,
        actor: Actor,
    ) -> int:
        """Enter or change one record; its id. Raises Invalid."""

    def key_of(self, values: Mapping[str, Any]) -> str:
        owner = values.get("uscc") or values.get("stock_code") or forms.normal_form(values.get("name", ""))
        return f"{owner}:{self.part_key(values)}" if owner else ""

    def title_of(self, values: Mapping[str, Any]) -> str:
        owner = str(values.get("name") or values.get("uscc") or values.get("stock_code") or "")
        return f"{owner} {self.part_title(values)}".strip()

    def check(self, session: Session, lines: Sequence[Line], *, actor: Actor) -> list[Verdict]:
        matches = import_match.find(session, lines)
        rights = self.rights(actor)
        owners = {line.row_no: owner_of(line, matches) for line in lines}
        wrong = self.examine(session, _known(owners), lines)
        standing = self.standing(session, _known(owners), lines)
        return [
            self._verdict(
                line, matches, owners, standing.get(line.row_no), rights, wrong.get(line.row_no, [])
            )
            for line in lines
        ]

    def _verdict(
        self,
        line: Line,
        matches: Matches,
        owners: Owners,
        known: Standing | None,
        rights: Rights,
        examined: Sequence[CellFault],
    ) -> Verdict:
        owner_id, suspects, wrong = owners[line.row_no]
        faults = [*self.judge(line.values), *examined, *wrong]
        if owner_id is None:
            return Verdict(line.row_no, "ask" if suspects else "create", faults=faults, suspects=suspects)
        faults += rights.faults(matches.by_id[owner_id])
        if known is None:
            return Verdict(line.row_no, "create", faults=faults)
        diff = {name: (_shown(old), _shown(new)) for name, (old, new) in known.pairs.items()}
        return Verdict(line.row_no, "update" if diff else "same", known.record_id, faults, diff)

    def apply(
        self, session: Session, lines: Sequence[Line], answer: Any, options: Options, *, actor: Actor
    ) -> list[Outcome]:
        matches = import_match.find(session, lines, lock=True)
        rights = self.rights(actor)
        owners = {line.row_no: owner_of(line, matches) for line in lines}
        examined = self.examine(session, _known(owners), lines)
        standing = self.standing(session, _known(owners), lines)
        found = []
        for line in lines:
            owner_id, suspects, wrong = owners[line.row_no]
            faults = [*examined.get(line.row_no, []), *wrong]
            owner = matches.by_id[owner_id] if owner_id is not None else None
            if owner is not None:
                faults += rights.faults(owner)
            if suspects and not faults:
                reason = _("预检之后库里有了同名企业，没有选用哪个")
                found.append(Outcome(line.row_no, "skipped", reason=reason))
            elif owner is None or faults:
                reason = "；".join(str(each.message) for each in faults)
                found.append(Outcome(line.row_no, "rejected", reason=reason))
            else:
                known = standing.get(line.row_no)
                found.append(self._apply(session, line, owner, known, options, actor))
        return found

    def _apply(
        self,
        session: Session,
        line: Line,
        owner: Row[Any],
        known: Standing | None,
        options: Options,
        actor: Actor,
    ) -> Outcome:
        if known is not None:
            if options.existing == "skip":
                return Outcome(line.row_no, "skipped", known.record_id, reason=_("库里已有，选了不更新"))
            if options.existing == "fill":
                filled = {name: pair for name, pair in known.pairs.items() if pair[0] in (None, "")}
                known = Standing(known.record_id, filled)
            if not known.pairs:
                return Outcome(line.row_no, "unchanged", known.record_id)
        values = {key: value for key, value in line.values.items() if key not in _OWNER_KEYS}
        try:
            record_id = self.write(session, owner, values, known, options, actor=actor)
        except Invalid as refused:
            reason = "；".join(str(fault.message) for fault in refused.faults)
            return Outcome(line.row_no, "rejected", reason=reason)
        if known is None:
            return Outcome(line.row_no, "created", record_id)
        before = {name: old for name, (old, _new) in known.pairs.items()}
        after = {name: new for name, (_old, new) in known.pairs.items()}
        return Outcome(line.row_no, "updated", record_id, before, after)

    def undo(self, session: Session, rows: Sequence[Done], *, actor: Actor) -> list[Undone]:
        model: Any = self.reversal.model
        ids = [row.record_id for row in rows if row.record_id is not None]
        statement = (
            select(model.id, Enterprise.id.label("owner_id"), Enterprise.unit_id, Enterprise.name)
            .join(Enterprise, Enterprise.id == model.enterprise_id)
            .where(model.id.in_(ids))
        )
        found = session.execute(statement).all()
        rights = self.rights(actor)
        held: dict[int, Text] = {row.id: faults[0].message for row in found if (faults := rights.faults(row))}
        undone = reverse(session, self.reversal, rows, held=held)
        owners = sorted({row.owner_id for row in found})
        self.settle(session, owners)
        touch("enterprise", owners)
        return undone

    def settle(self, session: Session, owners: Sequence[int]) -> None:
        """What the enterprise's own record says of its parts, after some were taken back."""


def _known(owners: Owners) -> dict[int, int]:
    return {row_no: found for row_no, (found, _suspects, _wrong) in owners.items() if found is not None}


def _shown(value: Any) -> str:
    if value in (None, ""):
        return NOTHING
    return format(value.normalize(), ",f") if isinstance(value, Decimal) else str(value)
